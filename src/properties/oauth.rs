use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use url::{form_urlencoded, Url};

use super::documents::{json, number, object, style, Json};
use super::questions::{Outcome, Question};
use super::{config, field, secret, text};
use crate::client::ErrorCode;
use crate::exchange::{action, operation, Field};
use crate::text::push_form_field;

const ENDPOINT: &str = "https://idp.example/token";

fn read(operation: u8, question: Question, body: &str) -> Outcome {
    Outcome::read(&question.about(operation).answered(200, body).ask(action::READ, body))
}

/// What a form component says, as whoever receives it reads it.
fn form_decoded(component: &str) -> String {
    form_urlencoded::parse(component.as_bytes()).next().map_or(String::new(), |(name, _)| name.into_owned())
}

/// What servers write where a number of seconds is due.
fn lifetime() -> impl Strategy<Value = Json> {
    let seconds = (-10..2_000_000_000i64).prop_map(|seconds| seconds.to_string());
    prop_oneof![
        seconds.clone().prop_map(Json::Number),
        seconds.prop_map(Json::Text),
        number().prop_map(Json::Number),
        text().prop_map(Json::Text),
        json(),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_token_request_is_read_as_it_was_meant_and_has_the_secret_in_its_place(
        id in field(), secret in prop_oneof![field(), secret()], scope in field(),
        parameters in vec((field(), field()), 0..3), chosen in select(vec!["", "post", "basic"]), is_basic_only: bool,
    ) {
        let mut form = String::new();
        for (name, value) in &parameters {
            push_form_field(&mut form, name, value);
        }
        let question = Question::new().about(operation::TOKEN_REQUEST).with(Field::EndpointKind, "safe");
        let question = question.with(Field::TokenEndpoint, ENDPOINT).with(Field::TokenParameters, form);
        let question = question.with(Field::ClientAuthentication, chosen).with(Field::Scope, &scope);
        let question = question.with(Field::BasicOnly, if is_basic_only { "1" } else { "" });
        let question = question.with(Field::Id, &id).with(Field::Secret, &secret);
        let fields = Outcome::read(&question.ask(action::REQUEST, "")).fields();
        prop_assert_eq!(&fields[..3], &["POST", ENDPOINT, "application/x-www-form-urlencoded"]);

        let is_basic = chosen == "basic" || (chosen.is_empty() && is_basic_only);
        let mut expected = vec![("grant_type".to_string(), "client_credentials".to_string())];
        if !is_basic {
            expected.extend([("client_id".to_string(), id.clone()), ("client_secret".to_string(), secret.clone())]);
        }
        if !scope.is_empty() {
            expected.push(("scope".to_string(), scope));
        }
        expected.extend(parameters);
        let found: Vec<_> = form_urlencoded::parse(fields[3].as_bytes()).into_owned().collect();
        prop_assert_eq!(found, expected);

        if is_basic {
            let sent = String::from_utf8(STANDARD.decode(&fields[4]).expect("base64")).expect("UTF-8");
            let (sent_id, sent_secret) = sent.split_once(':').expect("a colon");
            prop_assert_eq!((form_decoded(sent_id), form_decoded(sent_secret)), (id, secret));
        } else {
            prop_assert_eq!(&fields[4], "");
        }
    }

    #[test]
    fn no_secret_goes_to_an_endpoint_that_is_not_safe(kind in select(vec!["", "unsafe"]), secret in secret(), is_allowed: bool) {
        let question = Question::new().about(operation::TOKEN_REQUEST).with(Field::TokenEndpoint, "http://idp.example/token");
        let question = question.with(Field::EndpointKind, kind).with(Field::Secret, &secret);
        let out = question.with(Field::AllowInsecureHttp, if is_allowed { "1" } else { "" }).ask(action::REQUEST, "");
        let expected = match kind {
            "" => Some(ErrorCode::DiscoveryFailed),
            _ if is_allowed => None,
            _ => Some(ErrorCode::InsecureEndpoint),
        };
        prop_assert_eq!(Outcome::read(&out).code(), expected);
        prop_assert!(is_allowed || !out.contains(&secret));
    }

    #[test]
    fn the_well_known_addresses_of_an_issuer_are_where_the_standards_put_them(
        path in "(/[a-zA-Z0-9~_-]{1,6}){0,3}", slashes in "/{0,2}", port in prop::option::of(1u16..), secret in secret(),
    ) {
        let mut expected = Url::parse("https://id.example").expect("a URL");
        expected.set_port(port).expect("a port");
        let issuer = format!("{}{path}{slashes}", expected.as_str().trim_end_matches('/'));
        let question = Question::new().about(operation::DISCOVERY).with(Field::Provider, "issuer");
        let question = question.with(Field::ProviderUrl, &issuer).with(Field::Secret, secret);
        let found = Outcome::read(&question.ask(action::REQUEST, "")).fields();
        expected.set_path(&format!("{path}/.well-known/openid-configuration"));
        prop_assert_eq!(&found[0], expected.as_str());
        expected.set_path(&format!("/.well-known/oauth-authorization-server{path}"));
        prop_assert_eq!(&found[1..], &[expected.to_string()]);
    }

    #[test]
    fn the_token_endpoint_is_the_one_that_serde_json_reads(
        endpoint in prop_oneof![Just(Json::from(ENDPOINT)), json()],
        grants in prop_oneof![json(), vec(select(vec!["client_credentials", "implicit"]), 0..3).prop_map(|texts| Json::Array(texts.into_iter().map(Json::from).collect()))],
        methods in vec(select(vec!["client_secret_basic", "client_secret_post", "none"]), 0..3),
        style in style(),
    ) {
        let methods = Json::Array(methods.into_iter().map(Json::from).collect());
        let members = [("token_endpoint", endpoint), ("grant_types_supported", grants), ("token_endpoint_auth_methods_supported", methods)];
        let body = style.write(&object(members));
        let outcome = read(operation::DISCOVERY, Question::new(), &body);
        let Ok(oracle) = serde_json::from_str::<Value>(&body) else { return Ok(()) };
        let lists = |name: &str, wanted: &str| oracle[name].as_array().is_some_and(|items| items.iter().any(|item| item == wanted));
        let endpoint = oracle["token_endpoint"].as_str().unwrap_or("").replace('\0', "\u{fffd}");
        let is_offered = !oracle["grant_types_supported"].is_array() || lists("grant_types_supported", "client_credentials");
        let expected = match endpoint.as_str() {
            "" => Some(ErrorCode::DiscoveryFailed),
            _ if !is_offered => Some(ErrorCode::GrantNotSupported),
            _ => None,
        };
        prop_assert_eq!(outcome.code(), expected);
        if let Outcome::Fields(fields) = outcome {
            let has = |method| lists("token_endpoint_auth_methods_supported", method);
            let basic_only = has("client_secret_basic") && !has("client_secret_post");
            prop_assert_eq!(fields, [endpoint.as_str(), if basic_only { "1" } else { "" }]);
        }
    }

    #[test]
    fn metadata_of_another_issuer_is_refused(issuer in "[a-z/]{0,3}", other in prop::option::of("[a-z/]{0,3}"), style in style()) {
        let named = other.as_ref().map_or(Json::Null, |other| Json::Text(format!("https://{other}")));
        let body = style.write(&object([("issuer", named), ("token_endpoint", Json::from(ENDPOINT))]));
        let expected = format!("https://{issuer}");
        let question = Question::new().with(Field::Provider, "issuer").with(Field::ProviderUrl, &expected);
        let code = read(operation::DISCOVERY, question, &body).code();
        prop_assert_eq!(code, Some(ErrorCode::IssuerMismatch).filter(|_| other != Some(issuer)));
    }

    #[test]
    fn a_token_and_its_lifetime_are_those_that_serde_json_reads(
        token in prop_oneof![secret().prop_map(Json::Text), json()],
        kind in prop_oneof![select(vec!["Bearer", "bearer", "BEARER", "mac"]).prop_map(Json::from), json()],
        lifetime in prop::option::of(lifetime()), style in style(),
    ) {
        let mut members = vec![("access_token".to_string(), token), ("token_type".to_string(), kind)];
        members.extend(lifetime.map(|lifetime| ("expires_in".to_string(), lifetime)));
        let body = style.write(&Json::Object(members));
        let outcome = read(operation::TOKEN_REQUEST, Question::new(), &body);
        let Ok(oracle) = serde_json::from_str::<Value>(&body) else { return Ok(()) };
        let token = oracle["access_token"].as_str().filter(|token| !token.is_empty() && token.chars().all(|one| one.is_ascii_graphic()));
        let is_bearer = oracle["token_type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
        let lifetime = match &oracle["expires_in"] {
            Value::Null => Some(3600.0),
            Value::Number(number) => number.as_f64(),
            Value::String(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
            _ => None,
        };
        prop_assert_eq!(outcome.code().is_none(), token.is_some() && is_bearer && lifetime.is_some());
        if let Outcome::Fields(fields) = outcome {
            prop_assert_eq!(Some(fields[0].as_str()), token);
            let expected = lifetime.unwrap_or(0.0).trunc().clamp(0.0, 1e9);
            prop_assert_eq!(fields[1].parse::<f64>().expect("a number"), expected);
        }
    }
}
