//! How a client shows to the token endpoint who it is: RFC 6749 §2.3.1, RFC 7521 §4.2, RFC 8705 §2.

use crate::secret::Secret;
use crate::text::{base64, push_form_field, push_form_value};

/// What goes with one token request.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    SecretPost(Secret),
    SecretBasic(Secret),
    Assertion(Secret),
    /// The transport shows a certificate.
    Certificate,
}

impl Proof {
    /// How many bytes at most it takes up in a body.
    pub(super) fn most_bytes(&self) -> usize {
        match self {
            Proof::SecretPost(secret) | Proof::SecretBasic(secret) => 3 * secret.expose().len(),
            Proof::Assertion(assertion) => 3 * assertion.expose().len() + 128,
            Proof::Certificate => 0,
        }
    }

    /// What of it stands in the body.
    pub(super) fn push(&self, body: &mut String, client_id: &str) {
        let is_sent = match self {
            Proof::SecretBasic(_) => false,
            // RFC 7521 §4.2: the assertion may say it.
            Proof::Assertion(_) => !client_id.is_empty(),
            Proof::SecretPost(_) | Proof::Certificate => true,
        };
        if is_sent {
            push_form_field(body, "client_id", client_id);
        }
        match self {
            Proof::SecretPost(secret) => push_form_field(body, "client_secret", secret.expose()),
            Proof::Assertion(assertion) => {
                let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
                push_form_field(body, "client_assertion_type", kind);
                push_form_field(body, "client_assertion", assertion.expose());
            }
            Proof::SecretBasic(_) | Proof::Certificate => {}
        }
    }
}

/// Id and secret as Basic carries them: form-encoded first.
pub(crate) fn client_secret_basic(client_id: &str, secret: &Secret) -> Secret {
    let secret = secret.expose();
    let mut pair = String::with_capacity(3 * (client_id.len() + secret.len()) + 1);
    push_form_value(&mut pair, client_id);
    pair.push(':');
    push_form_value(&mut pair, secret);
    Secret::new(base64(&Secret::new(pair)))
}
