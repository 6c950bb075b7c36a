use proptest::char;
use proptest::prelude::*;
use proptest::sample::select;
use url::{Host, Url as Oracle};

use super::{cases, is_harmless, text};
use crate::url::{without_query, Url};

/// Hosts of many kinds, and what could be taken for one.
fn authority() -> impl Strategy<Value = String> {
    const ALIKE: [&str; 8] = [
        "notlocalhost",
        "localhost.evil",
        "127.evil",
        "127.0.0.1.evil",
        "127.0.0.1.1",
        "10.0.0.1",
        "10.127.0.0.1",
        "[::ffff:127.0.0.1]",
    ];
    let host = prop_oneof![
        3 => "[a-zA-Z0-9.-]{1,12}",
        2 => "(a\\.|not)?[lL]ocalhost\\.?(\\.evil)?",
        2 => "(127|10|0x7f|0177)(\\.[0-9]{1,3}){0,3}\\.?",
        2 => select(ALIKE.to_vec()).prop_map(str::to_string),
        1 => "\\[[0-9a-f:.]{0,9}\\]",
        1 => "[a-z._~%@:\\\\\\[\\]é。／＠℀０-９-]{1,8}(\\.localhost)?",
    ];
    (host, prop_oneof![3 => Just(String::new()), 2 => ":[0-9]{0,5}", 1 => "[:@#?]{1,2}[a-z0-9]{0,3}"])
        .prop_map(|(host, port)| host + &port)
}

pub(super) fn address() -> impl Strategy<Value = String> {
    let scheme = prop_oneof![6 => "[hH]ttp://", 2 => "[hH]ttps://", 1 => "[a-z]{0,5}:?/{0,3}"];
    let rest = prop_oneof![3 => "(/[a-z.%]{0,3}){0,3}(\\?[a-z=/]{0,4})?(#[a-z]{0,3})?", 1 => text()];
    prop_oneof![8 => (scheme, authority(), rest).prop_map(|(scheme, authority, rest)| scheme + &authority + &rest), 1 => text()]
}

fn is_loopback(url: &Oracle) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whatever sends a request reads the URL by other rules than this client: so what is safe here must be safe there.
pub(super) fn is_safe(url: &Oracle) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn an_address_that_is_safe_here_is_safe_to_whom_sends_there(address in address()) {
        let here = Url::parse(&address);
        if let (Some(here), Ok(there)) = (here, Oracle::parse(&address)) {
            prop_assert_eq!(here.is_https, there.scheme() == "https");
            prop_assert!(!here.is_safe_for_secrets() || is_safe(&there), "{address}");
            prop_assert!(!here.is_loopback() || is_loopback(&there), "{address}");
            prop_assert_eq!((there.username(), there.password()), ("", None));
            prop_assert_eq!(here.has_query_or_fragment(), there.query().is_some() || there.fragment().is_some());
        }
    }

    #[test]
    fn an_ordinary_address_is_taken(address in "https?://[a-z]([a-z.-]{0,12}[a-z])?(:[1-9][0-9]{0,3})?(/[ -~&&[^ \\\\]]{0,9})?") {
        // Names that begin so are spelt in a way of their own.
        prop_assume!(!address.contains("xn--"));
        prop_assert!(Url::parse(&address).is_some());
        prop_assert!(Oracle::parse(&address).is_ok());
    }

    /// It becomes part of errors and log lines, whoever wrote it.
    #[test]
    fn an_address_that_is_taken_is_harmless_to_a_terminal(
        before in "https?://a\\.example/[a-z/]{0,3}", character in prop_oneof![text(), any::<char>().prop_map(String::from), char::range('\0', '\u{2100}').prop_map(String::from)],
    ) {
        let address = before + &character;
        prop_assert!(Url::parse(&address).is_none() || is_harmless(&address), "{}", address.escape_unicode());
    }

    #[test]
    fn a_location_leads_where_the_url_crate_says(
        base in "https?://[a-z]{1,9}(:[1-9][0-9]{0,3})?(/[a-z]{0,3}){0,3}(\\?[a-z=/:]{0,4})?",
        location in prop_oneof![
            4 => "/{0,2}[a-z.]{1,5}(/[a-z.:]{0,3}){0,3}(\\?[a-z=/:]{0,4})?(#[a-z]{0,3})?",
            1 => "[?#][a-z]{0,3}",
            1 => "[/\\\\]{1,2}[a-z.]{1,5}",
            2 => address(),
        ],
    ) {
        let here = Url::parse(&base).expect("a URL");
        let there = Oracle::parse(&base).expect("a URL");
        if let Some(joined) = here.join(&location) {
            let found = Oracle::parse(&joined);
            prop_assume!(found.is_ok());
            prop_assert_eq!(found, there.join(&location), "{} from {}", location, base);
            prop_assert!(Url::parse(&joined).is_some());
        } else {
            // What is not followed is no relative reference.
            let is_relative = location.starts_with(|first: char| first.is_ascii_lowercase()) && !location.contains(':');
            prop_assert!(!is_relative || !location.is_ascii() || location.contains(|one: char| one <= ' ' || one == '\\' || one == '\u{7f}'), "{location}");
        }
    }

    #[test]
    fn without_its_query_an_address_has_neither_query_nor_fragment(address in address()) {
        let bare = without_query(&address);
        prop_assert!(address.starts_with(bare) && !bare.contains(['?', '#']));
        prop_assert!(bare.len() == address.len() || address[bare.len()..].starts_with(['?', '#']));
    }
}
