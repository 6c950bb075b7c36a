//! How a client shows its secret to the token endpoint, RFC 6749 §2.3.1.

use crate::login::ClientCredentials;
use crate::secret::Secret;
use crate::text::{base64, push_form_field, push_form_value};

/// Id and secret as Basic carries them: form-encoded first.
pub(crate) fn client_secret_basic(credentials: &ClientCredentials) -> Secret {
    let secret = credentials.client_secret.expose();
    let mut pair = String::with_capacity(3 * (credentials.client_id.len() + secret.len()) + 1);
    push_form_value(&mut pair, &credentials.client_id);
    pair.push(':');
    push_form_value(&mut pair, secret);
    Secret::new(base64(&Secret::new(pair)))
}

/// Id and secret as parameters of the body.
pub(super) fn push_client_secret_post(body: &mut String, credentials: &ClientCredentials) {
    push_form_field(body, "client_id", &credentials.client_id);
    push_form_field(body, "client_secret", credentials.client_secret.expose());
}
