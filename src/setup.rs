//! What a client is made of, checked: one server, one way in.

use crate::exchange::{Done, Exchange, Field};
use crate::memory::Text;
use crate::text::{
    base64, every, fill, has_control, is_visible_ascii, push_decimal, push_form_field, without_trailing,
};

pub(crate) const UNUSABLE_TOKEN: &str = "accessToken is empty or holds characters that no header can carry, such as a line break: give the bare token, without 'Bearer' before it";

impl Exchange<'_> {
    /// Refuses what cannot work. Gives the host without trailing slashes, the key under which a cache keeps this
    /// client's token, and what Basic sends.
    #[inline(never)]
    pub(crate) fn setup(&mut self) -> Done {
        let host = without_trailing(b'/', self.get(Field::NextcloudHost));
        self.check_host(host)?;
        let id = self.get(Field::Id);
        let secret = self.get(Field::Secret);
        let (mut key, mut basic) = (Text::new(), Text::new());
        // Refuses what no header can carry, before a platform repeats it in an error of its own.
        match self.get(Field::WayIn) {
            "client" => {
                self.check_credential("clientId", id)?;
                self.check_credential("clientSecret", secret)?;
                // RFC 6749 §3.3: visible ASCII but for quote and backslash, and single spaces between.
                let scope = self.get(Field::Scope);
                if !every(scope, |byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')) {
                    return self.fail("invalid_argument scope holds a character that no scope can have: give the names of scopes with blanks between them", &[]);
                }
                if self.is(Field::Provider) {
                    self.check_provider()?;
                }
                key = self.cache_key(host);
            }
            "accessToken" if !is_visible_ascii(secret) => return self.fail("invalid_argument {}", &[UNUSABLE_TOKEN]),
            "password" => {
                if id.is_empty() || !every(id, |byte| byte != b':') {
                    return self.fail("invalid_argument username is empty or contains a colon, which Basic authentication cannot carry (RFC 7617 §2)",
                        &[],
                    );
                }
                if secret.is_empty() {
                    return self.fail("invalid_argument password is empty", &[]);
                }
                basic = base64(&fill("{}:{}", &[id, secret]));
            }
            _ => {}
        }
        self.give(host);
        self.give(&key);
        self.give(&basic);
        Some(())
    }

    fn check_host(&mut self, host: &str) -> Done {
        let problem = match self.get(Field::HostKind) {
            _ if host.is_empty() => "is empty",
            "" => "is no absolute http(s) URL, or has a user name in it",
            "query" => "has a query or a fragment",
            _ => return self.check_safe(Field::HostKind, "nextcloudHost", "read the login"),
        };
        self.fail("invalid_argument nextcloudHost {}: give the address of the server, such as https://cloud.example.com or https://example.com/nextcloud", &[problem])
    }

    /// Whoever answers at that address decides where the secret goes, so it must be as safe as the token endpoint.
    fn check_provider(&mut self) -> Done {
        let name = self.get(Field::Provider);
        match self.get(Field::ProviderKind) {
            "" | "query" => self.fail("invalid_argument {} is no absolute http(s) URL, or an issuer with a query: give it as the identity provider writes it, such as https://id.example.com/realms/main", &[name]),
            _ => self.check_safe(Field::ProviderKind, name, "direct the client secret elsewhere"),
        }
    }

    /// Refuses to send anything to where others could read it.
    pub(crate) fn check_safe(&mut self, kind: Field, name: &str, danger: &str) -> Done {
        if self.get(kind) != "unsafe" || self.is(Field::AllowInsecureHttp) {
            return Some(());
        }
        self.fail("insecure_endpoint {} is plain http, where anyone on the way could {}: use https, or allow it by name with allowInsecureHttp",
            &[name, danger],
        )
    }

    fn check_credential(&mut self, name: &str, value: &str) -> Done {
        if value.is_empty() {
            return self.fail(
                "invalid_argument {} is empty: the identity provider gave clientId and clientSecret to this service",
                &[name],
            );
        }
        // Read from a file, most often, with the line break at its end.
        if has_control(value) {
            return self.fail("invalid_argument {} contains a line break or another control character: give it without (RFC 6749 appendix A)",
                &[name],
            );
        }
        Some(())
    }

    /// Which tokens are this client's: a cache handed to clients of another server, id or scope is not used by them.
    fn cache_key(&self, host: &str) -> Text {
        let mut key = Text::new();
        push_form_field(&mut key, "host", host);
        push_form_field(&mut key, "provider", self.get(Field::ProviderUrl));
        push_form_field(&mut key, "client_id", self.get(Field::Id));
        push_form_field(&mut key, "scope", self.get(Field::Scope));
        if self.is(Field::TokenParameters) {
            // Their values may be secrets, and the key is written down.
            key.push_str("&parameters=");
            push_decimal(&mut key, fnv1a(self.get(Field::TokenParameters).as_bytes()));
        }
        key
    }
}

/// The 64-bit FNV-1a hash: tells texts apart, and hides them no better than they can be guessed.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
