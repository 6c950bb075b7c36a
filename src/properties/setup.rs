use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use proptest::prelude::*;
use proptest::sample::select;
use url::form_urlencoded;

use super::questions::{Outcome, Question};
use super::{config, field, secret};
use crate::exchange::{action, Field};
use crate::text::push_form_field;

fn check(question: &Question) -> Outcome {
    Outcome::read(&question.ask(action::CHECK, ""))
}

fn client(host: &str, id: &str, secret: &str) -> Question {
    let question = Question::new().with(Field::WayIn, "client").with(Field::Id, id).with(Field::Secret, secret);
    question.with(Field::NextcloudHost, host).with(Field::HostKind, "safe")
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nothing_that_is_unsafe_passes_without_permission(
        way_in in select(vec!["client", "accessToken", "password", "function"]),
        kinds in select(vec![("unsafe", "safe"), ("unsafe", "unsafe"), ("", "safe"), ("query", "safe"), ("safe", "unsafe"), ("safe", ""), ("safe", "query")]),
        provider in select(vec!["issuer", "discoveryUrl"]),
        is_allowed: bool,
    ) {
        let question = client("http://cloud.example", "id", "a-secret").with(Field::WayIn, way_in).with(Field::HostKind, kinds.0);
        let question = question.with(Field::Provider, provider).with(Field::ProviderKind, kinds.1);
        let question = question.with(Field::AllowInsecureHttp, if is_allowed { "1" } else { "" });
        let seen = if way_in == "client" { [kinds.0, kinds.1] } else { [kinds.0, "safe"] };
        let is_fine = seen.iter().all(|kind| *kind == "safe" || (*kind == "unsafe" && is_allowed));
        prop_assert_eq!(check(&question).code().is_none(), is_fine);
    }

    #[test]
    fn a_client_is_taken_with_what_a_credential_can_be_and_its_key_tells_all_but_the_secret(
        host in "https://[a-z./]{1,12}", id in field(), secret in prop_oneof![field(), secret()], url in field(),
        scope in prop_oneof!["[a-z:/ ]{0,12}", field()], parameters in prop::collection::vec((field(), secret()), 0..3),
    ) {
        let mut form = String::new();
        for (name, value) in &parameters {
            push_form_field(&mut form, name, value);
        }
        let question = client(&host, &id, &secret).with(Field::ProviderUrl, &url).with(Field::Scope, &scope);
        let outcome = check(&question.with(Field::TokenParameters, &form));
        let is_credential = |text: &str| !text.is_empty() && !text.contains(char::is_control);
        let is_scope = scope.chars().all(|one| (' '..='~').contains(&one) && one != '"' && one != '\\');
        prop_assert_eq!(outcome.code().is_none(), is_credential(&id) && is_credential(&secret) && is_scope);
        if let Outcome::Fields(fields) = outcome {
            let bare = host.trim_end_matches('/');
            prop_assert_eq!((fields[0].as_str(), fields[2].as_str()), (bare, ""));
            let pairs: Vec<_> = form_urlencoded::parse(fields[1].as_bytes()).into_owned().collect();
            let expected = [("host", bare), ("provider", &url), ("client_id", &id), ("scope", &scope)];
            let expected = expected.map(|(name, value)| (name.to_string(), value.to_string()));
            prop_assert_eq!(&pairs[..4], &expected);
            prop_assert_eq!(pairs.len(), if parameters.is_empty() { 4 } else { 5 });
            for (_, value) in &parameters {
                prop_assert!(!fields[1].contains(value.as_str()));
            }
        }
    }

    #[test]
    fn a_key_is_another_for_other_parameters(one in "[a-z]{1,9}", other in "[a-z]{1,9}") {
        let key = |parameters: &str| {
            let question = client("https://a", "id", "secret").with(Field::TokenParameters, parameters);
            check(&question).fields().swap_remove(1)
        };
        prop_assert_eq!(key(&one) == key(&other), one == other);
    }

    #[test]
    fn basic_carries_user_name_and_password_as_they_are(username in field(), password in field()) {
        let outcome = check(&client("https://a", &username, &password).with(Field::WayIn, "password"));
        prop_assert_eq!(outcome.code().is_none(), !username.is_empty() && !username.contains(':') && !password.is_empty());
        if let Outcome::Fields(fields) = outcome {
            let sent = String::from_utf8(STANDARD.decode(&fields[2]).expect("base64")).expect("UTF-8");
            prop_assert_eq!(sent.split_once(':'), Some((username.as_str(), password.as_str())));
            prop_assert_eq!(&fields[1], "");
        }
    }

    #[test]
    fn an_access_token_is_taken_if_a_header_can_carry_it(token in prop_oneof![field(), secret()]) {
        let outcome = check(&client("https://a", "", &token).with(Field::WayIn, "accessToken"));
        let can_be_carried = !token.is_empty() && token.chars().all(|one| one.is_ascii_graphic());
        prop_assert_eq!(outcome.code().is_none(), can_be_carried);
        if let Outcome::Error { message, .. } = outcome {
            prop_assert!(token.len() < 20 || !message.contains(&token));
        }
    }
}
