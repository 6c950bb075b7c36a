use proptest::prelude::*;
use proptest::sample::select;

use super::documents::{object, plain, Json};
use super::questions::{asked_and_answered, Outcome, Question, OPERATIONS};
use super::text::repeated;
use super::{config, field, secret, text};
use crate::exchange::{action, ask, operation, Field};
use crate::text::{base64, fill, form_component};

/// How many fields there may be where nothing went wrong; `None` where it is any number.
fn counts(action: u32, question: &Question) -> Option<Vec<usize>> {
    Some(match (action, question.operation()) {
        (action::CHECK, _) => vec![3],
        (action::REQUEST, operation::DISCOVERY) => vec![1, 2],
        (action::REQUEST, operation::TOKEN_REQUEST) => vec![5],
        (action::REQUEST, _) => vec![4],
        (action::READ, operation::DISCOVERY | operation::TOKEN_REQUEST | operation::STORE) => vec![2],
        (action::READ, operation::OWN_STATUS | operation::SERVER_STATUS) => vec![3],
        (action::READ, operation::EXISTS) => vec![0, 1],
        (action::READ, operation::REVOKE | operation::TOKEN) => vec![0],
        (action::READ, operation::USERS) => return None,
        // Nothing where the older Astrolabe says that there is nothing.
        (action::READ, _) => vec![0, 4],
        (action::DIAGNOSE, _) => return None,
        _ => vec![0],
    })
}

/// What goes over the wire with a secret in it.
fn secrets_sent(question: &Question) -> [String; 3] {
    let (id, secret) = (question.get(Field::Id), question.get(Field::Secret));
    let basic = base64(&fill("{}:{}", &[&form_component(id), &form_component(secret)]));
    [secret.to_string(), base64(secret), basic]
}

/// An answer with all that a route needs, in which some of the texts repeat what was sent.
fn echo() -> impl Strategy<Value = Json> {
    let texts = [
        ("message", "no"),
        ("error", "invalid_request"),
        ("error_description", "no"),
        ("issuer", "https://idp.example"),
        ("token_endpoint", "https://idp.example/token"),
        ("access_token", "a-token"),
        ("token_type", "Bearer"),
        ("user_id", ""),
        ("app_password", "a-password"),
        ("sync_type", "app_password"),
        ("versionstring", "32.0.1"),
    ];
    let texts = texts.map(|(name, usual)| {
        let text = prop_oneof![2 => Just(Some(usual)), 2 => Just(Some(SAID)), 1 => Just(None)];
        text.prop_map(move |text| text.map(|text| (name.to_string(), Json::from(text)))).boxed()
    });
    (texts.to_vec(), any::<[bool; 2]>()).prop_map(|(texts, [success, lists_it])| {
        let meta = object([("message", Json::from(SAID)), ("statuscode", Json::Number("200".to_string()))]);
        let mut members: Vec<_> = texts.into_iter().flatten().collect();
        members.push(("has_background_access".to_string(), Json::Bool(true)));
        members.push(("success".to_string(), Json::Bool(success)));
        members.push(("ocs".to_string(), object([("meta", meta)])));
        if lists_it {
            members.push(("grant_types_supported".to_string(), Json::Array(vec![Json::from(SAID)])));
        }
        Json::Object(members)
    })
}

/// Stands for what a server repeats.
const SAID: &str = "SAID";

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_is_asked_and_answered_fields_come_out_or_a_whole_error(
        action in 0..6u32, (question, body) in asked_and_answered(),
    ) {
        if let Outcome::Fields(fields) = Outcome::read(&question.ask(action, &body)) {
            if let Some(counts) = counts(action, &question) {
                prop_assert!(counts.contains(&fields.len()), "{fields:?}");
            }
        }
    }

    #[test]
    fn no_text_whatever_makes_it_panic(action: u32, question in text(), body in text()) {
        let _ = ask(action % 5, &question, &body);
        let _ = ask(action, &question, &body);
    }

    #[test]
    fn no_answer_is_believed_that_is_no_json_object((question, body) in asked_and_answered()) {
        let question = question.with(Field::IsJson, "");
        let is_asked = question.operation() != operation::TOKEN;
        prop_assert_eq!(Outcome::read(&question.ask(action::READ, &body)).code().is_some(), is_asked);
    }

    #[test]
    fn a_secret_that_a_server_repeats_is_not_in_what_is_said(
        secret in secret(),
        id in field(),
        operation in select(OPERATIONS.to_vec()),
        status in select(vec![200u16, 200, 200, 400, 401, 403, 404, 429, 500, 503]),
        provider in select(vec!["", "issuer"]),
        (which, form) in any::<(prop::sample::Index, prop::sample::Index)>(),
        (before, after) in ("([a-z ]{0,9}[ .!])?", "([ .!][a-z ]{0,9})?"),
        echo in echo(),
    ) {
        let question = Question::new().about(operation).with(Field::Id, id).with(Field::Secret, secret);
        let question = question.with(Field::Provider, provider).with(Field::ProviderUrl, "https://idp.example");
        let secrets = secrets_sent(&question);
        let forms = repeated(&secrets[which.index(secrets.len())]);
        let said = format!("{before}{}{after}", forms[form.index(forms.len())]);
        let quoted = serde_json::to_string(&said).expect("a text");
        let body = plain().write(&echo).replace(&format!("{SAID:?}"), &quoted);
        let mut out = Outcome::read(&question.answered(status, &body).ask(action::READ, &body));
        if let Outcome::Fields(fields) = &mut out {
            // These are what was asked for: a password, a token, the names of users.
            match operation {
                operation::APP_PASSWORD | operation::STATUS | operation::PROBE | operation::PROBE_ELSEWHERE => fields.truncate(3),
                operation::TOKEN_REQUEST | operation::USERS => fields.clear(),
                _ => {}
            }
        }
        let out = format!("{out:?}");
        for secret in &secrets {
            for form in repeated(secret) {
                // `Debug` writes backslashes and quotes twice.
                prop_assert!(!out.contains(form.escape_debug().to_string().as_str()), "{form} in {out}");
            }
        }
    }
}
