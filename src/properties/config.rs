use std::rc::Rc;

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use proptest::prelude::*;
use proptest::sample::select;
use url::{form_urlencoded, Url};

use super::url::{address, is_safe};
use super::{cases, secret, text};
use crate::config::{Config, Setup};
use crate::error::{Error, ErrorCode};
use crate::login::{ClientCredentials, Login, Provider, TokenFunctionError};
use crate::secret::Secret;
use crate::token_cache::{Contents, TokenCache};

fn client(id: &str, secret: &str) -> ClientCredentials {
    ClientCredentials::new(id, Secret::new(secret))
}

fn check(host: &str, login: Login, allow_insecure_http: bool) -> Result<Setup, Error> {
    Setup::check(&Config { allow_insecure_http, ..Config::new(host, login) })
}

fn check_client(host: &str, credentials: ClientCredentials) -> Result<Setup, Error> {
    check(host, Login::ClientCredentials(credentials), false)
}

/// A login of every kind that is fine but for its provider.
fn login(way_in: &str, provider: Provider) -> Login {
    match way_in {
        "client" => Login::ClientCredentials(ClientCredentials { provider, ..client("id", "a-secret") }),
        "accessToken" => Login::AccessToken(Secret::new("a-token")),
        "password" => Login::Basic { username: "alice".to_string(), password: Secret::new("a-password") },
        _ => Login::TokenFunction(Rc::new(|| Box::pin(async { Err(TokenFunctionError::NoText) }))),
    }
}

const WAYS_IN: [&str; 4] = ["client", "accessToken", "password", "function"];

fn provider(is_issuer: bool, url: &str) -> Provider {
    if is_issuer {
        Provider::Issuer(url.to_string())
    } else {
        Provider::DiscoveryUrl(url.to_string())
    }
}

fn shown(error: &Error) -> String {
    format!("{error} {error:?}")
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn nothing_that_is_unsafe_passes_without_permission(
        way_in in select(WAYS_IN.to_vec()),
        (host, url) in {
            let urls = vec!["https://a.example", "http://a.example", "http://localhost:80/x", "a.example", "https://a.example?x"];
            (select(urls.clone()), select(urls))
        },
        is_issuer: bool, is_allowed: bool,
    ) {
        let is_fine = |url: &str, may_have_query: bool| match url {
            "https://a.example" | "http://localhost:80/x" => true,
            "http://a.example" => is_allowed,
            "https://a.example?x" => may_have_query,
            _ => false,
        };
        let found = check(host, login(way_in, provider(is_issuer, url)), is_allowed);
        prop_assert_eq!(found.is_ok(), is_fine(host, false) && (way_in != "client" || is_fine(url, !is_issuer)));
        if let Err(error) = found {
            let is_plain = [host, url].contains(&"http://a.example");
            prop_assert!(error.code == ErrorCode::InvalidArgument || (error.code == ErrorCode::InsecureEndpoint && is_plain && !is_allowed));
        }
    }

    #[test]
    fn whatever_address_is_taken_is_safe_to_whom_sends_there(
        host in address(), url in address(), is_issuer: bool, is_allowed: bool, way_in in select(WAYS_IN.to_vec()),
    ) {
        let is_safe = |url: &str| is_allowed || Url::parse(url).is_ok_and(|url| is_safe(&url));
        // One that no platform could send to anyway.
        let is_url = |url: &str| Url::parse(url).is_ok();
        if let Ok(setup) = check(&host, login(way_in, Provider::Nextcloud), is_allowed) {
            prop_assert!(!host.contains(['?', '#']));
            prop_assert!(is_safe(&host) || !is_url(&host), "{host}");
            prop_assert_eq!(setup.installation.host(), host.trim_end_matches('/'));
        }
        let login = login("client", provider(is_issuer, &url));
        if check("https://cloud.example", login, is_allowed).is_ok() {
            prop_assert!(is_safe(&url) || !is_url(&url), "{url}");
            prop_assert!(!is_issuer || !url.contains(['?', '#']));
        }
    }

    #[test]
    fn a_client_is_taken_with_what_a_credential_can_be_and_its_key_tells_all_but_the_secret(
        host in "https://[a-z]{1,3}[a-z./]{0,9}", id in text(), secret in prop_oneof![text(), secret()], path in "[a-z/]{0,9}",
        scope in prop_oneof!["[a-z:/ ]{0,12}", text()], parameters in prop::collection::vec((text(), secret()), 0..3),
    ) {
        let bare = host.trim_end_matches('/');
        if Url::parse(bare).is_err() {
            return Ok(());
        }
        let url = format!("https://idp.example/{path}");
        let credentials = ClientCredentials {
            scope: scope.clone(),
            provider: Provider::DiscoveryUrl(url.clone()),
            token_parameters: parameters.iter().map(|(name, value)| (name.clone(), Secret::new(value.as_str()))).collect(),
            ..client(&id, &secret)
        };
        let found = check_client(&host, credentials);
        let is_credential = |text: &str| !text.is_empty() && !text.contains(char::is_control);
        let is_scope = scope.chars().all(|one| (' '..='~').contains(&one) && one != '"' && one != '\\');
        prop_assert_eq!(found.is_ok(), is_credential(&id) && is_credential(&secret) && is_scope);
        match found {
            Ok(setup) => {
                prop_assert_eq!((setup.installation.host(), setup.basic), (bare, None));
                prop_assert_eq!(setup.owner.secret, Some(Secret::new(secret)));
                let key = setup.owner.key;
                let pairs: Vec<_> = form_urlencoded::parse(key.as_bytes()).into_owned().collect();
                let expected = [("host", bare), ("provider", &url), ("client_id", &id), ("scope", &scope)];
                let expected = expected.map(|(name, value)| (name.to_string(), value.to_string()));
                prop_assert_eq!(&pairs[..4], &expected);
                prop_assert_eq!(pairs.len(), if parameters.is_empty() { 4 } else { 5 });
                for (_, value) in &parameters {
                    prop_assert!(!key.contains(value.as_str()));
                }
            }
            Err(error) => prop_assert!(secret.len() < 20 || !shown(&error).contains(&secret)),
        }
    }

    #[test]
    fn a_key_is_another_for_other_parameters(one in ("[a-b]{0,3}", "[a-b]{0,3}"), other in ("[a-b]{0,3}", "[a-b]{0,3}")) {
        let key = |(name, value): &(String, String)| {
            let token_parameters = vec![(name.clone(), Secret::new(value.as_str()))];
            let credentials = ClientCredentials { token_parameters, ..client("id", "secret") };
            check_client("https://a", credentials).expect("a setup").owner.key
        };
        prop_assert_eq!(key(&one) == key(&other), one == other);
    }

    #[test]
    fn basic_carries_user_name_and_password_as_they_are(username in text(), password in text()) {
        let login = Login::Basic { username: username.clone(), password: Secret::new(password.as_str()) };
        let found = check("https://a", login, false);
        let has_control = [&username, &password].into_iter().any(|text| text.chars().any(char::is_control));
        let is_right = !username.is_empty() && !username.contains(':') && !password.is_empty() && !has_control;
        prop_assert_eq!(found.is_ok(), is_right);
        if let Ok(setup) = found {
            let sent = STANDARD.decode(setup.basic.expect("what Basic sends").expose()).expect("base64");
            let sent = String::from_utf8(sent).expect("UTF-8");
            prop_assert_eq!(sent.split_once(':'), Some((username.as_str(), password.as_str())));
            prop_assert_eq!((setup.owner.key.as_str(), setup.owner.secret), ("", None));
        }
    }

    #[test]
    fn an_access_token_is_taken_if_a_header_can_carry_it(token in prop_oneof![text(), secret()]) {
        let found = check("https://a", Login::AccessToken(Secret::new(token.as_str())), false);
        let can_be_carried = !token.is_empty() && token.chars().all(|one| one.is_ascii_graphic());
        prop_assert_eq!(found.is_ok(), can_be_carried);
        if let Err(error) = found {
            prop_assert!(token.len() < 20 || !shown(&error).contains(&token));
        }
    }

    #[test]
    fn only_a_client_has_a_cache_that_others_see(way_in in select(WAYS_IN.to_vec())) {
        let config = Config::new("https://a", login(way_in, Provider::Nextcloud));
        let token_cache = Some(Rc::new(TokenCache::new(config.early_refresh, Contents::default())));
        prop_assert_eq!(Setup::check(&Config { token_cache, ..config }).is_ok(), way_in == "client");
    }
}
