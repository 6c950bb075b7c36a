//! The few questions this client asks of a URL.

use crate::text::is_harmless;

/// The parts of an absolute `http` or `https` URL that decide whether a secret may go there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Url<'a> {
    text: &'a str,
    pub(crate) is_https: bool,
    /// As written; with its brackets.
    host: &'a str,
    /// Where the path begins in `text`.
    path_at: usize,
}

impl<'a> Url<'a> {
    /// `None` where `text` is no absolute `http(s)` URL, or carries a user name, which would be a secret in a URL.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let starts_with = |scheme: &str| text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
        let is_https = starts_with("https://");
        if !is_https && !starts_with("http://") {
            return None;
        }
        if text.chars().any(|character| matches!(character, ' ' | '\\') || !is_harmless(character)) {
            return None;
        }
        let start = if is_https { "https://".len() } else { "http://".len() };
        let authority = before(text.get(start..)?, b"/?#");
        let host = host_of(authority)?;
        Some(Url { text, is_https, host, path_at: start + authority.len() })
    }

    /// Whether the host is this machine: `localhost`, 127.0.0.0/8 or `[::1]`. `x.localhost` is what the resolver makes of it.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost") || self.host == "[::1]" || is_ipv4_loopback(self.host)
    }

    /// Whether a secret may be sent there: over TLS, or without leaving this machine.
    pub(crate) fn is_safe_for_secrets(&self) -> bool {
        self.is_https || self.is_loopback()
    }

    pub(crate) fn has_query_or_fragment(&self) -> bool {
        without_query(self.text).len() < self.text.len()
    }

    pub(crate) fn has_path(&self) -> bool {
        self.path_at < self.text.len()
    }

    /// Host and port, as written.
    #[cfg(feature = "component")]
    pub(crate) fn authority(&self) -> &'a str {
        let start = if self.is_https { "https://".len() } else { "http://".len() };
        self.text.get(start..self.path_at).unwrap_or("")
    }

    /// What a request names of it to the server.
    #[cfg(feature = "component")]
    pub(crate) fn path_and_query(&self) -> &'a str {
        before(self.text.get(self.path_at..).unwrap_or(""), b"#")
    }

    /// Whether both are of one scheme, host and port, as written.
    pub(crate) fn has_origin_of(&self, other: Url<'_>) -> bool {
        self.text.get(..self.path_at) == other.text.get(..other.path_at)
    }

    /// The target of a `Location` header found at this URL (RFC 9110 §10.2.2, RFC 3986 §5.2).
    pub(crate) fn join(&self, location: &str) -> Option<String> {
        let origin = self.text.get(..self.path_at)?;
        let path = without_query(self.text.get(self.path_at..)?);
        let has_scheme = before(location, b":/?#").len() < before(location, b"/?#").len();
        let joined = match location.as_bytes() {
            [] => return None,
            _ if has_scheme => location.to_string(),
            [b'/', b'/', ..] => [if self.is_https { "https:" } else { "http:" }, location].concat(),
            [b'/', ..] => [origin, location].concat(),
            [b'?', ..] => [origin, path, location].concat(),
            [b'#', ..] => [before(self.text, b"#"), location].concat(),
            _ => {
                let folder_ends = path.bytes().rposition(|byte| byte == b'/').map_or(0, |at| at + 1);
                let folder = path.get(..folder_ends)?;
                [origin, if folder.is_empty() { "/" } else { folder }, location].concat()
            }
        };
        Url::parse(&joined)?;
        Some(joined)
    }
}

/// What of `text` comes before the first of these characters.
fn before<'a>(text: &'a str, ends: &[u8]) -> &'a str {
    let end = text.bytes().position(|byte| ends.contains(&byte)).unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}

/// The host of an authority that is a host with or without a port.
fn host_of(authority: &str) -> Option<&str> {
    let host = if authority.as_bytes().first() == Some(&b'[') {
        let end = authority.bytes().position(|byte| byte == b']')?;
        authority.get(..=end)?
    } else {
        before(authority, b":")
    };
    let is_port = match authority.get(host.len()..)?.as_bytes() {
        [] => true,
        [b':', port @ ..] => is_number_up_to(port, 65_535),
        _ => false,
    };
    let is_host = match host.as_bytes() {
        [b'[', address @ .., b']'] => {
            address.contains(&b':')
                && address.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
        }
        name => {
            let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte) || !byte.is_ascii();
            !name.is_empty() && name.iter().all(fits)
        }
    };
    (is_host && is_port).then_some(host)
}

/// Nothing is 0.
fn is_number_up_to(digits: &[u8], most: u32) -> bool {
    digits.len() <= 5
        && digits.iter().all(u8::is_ascii_digit)
        && digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')) <= most
}

fn is_ipv4_loopback(host: &str) -> bool {
    let mut parts = host.as_bytes().split(|&byte| byte == b'.');
    parts.next() == Some(b"127")
        && parts.clone().count() == 3
        && parts.all(|part| !part.is_empty() && is_number_up_to(part, 255))
}

/// `text` up to its query or fragment, either of which may hold a secret.
pub(crate) fn without_query(text: &str) -> &str {
    before(text, b"?#")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_url() {
        for text in [
            "https://cloud.example.com",
            "HTTPS://X/",
            "http://127.0.0.1:8080/a",
            "https://[::1]:8443/x",
            "https://müller.example",
            "https://a:",
            "http://nextcloud_app/",
        ] {
            assert!(Url::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "cloud.example.com",
            "ftp://x",
            "https://",
            "https:///x",
            "https:/x",
            "https://exa mple.com",
            "https://user:pw@example.com",
            "https://a:b",
            "https://a:99999",
            "https://[::1",
            "https://[xyz]",
            "https://[::1]x",
            "https://a\nb",
            "javascript:alert(1)",
            "https://a\\b",
            "https://?x",
            "https://:80",
            "https://a:1:2",
        ] {
            assert!(Url::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_is_loopback() {
        for text in
            ["http://localhost", "http://LOCALHOST:1", "http://127.0.0.1", "http://127.9.9.9:80", "http://[::1]:80/"]
        {
            assert!(Url::parse(text).is_some_and(|url| url.is_safe_for_secrets()), "{text}");
        }
        for text in [
            "http://localhost.example.com",
            "http://a.localhost/",
            "http://.localhost/",
            "http://notlocalhost",
            "http://127.0.0.1.example.com",
            "http://127.1",
            "http://10.0.0.1",
            "http://[::2]",
            "http://example.com",
        ] {
            assert!(Url::parse(text).is_some_and(|url| !url.is_safe_for_secrets()), "{text}");
        }
    }

    #[test]
    fn where_a_location_leads() {
        let base = Url::parse("https://a.example/x/y?z").expect("a URL");
        let cases = [
            ("https://b.example/q", Some("https://b.example/q")),
            ("//b.example/q", Some("https://b.example/q")),
            ("/index.php/q?r", Some("https://a.example/index.php/q?r")),
            ("q", Some("https://a.example/x/q")),
            ("?q", Some("https://a.example/x/y?q")),
            ("#q", Some("https://a.example/x/y?z#q")),
            ("q?from=https://b.example/", Some("https://a.example/x/q?from=https://b.example/")),
            ("javascript:alert(1)", None),
            ("", None),
            ("file://etc", None),
            ("https://user:pw@b.example/", None),
        ];
        for (location, expected) in cases {
            assert_eq!(base.join(location).as_deref(), expected, "{location}");
        }
        assert_eq!(
            Url::parse("https://a.example").and_then(|url| url.join("q")).as_deref(),
            Some("https://a.example/q")
        );
    }
}
