//! Discovery and the client-credentials grant, as OpenID Connect Discovery 1.0, RFC 8414 and RFC 6749 say them.
//! Pure: makes requests and reads answers, sends nothing.

use crate::exchange::{Done, Exchange, Field};
use crate::json;
use crate::memory::Text;
use crate::text::{
    base64, contains, cut, every, fill, form_component, is_in_any_case, is_visible_ascii, push_form_field,
    without_trailing,
};

/// The lifetime of a token whose answer names none, in seconds.
const DEFAULT_EXPIRES_IN_S: i64 = 3600;

/// Longest lifetime that is believed, in seconds (about 30 years): keeps every time within what a `Date` can hold.
const MAX_EXPIRES_IN_S: i64 = 1_000_000_000;

const OTHER_WAYS_IN: &str =
    "on a stock Nextcloud, pass an administrator's app password as accessToken, or username and password";

const MAINTENANCE: &str = "maintenance the server is in maintenance mode: try again later";

impl Exchange<'_> {
    /// Gives the addresses to look for the metadata at: the first, and where that is not found (404) the next.
    #[inline(never)]
    pub(crate) fn discovery(&mut self) -> Done {
        let address = self.get(Field::ProviderUrl);
        match self.get(Field::Provider) {
            "discoveryUrl" => self.give(address),
            "issuer" => {
                let base = without_trailing(b'/', address);
                self.give(&fill("{}/.well-known/openid-configuration", &[base]));
                let (scheme, rest) = cut(base, b'/');
                let (host, path) = cut(rest.get(1..).unwrap_or(""), b'/');
                // RFC 8414 §3.1 puts the well-known part before the issuer's path.
                let slash = if path.is_empty() { "" } else { "/" };
                self.give(&fill("{}//{}/.well-known/oauth-authorization-server{}{}", &[scheme, host, slash, path]));
            }
            _ => self.give(&fill("{}/.well-known/openid-configuration", &[self.get(Field::NextcloudHost)])),
        }
        Some(())
    }

    /// Reads what discovery answers; gives the token endpoint, and whether it announces Basic and not post.
    #[inline(never)]
    pub(crate) fn read_metadata(&mut self) -> Done {
        let provider = self.get(Field::Provider);
        if self.status() != 200 {
            let said = self.text("message").map(|said| self.shown(said)).unwrap_or_default();
            let _: Done = match self.status() {
                _ if self.is(Field::IsMaintenance) => self.fail(MAINTENANCE, &[]),
                429 => self.fail("rate_limited too many requests (429): wait and send fewer", &[]),
                500.. => self.fail(
                    "discovery_failed the server failed ({}): try again later; its log tells why",
                    &[self.get(Field::Status)],
                ),
                404 if provider.is_empty() => {
                    let or_elsewhere = if self.is_html() {
                        ", or there is no Nextcloud at this address (check the path; where the web server does not rewrite URLs, add /index.php)"
                    } else {
                        ""
                    };
                    self.fail("discovery_failed this Nextcloud is no identity provider (404){}: name a provider by issuer or discoveryUrl; or, {}", &[or_elsewhere, OTHER_WAYS_IN])
                }
                _ => self.no_provider("status ", self.get(Field::Status)),
            };
            return self.explain("", "", "", &said);
        }
        if !self.is_json() {
            return self.no_provider("", self.no_json());
        }
        if provider == "issuer" {
            let expected = self.get(Field::ProviderUrl);
            let found = self.text("issuer").unwrap_or_default();
            if *found != *expected {
                let found = self.shown(found);
                return self.fail("issuer_mismatch the metadata is that of the issuer '{}', not of '{}': give the issuer exactly as the provider writes it (RFC 8414 §3.3)", &[&found, expected]);
            }
        }
        let endpoint = self.text("token_endpoint").unwrap_or_default();
        if endpoint.is_empty() {
            return self.unusable_endpoint("is missing");
        }
        // It becomes part of errors and log lines. A secret of a few letters is in every address.
        if endpoint.len() > 1_000 || self.repeats_secret(&endpoint, 6) {
            return self.unusable_endpoint("is too long, or repeats a secret");
        }
        let grants = json::member(self.body, "grant_types_supported");
        if grants.as_bytes().first() == Some(&b'[') && !lists(grants, "client_credentials") {
            let mut listed = Text::new();
            for item in json::items(grants) {
                listed.push_str(if listed.is_empty() { "" } else { ", " });
                listed.push_str(&json::text(item).unwrap_or_default());
            }
            let listed = self.shown(listed);
            return self.fail("grant_not_supported the identity provider does not offer the client_credentials grant, only {}: use a provider that does and let user_oidc check its tokens; or, {}", &[&listed, OTHER_WAYS_IN]);
        }
        let methods = json::member(self.body, "token_endpoint_auth_methods_supported");
        self.give(&endpoint);
        let basic_only = lists(methods, "client_secret_basic") && !lists(methods, "client_secret_post");
        self.give_flag(basic_only);
        Some(())
    }

    fn no_provider(&mut self, what: &str, found: &str) -> Done {
        self.fail("discovery_failed discovery was answered with {}{}: name an OpenID Connect provider by issuer or discoveryUrl; or, {}",
            &[what, found, OTHER_WAYS_IN],
        )
    }

    fn unusable_endpoint(&mut self, problem: &str) -> Done {
        self.fail(
            "discovery_failed the token_endpoint of the metadata {}: correct it there, or name another provider by issuer or discoveryUrl",
            &[problem],
        )
    }

    /// Gives the request of the client-credentials grant, RFC 6749 §4.4.2; refuses an address that the client secret must
    /// not be sent to.
    #[inline(never)]
    pub(crate) fn token_request(&mut self) -> Done {
        if !self.is(Field::EndpointKind) {
            return self.unusable_endpoint("is no absolute http(s) URL");
        }
        self.check_safe(Field::EndpointKind, "the token endpoint", "read the client secret")?;
        let mut body = Text::from("grant_type=client_credentials");
        let is_basic = match self.get(Field::ClientAuthentication) {
            "" => self.is(Field::BasicOnly),
            chosen => chosen == "basic",
        };
        if !is_basic {
            push_form_field(&mut body, "client_id", self.get(Field::Id));
            push_form_field(&mut body, "client_secret", self.get(Field::Secret));
        }
        if self.is(Field::Scope) {
            push_form_field(&mut body, "scope", self.get(Field::Scope));
        }
        if self.is(Field::TokenParameters) {
            body.push('&');
            body.push_str(self.get(Field::TokenParameters));
        }
        self.give("POST");
        self.give(self.get(Field::TokenEndpoint));
        self.give("application/x-www-form-urlencoded");
        self.give(&body);
        self.give(&if is_basic { self.client_secret_basic() } else { Text::new() });
        Some(())
    }

    /// Id and secret as Basic carries them: form-encoded first, RFC 6749 §2.3.1.
    pub(crate) fn client_secret_basic(&self) -> Text {
        base64(&fill("{}:{}", &[&form_component(self.get(Field::Id)), &form_component(self.get(Field::Secret))]))
    }

    /// Reads the answer to that; gives the token, and how long it lives from now on, in seconds.
    #[inline(never)]
    pub(crate) fn read_grant(&mut self) -> Done {
        match self.status() {
            200 => {}
            _ if self.is_redirect() => {
                return self.fail("unexpected_redirect the token endpoint answered with a redirect, which a client secret does not follow: correct the token_endpoint in the provider's metadata", &[]);
            }
            _ => return self.grant_refused(),
        }
        if !self.is_json() {
            return self.no_token("is", self.no_json());
        }
        let Some(token) = self.text("access_token") else {
            return self.no_token("has no", "access_token");
        };
        if !is_visible_ascii(&token) {
            return self.no_token("has an", "access_token that is empty or that no header can carry");
        }
        if !self.text("token_type").is_some_and(|kind| is_in_any_case(kind.as_bytes(), b"bearer")) {
            return self.no_token("has no", "token_type Bearer, the only one that Nextcloud takes");
        }
        let lifetime = json::member(self.body, "expires_in");
        let expires_in_s = match json::text(lifetime) {
            _ if lifetime.is_empty() || lifetime == "null" => Some(DEFAULT_EXPIRES_IN_S),
            Some(digits) if !every(&digits, |byte| byte.is_ascii_digit()) => None,
            Some(digits) => json::integer(&digits),
            None => json::integer(lifetime),
        };
        let Some(expires_in_s) = expires_in_s else {
            return self.no_token("has an", "expires_in that is no number of seconds");
        };
        self.give(&token);
        self.give_number(expires_in_s.clamp(0, MAX_EXPIRES_IN_S));
        Some(())
    }

    fn no_token(&mut self, verb: &str, what: &str) -> Done {
        self.fail("invalid_token_response the answer of the token endpoint {} {}: check that address, and the identity provider, which must answer as RFC 6749 §5.1 says", &[verb, what])
    }

    /// The error of a token request that was refused, RFC 6749 §5.2.
    #[inline(never)]
    fn grant_refused(&mut self) -> Done {
        let field = |name: &str| self.text(name).map(|text| self.shown(text)).unwrap_or_default();
        let (error, description) = (field("error"), field("error_description"));
        let said = match (&*error, &*description) {
            ("", _) => Text::new(),
            (error, "") => fill(" with {}", &[error]),
            (error, description) => fill(" with {} ({})", &[error, description]),
        };
        // Nextcloud's own provider refuses the grant as invalid_grant, which RFC 6749 keeps for other things.
        let _: Done = if self.is(Field::IsMaintenance) {
            self.fail(MAINTENANCE, &[])
        } else if self.status() == 429 {
            self.fail("rate_limited too many token requests (429){}: wait and send fewer", &[&said])
        } else if *error == *"unsupported_grant_type"
            || (*error == *"invalid_grant" && contains(description.as_bytes(), b"grant_type"))
        {
            self.fail("grant_not_supported the identity provider refused the client_credentials grant{}: use a provider that offers it and let user_oidc check its tokens; or, {}", &[&said, OTHER_WAYS_IN])
        } else {
            let advice = match &*error {
                "invalid_client" => "check clientId, clientSecret and clientAuthentication",
                "" if self.status() >= 500 => "try again later; its log tells why",
                "" => "it gave no OAuth error, so check its address and what stands before it",
                _ => "check scope, and that the identity provider allows this client the client_credentials grant",
            };
            self.fail(
                "token_request_failed the token endpoint refused the request (status {}){}: {}",
                &[self.get(Field::Status), &said, advice],
            )
        };
        self.explain("", &error, &description, "")
    }
}

/// Whether the array `items` has the text `wanted`.
fn lists(items: &str, wanted: &str) -> bool {
    json::items(items).any(|item| json::text(item).is_some_and(|item| *item == *wanted))
}
