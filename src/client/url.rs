//! The few questions this client asks of a URL.

use alloc::string::{String, ToString};

use crate::text::fill;

/// The parts of an absolute `http` or `https` URL that decide whether a secret may go there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Url<'a> {
    text: &'a str,
    pub(crate) is_https: bool,
    /// Host and port, as written.
    authority: &'a str,
    /// Where the path begins in `text`.
    path_at: usize,
}

impl<'a> Url<'a> {
    /// `None` where `text` is no absolute `http(s)` URL, or carries a user name, which would be a secret in a URL.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let strip = |scheme: &str| {
            let head = text.get(..scheme.len())?;
            head.eq_ignore_ascii_case(scheme).then_some(scheme.len())
        };
        let (is_https, start) = match strip("https://") {
            Some(start) => (true, start),
            None => (false, strip("http://")?),
        };
        if text.bytes().any(|byte| byte <= b' ' || byte == 0x7f || byte == b'\\') {
            return None;
        }
        let rest = text.get(start..)?;
        let length = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = rest.get(..length)?;
        is_authority(authority).then_some(Url { text, is_https, authority, path_at: start + length })
    }

    fn host(&self) -> &'a str {
        match self.authority.rfind(']') {
            Some(end) => self.authority.get(..=end).unwrap_or(""),
            None => self.authority.split(':').next().unwrap_or(""),
        }
    }

    /// Whether the host is this machine: `localhost`, `*.localhost` (RFC 6761 §6.3), 127.0.0.0/8 or `[::1]`.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.host();
        let is_localhost =
            host.len().checked_sub("localhost".len()).and_then(|at| host.get(at..).map(|tail| (at, tail))).is_some_and(
                |(at, tail)| {
                    tail.eq_ignore_ascii_case("localhost")
                        && (at == 0 || host.get(..at).is_some_and(|head| head.ends_with('.')))
                },
            );
        is_localhost || host == "[::1]" || is_ipv4_loopback(host)
    }

    /// Whether a secret may be sent there: over TLS, or without leaving this machine.
    pub(crate) fn is_safe_for_secrets(&self) -> bool {
        self.is_https || self.is_loopback()
    }

    pub(crate) fn has_query_or_fragment(&self) -> bool {
        self.text.contains(['?', '#'])
    }

    /// What comes before the path, and from the path on.
    pub(crate) fn at_path(&self) -> (&'a str, &'a str) {
        self.text.split_at_checked(self.path_at).unwrap_or((self.text, ""))
    }

    /// The target of a `Location` header found at this URL (RFC 9110 §10.2.2, RFC 3986 §5.2).
    pub(crate) fn join(&self, location: &str) -> Option<String> {
        let (origin, path) = self.at_path();
        let path = without_query(path);
        let has_scheme = location.split(['/', '?', '#']).next().is_some_and(|head| head.contains(':'));
        let joined = if location.is_empty() {
            return None;
        } else if has_scheme {
            location.to_string()
        } else if location.starts_with("//") {
            fill("{}{}", &[if self.is_https { "https:" } else { "http:" }, location])
        } else if location.starts_with('/') {
            fill("{}{}", &[origin, location])
        } else if location.starts_with('?') {
            fill("{}{}{}", &[origin, path, location])
        } else if location.starts_with('#') {
            fill("{}{}", &[self.text.split('#').next().unwrap_or(""), location])
        } else {
            let folder = path.get(..path.rfind('/').map_or(0, |at| at + 1))?;
            fill("{}{}{}", &[origin, if folder.is_empty() { "/" } else { folder }, location])
        };
        Url::parse(&joined)?;
        Some(joined)
    }
}

fn is_authority(authority: &str) -> bool {
    let (host, port) = match (authority.starts_with('['), authority.rfind(']'), authority.rfind(':')) {
        (true, Some(end), _) => match authority.split_at_checked(end + 1) {
            Some((host, "")) => (host, "0"),
            Some((host, tail)) => (host, tail.strip_prefix(':').unwrap_or("x")),
            None => return false,
        },
        (_, _, Some(colon)) => match (authority.get(..colon), authority.get(colon + 1..)) {
            (Some(host), Some(port)) => (host, port),
            _ => return false,
        },
        _ => (authority, "0"),
    };
    let host_is_valid = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => {
            address.contains(':') && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.')
        }
        None => {
            !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c) || !c.is_ascii())
        }
    };
    host_is_valid
        && port.bytes().all(|b| b.is_ascii_digit())
        && port.len() <= 5
        && port.parse::<u32>().unwrap_or(0) <= 65_535
}

fn is_ipv4_loopback(host: &str) -> bool {
    host.starts_with("127.") && host.split('.').count() == 4 && host.split('.').all(|part| part.parse::<u8>().is_ok())
}

/// What an address is to those that use it, as [`crate::exchange::Field::HostKind`] has it.
pub(crate) fn kind_of(text: &str, may_have_query: bool) -> &'static str {
    match Url::parse(text) {
        None => "",
        Some(url) if !may_have_query && url.has_query_or_fragment() => "query",
        Some(url) if url.is_safe_for_secrets() => "safe",
        Some(_) => "unsafe",
    }
}

/// `text` up to its query or fragment, either of which may hold a secret.
pub(crate) fn without_query(text: &str) -> &str {
    text.split(['?', '#']).next().unwrap_or("")
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
        for text in [
            "http://localhost",
            "http://LOCALHOST:1",
            "http://a.localhost/",
            "http://127.0.0.1",
            "http://127.9.9.9:80",
            "http://[::1]:80/",
        ] {
            assert!(Url::parse(text).is_some_and(|url| url.is_safe_for_secrets()), "{text}");
        }
        for text in [
            "http://localhost.example.com",
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
