use core::time::Duration;

use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::Engine;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, Index};
use serde_json::{json, Value};
use url::{form_urlencoded, Url};

use super::answers::Answer;
use super::documents::{json as any_json, number, object, style, Json};
use super::redaction::repeated;
use super::url::{address, is_safe};
use super::{cases, secret, text, time};
use crate::error::{Error, ErrorCode, ErrorKind};
use crate::http::{Method, Request};
use crate::login::{
    ClientAuthentication, ClientCredentials, ClientKey, Login, Provider, Signer, SigningAlgorithm, SigningError,
};
use crate::nextcloud::{Installation, Reply};
use crate::oauth::*;
use crate::platform::{Task, UnixTime};
use crate::secret::Secret;
use crate::text::is_bearer_token;

const ENDPOINT: &str = "https://idp.example/token";

const NOW: UnixTime = UnixTime::from_millis(1_795_422_076_000);

fn with_reply<T>(credentials: ClientCredentials, body: &str, look: impl FnOnce(&Reply<'_>) -> T) -> T {
    let response = Answer::json(200, body).response();
    look(&Reply {
        response: &response,
        login: &Login::ClientCredentials(credentials),
        carries_login: false,
        sent: &[],
        now: NOW,
    })
}

fn client() -> ClientCredentials {
    ClientCredentials::new("mcp-server", Secret::new("client-secret-5f3a"))
}

fn discovered(provider: &Provider, body: &str) -> Result<Metadata, ErrorKind> {
    let credentials = ClientCredentials { provider: provider.clone(), ..client() };
    with_reply(credentials.clone(), body, |reply| read_metadata(&credentials, reply))
}

fn code<T>(result: Result<T, ErrorKind>) -> Option<ErrorCode> {
    result.err().map(|kind| Error::new(kind).code)
}

/// What a form component says, as whoever receives it reads it.
fn form_decoded(component: &str) -> String {
    form_urlencoded::parse(component.as_bytes()).next().map_or(String::new(), |(name, _)| name.into_owned())
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| &**value)
}

/// What servers write where a number of seconds is due.
fn lifetime() -> impl Strategy<Value = Json> {
    let seconds = (-10..2_000_000_000i64).prop_map(|seconds| seconds.to_string());
    prop_oneof![
        seconds.clone().prop_map(Json::Number),
        seconds.prop_map(Json::Text),
        number().prop_map(Json::Number),
        number().prop_map(Json::Text),
        text().prop_map(Json::Text),
        any_json(),
    ]
}

/// A client that proves itself in each way, and what it shows.
fn proof() -> impl Strategy<Value = Proof> {
    prop_oneof![
        secret_text().prop_map(|secret| Proof::SecretPost(Secret::new(secret))),
        secret_text().prop_map(|secret| Proof::SecretBasic(Secret::new(secret))),
        secret_text().prop_map(|assertion| Proof::Assertion(Secret::new(assertion))),
        Just(Proof::Certificate),
    ]
}

fn secret_text() -> impl Strategy<Value = String> {
    prop_oneof![text(), secret()]
}

/// One that signs nothing.
struct NoSigner(Vec<SigningAlgorithm>);

impl Signer for NoSigner {
    fn algorithms(&self) -> &[SigningAlgorithm] {
        &self.0
    }

    fn sign(&self, _: SigningAlgorithm, _: Vec<u8>) -> Task<Result<Vec<u8>, SigningError>> {
        Box::pin(async { Err(SigningError { name: "NoSigner".to_string() }) })
    }

    fn identity(&self) -> Secret {
        Secret::new("no key")
    }
}

fn algorithms() -> impl Strategy<Value = Vec<SigningAlgorithm>> {
    use SigningAlgorithm::{EdDsa, Es256, Ps256, Rs256};
    select(vec![vec![Rs256, Ps256], vec![Rs256], vec![Ps256], vec![Es256], vec![EdDsa]])
}

/// A part of a JWT, as whoever receives it reads it.
fn jwt_part(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_token_request_is_read_as_it_was_meant_and_has_its_proof_in_its_place(
        id in text(), proof in proof(), scope in text(), parameters in vec((text(), text()), 0..3),
    ) {
        let token_parameters = parameters.iter().map(|(name, value)| (name.clone(), Secret::new(value.as_str()))).collect();
        let credentials = ClientCredentials {
            scope: scope.clone(), token_parameters, ..ClientCredentials::new(id.as_str(), Secret::new("another"))
        };
        let request = token_request(&credentials, &Metadata::new(ENDPOINT, false), &proof);
        prop_assert_eq!((request.method, &*request.url), (Method::Post, ENDPOINT));
        prop_assert_eq!(header(&request, "Content-Type"), Some("application/x-www-form-urlencoded"));
        prop_assert!(request.is_repeatable && !request.follow_redirects);

        let field = |name: &str, value: &str| (name.to_string(), value.to_string());
        let mut expected = vec![field("grant_type", "client_credentials")];
        let has_no_id = matches!(proof, Proof::SecretBasic(_)) || (matches!(proof, Proof::Assertion(_)) && id.is_empty());
        if !has_no_id {
            expected.push(field("client_id", &id));
        }
        match &proof {
            Proof::SecretPost(secret) => expected.push(field("client_secret", secret.expose())),
            Proof::Assertion(assertion) => expected.extend([
                field("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                field("client_assertion", assertion.expose()),
            ]),
            Proof::SecretBasic(_) | Proof::Certificate => {}
        }
        if !scope.is_empty() {
            expected.push(field("scope", &scope));
        }
        expected.extend(parameters);
        let body = request.body.as_deref().expect("a body");
        prop_assert_eq!(form_urlencoded::parse(body.as_bytes()).into_owned().collect::<Vec<_>>(), expected);

        match (header(&request, "Authorization"), &proof) {
            (Some(sent), Proof::SecretBasic(secret)) => {
                let sent = sent.strip_prefix("Basic ").expect("the scheme");
                let basic = client_secret_basic(&id, secret);
                prop_assert_eq!(sent, basic.expose());
                let sent = String::from_utf8(STANDARD.decode(sent).expect("base64")).expect("UTF-8");
                let (sent_id, sent_secret) = sent.split_once(':').expect("a colon");
                prop_assert_eq!((form_decoded(sent_id), form_decoded(sent_secret)), (id, secret.expose().to_string()));
            }
            (sent, proof) => prop_assert!(sent.is_none() && !matches!(proof, Proof::SecretBasic(_))),
        }
    }

    #[test]
    fn an_assertion_is_read_as_it_was_meant(
        client_id in text(), audience in text(), id in text(), now in time(), algorithms in algorithms(),
        key_id in prop::option::of(text()), thumbprint in prop::option::of(text()), signature in vec(any::<u8>(), 0..80),
    ) {
        let key = ClientKey { key_id: key_id.clone(), certificate_thumbprint: thumbprint.clone(), ..ClientKey::new(NoSigner(algorithms.clone())) };
        let input = signing_input(&key, algorithms[0], &client_id, &audience, &id, now);
        let assertion = signed(&input, &signature);
        prop_assert!(is_bearer_token(assertion.expose()));
        let parts: Vec<_> = assertion.expose().split('.').collect();
        prop_assert_eq!(parts.len(), 3);
        let mut header = json!({ "alg": algorithms[0].as_str(), "typ": "JWT" });
        for (name, value) in [("kid", key_id), ("x5t#S256", thumbprint)] {
            if let Some(value) = value {
                header[name] = value.into();
            }
        }
        prop_assert_eq!(jwt_part(parts[0]), header);
        let iat = now.as_millis().div_euclid(1000);
        let claims = json!({ "iss": client_id, "sub": client_id, "aud": audience, "jti": id, "iat": iat, "exp": iat + 60 });
        prop_assert_eq!(jwt_part(parts[1]), claims);
        prop_assert_eq!(URL_SAFE_NO_PAD.decode(parts[2]).expect("base64url"), signature);
    }

    #[test]
    fn a_key_signs_as_the_provider_announces_or_not_at_all(
        algorithms in algorithms(),
        announced in prop::option::of(vec(select(vec!["RS256", "PS256", "ES256", "EdDSA", "RS384", "HS256", "none"]), 0..4)),
    ) {
        let key = ClientKey::new(NoSigner(algorithms.clone()));
        let credentials = ClientCredentials::by("id", ClientAuthentication::PrivateKey(key.clone()));
        let body = json!({ "token_endpoint": ENDPOINT, "token_endpoint_auth_signing_alg_values_supported": announced }).to_string();
        let metadata = with_reply(credentials.clone(), &body, |reply| read_metadata(&credentials, reply)).ok().expect("metadata");
        let is_taken = |algorithm: &&SigningAlgorithm| announced.as_ref().is_none_or(|announced| announced.contains(&algorithm.as_str()));
        prop_assert_eq!(choose_algorithm(&key, &metadata).ok(), algorithms.iter().find(is_taken).copied());
    }

    #[test]
    fn an_assertion_is_for_the_issuer_that_was_asked_for_or_for_nobody_but_where_it_is_sent(
        issuer in prop_oneof![Just("https://idp.example".to_string()), address(), "https://[a-d.:]{1,6}/?[a-z]{0,2}"],
        endpoint in prop_oneof![Just(ENDPOINT.to_string()), address(), "https://[a-d.:]{1,6}/?[a-z]{0,2}"],
        is_asked_for: bool,
    ) {
        let provider = if is_asked_for { Provider::Issuer(issuer.clone()) } else { Provider::DiscoveryUrl("https://idp.example/x".to_string()) };
        let authentication = ClientAuthentication::PrivateKey(ClientKey::new(NoSigner(vec![SigningAlgorithm::Es256])));
        let credentials = ClientCredentials { provider, ..ClientCredentials::by("id", authentication) };
        let body = json!({ "issuer": issuer, "token_endpoint": endpoint }).to_string();
        let Ok(found) = with_reply(credentials.clone(), &body, |reply| read_metadata(&credentials, reply)) else { return Ok(()) };
        let audience = found.audience.expect("an audience");
        if is_asked_for {
            prop_assert_eq!(audience, issuer);
        } else if audience != endpoint {
            prop_assert_eq!(&audience, &issuer);
            let origin = |url: &str| Url::parse(url).map(|url| url.origin());
            if let (Ok(one), Ok(other)) = (origin(&issuer), origin(&endpoint)) {
                prop_assert_eq!(one, other);
            }
        }
    }

    #[test]
    fn no_secret_goes_to_an_endpoint_that_is_not_safe(
        endpoint in prop_oneof![address(), select(vec!["http://idp.example/token", ENDPOINT, "http://localhost/token", "idp"]).prop_map(str::to_string)],
        is_allowed: bool, is_named_here: bool,
    ) {
        let named_at = if is_named_here { "http://localhost:1/x" } else { "https://cloud.example/x" };
        let plain_http = PlainHttp::named_at(named_at, is_allowed);
        let credentials = client();
        let metadata = Metadata::new(endpoint.as_str(), false);
        match check_endpoint(&credentials, &metadata, plain_http) {
            Ok(()) => {
                prop_assert_eq!(&*token_request(&credentials, &metadata, &Proof::Certificate).url, &endpoint);
                if let Ok(url) = Url::parse(&endpoint) {
                    prop_assert!(is_allowed || url.scheme() == "https" || (is_named_here && is_safe(&url)), "{endpoint}");
                    prop_assert!(matches!(url.scheme(), "http" | "https"));
                }
            }
            Err(kind) => {
                let code = Error::new(kind).code;
                let is_http = endpoint.to_ascii_lowercase().starts_with("http://");
                prop_assert!(code == ErrorCode::DiscoveryFailed || (code == ErrorCode::InsecureEndpoint && is_http && !is_allowed));
            }
        }
        let plain = check_endpoint(&credentials, &Metadata::new("http://idp.example/token", false), plain_http);
        prop_assert_eq!(code(plain), Some(ErrorCode::InsecureEndpoint).filter(|_| !is_allowed));
    }

    #[test]
    fn the_well_known_addresses_of_an_issuer_are_where_the_standards_put_them(
        path in "(/[a-zA-Z0-9~_-]{1,6}){0,3}", slashes in "/{0,2}", port in prop::option::of(1u16..),
    ) {
        let mut expected = Url::parse("https://id.example").expect("a URL");
        expected.set_port(port).expect("a port");
        let issuer = format!("{}{path}{slashes}", expected.as_str().trim_end_matches('/'));
        let found = addresses(&Provider::Issuer(issuer), &Installation::new("https://cloud.example"));
        expected.set_path(&format!("{path}/.well-known/openid-configuration"));
        prop_assert_eq!(&found[0], expected.as_str());
        expected.set_path(&format!("/.well-known/oauth-authorization-server{path}"));
        prop_assert_eq!(&found[1..], &[expected.to_string()]);
    }

    #[test]
    fn the_token_endpoint_is_the_one_that_serde_json_reads(
        endpoint in prop_oneof![Just(Json::from(ENDPOINT)), Just(Json::Text("e".repeat(1_001))), any_json()],
        grants in prop_oneof![any_json(), vec(select(vec!["client_credentials", "implicit"]), 0..3).prop_map(|texts| Json::Array(texts.into_iter().map(Json::from).collect()))],
        methods in vec(select(vec!["client_secret_basic", "client_secret_post", "none"]), 0..3),
        style in style(),
    ) {
        let methods = Json::Array(methods.into_iter().map(Json::from).collect());
        let members = [("token_endpoint", endpoint), ("grant_types_supported", grants), ("token_endpoint_auth_methods_supported", methods)];
        let body = style.write(&object(members));
        let found = discovered(&Provider::Nextcloud, &body);
        let Ok(oracle) = serde_json::from_str::<Value>(&body) else { return Ok(()) };
        let lists = |name: &str, wanted: &str| oracle[name].as_array().is_some_and(|items| items.iter().any(|item| item == wanted));
        let endpoint = oracle["token_endpoint"].as_str().unwrap_or("");
        let expected = match endpoint.len() {
            0 | 1_001.. => Some(ErrorCode::DiscoveryFailed),
            _ => None,
        };
        if let Ok(found) = &found {
            let has = |method| lists("token_endpoint_auth_methods_supported", method);
            let basic_only = has("client_secret_basic") && !has("client_secret_post");
            let is_offered = !oracle["grant_types_supported"].is_array() || lists("grant_types_supported", "client_credentials");
            let expected = Metadata {
                discovered_at: Some(NOW),
                announces_authentication: true,
                other_grants: found.other_grants.clone(),
                ..Metadata::new(endpoint, basic_only)
            };
            prop_assert_eq!(found, &expected);
            prop_assert_eq!(found.other_grants.is_none(), is_offered);
        }
        prop_assert_eq!(code(found), expected);
    }

    #[test]
    fn a_token_endpoint_that_repeats_a_secret_is_not_taken(secret in secret(), id in text(), which: Index, form: Index) {
        let secret = Secret::new(secret);
        let credentials = ClientCredentials::new(id.as_str(), secret.clone());
        let secrets = [client_secret_basic(&id, &secret), secret];
        let forms = repeated(which.get(&secrets).expose());
        let endpoint = format!("https://idp.example/{}/token", forms[form.index(forms.len())]);
        let body = serde_json::json!({ "token_endpoint": endpoint }).to_string();
        let found = with_reply(credentials.clone(), &body, |reply| read_metadata(&credentials, reply));
        prop_assert_eq!(code(found), Some(ErrorCode::DiscoveryFailed));
    }

    #[test]
    fn metadata_of_another_issuer_is_refused(issuer in "[a-z/]{0,3}", other in prop::option::of("[a-z/]{0,3}"), style in style()) {
        let named = other.as_ref().map_or(Json::Null, |other| Json::Text(format!("https://{other}")));
        let body = style.write(&object([("issuer", named), ("token_endpoint", Json::from(ENDPOINT))]));
        let found = discovered(&Provider::Issuer(format!("https://{issuer}")), &body);
        prop_assert_eq!(code(found), Some(ErrorCode::IssuerMismatch).filter(|_| other != Some(issuer)));
        prop_assert_eq!(code(discovered(&Provider::DiscoveryUrl("https://idp.example".to_string()), &body)), None);
    }

    #[test]
    fn a_token_and_its_lifetime_are_those_that_serde_json_reads(
        token in prop_oneof![secret().prop_map(Json::Text), any_json()],
        kind in prop_oneof![3 => select(vec!["Bearer", "bearer", "BEARER", "mac"]).prop_map(Json::from), 1 => any_json()],
        lifetime in prop::option::of(lifetime()), style in style(),
    ) {
        let mut members = vec![("access_token".to_string(), token), ("token_type".to_string(), kind)];
        members.extend(lifetime.map(|lifetime| ("expires_in".to_string(), lifetime)));
        let body = style.write(&Json::Object(members));
        let found = with_reply(client(), &body, |reply| read_token(reply, &Metadata::new(ENDPOINT, false)));
        let Ok(oracle) = serde_json::from_str::<Value>(&body) else { return Ok(()) };
        let token = oracle["access_token"].as_str().filter(|token| !token.is_empty() && token.chars().all(|one| one.is_ascii_graphic()));
        let is_bearer = match &oracle["token_type"] {
            Value::Null => true,
            kind => kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")),
        };
        let lifetime = match &oracle["expires_in"] {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim_ascii().parse().ok().filter(|_| !text.contains(|one: char| one.is_alphabetic() || one == '+')),
            _ => None,
        };
        let lifetime: f64 = lifetime.unwrap_or(3600.0);
        prop_assert_eq!(found.is_ok(), token.is_some() && is_bearer, "{}", body);
        match found {
            Ok(found) => {
                prop_assert_eq!(Some(found.secret.expose()), token);
                let expected = lifetime.trunc().clamp(0.0, 1e9);
                prop_assert_eq!(found.expires_in, Duration::from_secs(expected as u64));
            }
            Err(kind) => prop_assert_eq!(Error::new(kind).code, ErrorCode::InvalidTokenResponse),
        }
    }

    #[test]
    fn a_refusal_gives_the_error_of_the_provider(
        status in select(vec![400u16, 401, 403, 429, 500, 503]),
        error in prop::option::of(prop_oneof![select(vec!["invalid_client", "unsupported_grant_type", "invalid_grant"]).prop_map(str::to_string), "[a-z]{1,9}"]),
        description in prop::option::of("[a-z_ ]{1,9}( grant_type)?"),
    ) {
        let body = serde_json::json!({ "error": error, "error_description": description }).to_string();
        let response = Answer::json(status, body).response();
        let login = Login::ClientCredentials(client());
        let found = read_token(&Reply { response: &response, login: &login, carries_login: false, sent: &[], now: NOW }, &Metadata::new(ENDPOINT, false));
        let found = Error::new(found.err().expect("refused"));
        prop_assert_eq!((&found.oauth_error, &found.oauth_error_description), (&error, &description));
        let is_of_the_grant = match error.as_deref() {
            Some("unsupported_grant_type") => true,
            Some("invalid_grant") => description.is_some_and(|description| description.contains("grant_type")),
            _ => false,
        };
        let expected = match status {
            429 => ErrorCode::RateLimited,
            _ if is_of_the_grant => ErrorCode::GrantNotSupported,
            _ => ErrorCode::TokenRequestFailed,
        };
        prop_assert_eq!(found.code, expected);
    }
}

/// As many as fit into an answer.
#[test]
fn a_lifetime_of_very_many_exponents_is_that_of_a_token_without() {
    let lifetime = "1e".repeat(500_000);
    let body = serde_json::json!({ "access_token": "t", "token_type": "Bearer", "expires_in": lifetime }).to_string();
    let found = with_reply(client(), &body, |reply| read_token(reply, &Metadata::new(ENDPOINT, false)));
    assert_eq!(found.ok().map(|found| found.expires_in), Some(Duration::from_secs(3600)));
}
