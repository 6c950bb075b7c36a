//! Discovery and the client-credentials grant.

use std::rc::Rc;
use std::time::Duration;

use astrolabe_client::{
    AstrolabeClient, Config, Contents, Error, ErrorCode, Login, Metadata, Provider, Secret, SecretMethod, StoredToken,
    TokenCache, UnixTime, DEFAULT_EARLY_REFRESH,
};
use serde_json::json;

use crate::recordings::recorded;
use crate::setup::*;
use crate::transport::{Answer, World, START_MS};

/// What a login comes to when the token endpoint answers this.
fn log_in(answer: Answer) -> (World, Client, Result<String, Error>) {
    let world = World::new();
    let client = client(&world);
    world.on(DISCOVERY, metadata());
    world.on(TOKEN_ENDPOINT, answer);
    let result = token_of(&world, &client);
    (world, client, result)
}

/// What a login comes to when discovery answers this.
fn discover(answer: Answer) -> (World, Result<String, Error>) {
    let world = World::new();
    world.on(DISCOVERY, answer);
    let result = token_of(&world, &client(&world));
    (world, result)
}

/// Under which name the usual client keeps its token.
fn cache_key() -> Option<String> {
    let (_, client, _) = log_in(token("t"));
    Some(client.token_cache().contents().key.expect("a key"))
}

#[test]
fn a_login_is_one_discovery_and_one_token_request() {
    let (world, _, result) = log_in(token("t"));
    assert_eq!(result.expect("a token"), "t");
    let [discovery, request] = world.sent().try_into().expect("two requests");
    assert_eq!(
        (discovery.method, discovery.url.as_str(), discovery.body),
        ("GET", "https://cloud.example.com/.well-known/openid-configuration", None)
    );
    assert_eq!(
        discovery.headers,
        [("Accept".to_string(), "application/json".to_string())],
        "no login, no OCS-APIRequest"
    );
    assert_eq!((request.method, request.url.as_str()), ("POST", TOKEN_ENDPOINT));
    assert_eq!(request.header("Accept"), Some("application/json"));
    assert_eq!(request.header("Content-Type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(request.headers.len(), 2, "no Authorization, no OCS-APIRequest: {:?}", request.header_names());
    assert!(!request.follow_redirects && !discovery.follow_redirects);
}

#[test]
fn the_token_request_is_a_form_with_exactly_four_fields() {
    let (world, _, _) = log_in(token("t"));
    assert_eq!(
        world.last_sent().body.as_deref(),
        Some("grant_type=client_credentials&client_id=mcp-server&client_secret=client-secret-5f3a&scope=openid")
    );
}

#[test]
fn form_fields_are_encoded() {
    let world = World::new();
    let client = client_of(&world, |credentials| {
        credentials.client_id = "a b&c=d".into();
        credentials.authentication = by_secret("p+q%ü*/", None);
        credentials.scope = "openid profile".into();
    });
    world.on(DISCOVERY, metadata());
    world.on(TOKEN_ENDPOINT, token("t"));
    token_of(&world, &client).expect("a token");
    assert_eq!(
        world.last_sent().body.as_deref(),
        Some(
            "grant_type=client_credentials&client_id=a+b%26c%3Dd&client_secret=p%2Bq%25%C3%BC*%2F&scope=openid+profile"
        )
    );
}

#[test]
fn an_empty_scope_is_not_sent_and_more_parameters_are() {
    let world = World::new();
    let client = client_of(&world, |credentials| {
        credentials.scope = String::new();
        credentials.token_parameters = vec![
            ("audience".into(), Secret::new("https://cloud.example.com/")),
            ("resource".into(), Secret::new("a")),
            ("resource".into(), Secret::new("b")),
        ];
    });
    world.on(DISCOVERY, metadata());
    world.on(TOKEN_ENDPOINT, token("t"));
    token_of(&world, &client).expect("a token");
    let body = "grant_type=client_credentials&client_id=mcp-server&client_secret=client-secret-5f3a&audience=https%3A%2F%2Fcloud.example.com%2F&resource=a&resource=b";
    assert_eq!(world.last_sent().body.as_deref(), Some(body));
}

#[test]
fn expires_in_is_read_however_it_is_written() {
    let cases = [
        ("7200", Some(7200)),
        (r#""7200""#, Some(7200)),
        ("7199.9", Some(7199)),
        ("7.2e3", Some(7200)),
        (r#""3599.5""#, Some(3599)),
        (r#"" 60\t""#, Some(60)),
        ("null", Some(3600)),
        ("1e999", Some(1_000_000_000)),
        (r#""99999999999999999999999""#, Some(1_000_000_000)),
        ("0", None),
        ("0.9", None),
        ("-1", None),
        ("-1e999", None),
        (r#""0""#, None),
        (r#""-5""#, None),
    ];
    for (written, seconds) in cases {
        let (_, client, result) = log_in(Answer::json(
            200,
            format!(r#"{{"access_token":"t","token_type":"Bearer","expires_in":{written}}}"#),
        ));
        assert_eq!(
            result.unwrap_or_else(|error| panic!("{written}: {error}")),
            "t",
            "it serves the call that fetched it"
        );
        let kept = client.token_cache().contents().token.and_then(|token| token.expires_at);
        assert_eq!(kept, seconds.map(|seconds: i64| UnixTime::from_millis(START_MS + seconds * 1000)), "{written}");
    }
}

#[test]
fn a_token_without_expires_in_lives_for_an_hour() {
    let (_, client, result) = log_in(Answer::json(200, json!({ "access_token": "t", "token_type": "Bearer" })));
    assert_eq!(result.expect("a token"), "t");
    assert_eq!(
        client.token_cache().contents().token.and_then(|token| token.expires_at),
        Some(UnixTime::from_millis(START_MS + 3_600_000))
    );
}

#[test]
fn expires_in_that_cannot_be_read_is_an_hour() {
    // Providers write seconds, so that an exponent in a text is none of theirs.
    for written in [
        r#""""#,
        r#"" ""#,
        r#""soon""#,
        r#""1h""#,
        r#""1e3""#,
        r#""1E3""#,
        r#""+60""#,
        r#"".5""#,
        r#""-""#,
        r#""1 0""#,
        "true",
        "false",
        "[]",
        "[60]",
        "{}",
    ] {
        let (_, client, result) = log_in(Answer::json(
            200,
            format!(r#"{{"access_token":"t","token_type":"Bearer","expires_in":{written}}}"#),
        ));
        assert_eq!(result.unwrap_or_else(|error| panic!("{written}: {error}")), "t");
        let kept = client.token_cache().contents().token.and_then(|token| token.expires_at);
        assert_eq!(kept, Some(UnixTime::from_millis(START_MS + 3_600_000)), "{written}");
    }
}

#[test]
fn expires_in_of_two_fractions_cannot_be_read() {
    let body = r#"{"access_token":"t","token_type":"Bearer","expires_in":"1.2.3"}"#;
    let (_, client, result) = log_in(Answer::json(200, body));
    assert_eq!(result.expect("a token"), "t");
    let kept = client.token_cache().contents().token.and_then(|token| token.expires_at);
    assert_eq!(kept, Some(UnixTime::from_millis(START_MS + 3_600_000)));
}

#[test]
fn a_token_under_any_success_is_one() {
    for status in [200, 201, 202, 203, 226, 299] {
        let body = json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 60 });
        let (_, _, result) = log_in(Answer::json(status, body));
        assert_eq!(result.unwrap_or_else(|error| panic!("{status}: {error}")), "t");
    }
    for status in [201, 204] {
        let (_, _, result) = log_in(Answer::json(status, ""));
        let error = result.expect_err("no token");
        assert_eq!((error.code, error.status), (ErrorCode::InvalidTokenResponse, Some(status)));
    }
    for status in [199, 400] {
        let (_, _, result) = log_in(Answer::json(status, json!({ "access_token": "t", "token_type": "Bearer" })));
        assert_eq!(code_of(result), ErrorCode::TokenRequestFailed, "{status}");
    }
}

#[test]
fn a_refusal_under_200_keeps_its_words() {
    for (oauth_error, code) in [
        ("invalid_client", ErrorCode::TokenRequestFailed),
        ("bad_verification_code", ErrorCode::TokenRequestFailed),
        ("unsupported_grant_type", ErrorCode::GrantNotSupported),
    ] {
        let (_, client, result) =
            log_in(Answer::json(200, json!({ "error": oauth_error, "error_description": "in its own words" })));
        let error = result.expect_err("a refusal");
        assert_eq!((error.code, error.status, error.retryable), (code, Some(200), false), "{oauth_error}");
        assert_eq!(
            (error.oauth_error.as_deref(), error.oauth_error_description.as_deref()),
            (Some(oauth_error), Some("in its own words"))
        );
        assert!(client.token_cache().contents().token.is_none());
    }
    let (_, _, result) = log_in(Answer::json(200, json!({ "error": "none", "access_token": "t" })));
    assert_eq!(result.expect("with a token it is no refusal"), "t");
    let (_, _, result) = log_in(Answer::json(200, json!({ "error": 1 })));
    assert_eq!(code_of(result), ErrorCode::InvalidTokenResponse);
}

#[test]
fn a_token_is_used_until_the_early_refresh_before_its_end() {
    for (early_refresh_s, expires_in, fresh_for_ms) in
        [(60, 3600, 3_540_000), (0, 3600, 3_600_000), (300, 3600, 3_300_000)]
    {
        let world = World::new();
        let client = client_with(&world, |config| config.early_refresh = Duration::from_secs(early_refresh_s));
        world.on(DISCOVERY, metadata());
        world.on_each(TOKEN_ENDPOINT, [token_for("first", expires_in), token_for("second", expires_in)]);
        let cache = client.token_cache().clone();
        assert_eq!(token_of(&world, &client).expect("a token"), "first");
        world.pass(fresh_for_ms - 1);
        assert_eq!(token_of(&world, &client).expect("a token"), "first");
        assert!(
            client.with_cached_access_token(|_| ()).is_some()
                && cache.is_fresh(UnixTime::from_millis(START_MS + fresh_for_ms - 1))
        );
        world.pass(1);
        assert!(
            client.with_cached_access_token(|_| ()).is_none()
                && !cache.is_fresh(UnixTime::from_millis(START_MS + fresh_for_ms))
        );
        assert_eq!(token_of(&world, &client).expect("a token"), "second");
        assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT, TOKEN_ENDPOINT], "what discovery found is kept");
    }
}

#[test]
fn a_token_that_lives_less_than_the_early_refresh_serves_only_the_call_that_fetched_it() {
    for expires_in in [59, 60, 1, 0, -1, -3600] {
        let world = World::new();
        let client = client(&world);
        world.on(DISCOVERY, metadata());
        world.on_each(TOKEN_ENDPOINT, [token_for("first", expires_in), token_for("second", expires_in)]);
        world.on(ALICE, alice());
        status_of(&world, &client, "alice").expect("a status");
        assert_eq!(world.last_sent().header("Authorization"), Some("Bearer first"));
        assert_eq!(token_of(&world, &client).expect("a token"), "second", "{expires_in}");
    }
}

#[test]
fn the_token_type_is_bearer_in_any_case() {
    for kind in ["Bearer", "bearer", "BEARER"] {
        let (_, _, result) = log_in(Answer::json(200, json!({ "access_token": "t", "token_type": kind })));
        assert_eq!(result.expect(kind), "t");
    }
    for kind in [json!("mac"), json!("DPoP"), json!(""), json!(1), json!(["Bearer"]), json!("Bearer ")] {
        let (_, _, result) = log_in(Answer::json(200, json!({ "access_token": "t", "token_type": kind })));
        assert_eq!(code_of(result), ErrorCode::InvalidTokenResponse, "{kind}");
    }
    for body in [json!({ "access_token": "t" }), json!({ "access_token": "t", "token_type": null })] {
        let (_, _, result) = log_in(Answer::json(200, &body));
        assert_eq!(result.unwrap_or_else(|error| panic!("{body}: {error}")), "t");
    }
}

#[test]
fn an_access_token_that_no_header_can_carry_is_an_error() {
    for access_token in [
        json!(null),
        json!(""),
        json!(1),
        json!(["t"]),
        json!("two\nlines"),
        json!("two\r\nX-Evil: 1"),
        json!("a b"),
        json!("tökén"),
        json!("nul\0"),
    ] {
        let (_, client, result) =
            log_in(Answer::json(200, json!({ "access_token": access_token, "token_type": "Bearer" })));
        let error = result.expect_err("an error");
        assert_eq!((error.code, error.status), (ErrorCode::InvalidTokenResponse, Some(200)), "{access_token}");
        assert!(client.token_cache().contents().token.is_none());
    }
    let (_, _, result) = log_in(Answer::json(200, json!({ "token_type": "Bearer" })));
    assert_eq!(code_of(result), ErrorCode::InvalidTokenResponse);
}

#[test]
fn a_page_in_place_of_an_answer_is_an_error() {
    for answer in [
        Answer::html(200, "<!DOCTYPE html><title>Login</title>"),
        Answer::html(200, ""),
        Answer::json(200, "[]"),
        Answer::json(200, "{\"token_endpoint\":"),
    ] {
        let (_, result) = discover(answer.clone());
        let error = result.expect_err("an error");
        assert_eq!((error.code, error.status, error.retryable), (ErrorCode::DiscoveryFailed, Some(200), false));
        let (_, _, result) = log_in(answer);
        let error = result.expect_err("an error");
        assert_eq!((error.code, error.status, error.retryable), (ErrorCode::InvalidTokenResponse, Some(200), false));
    }
    // What Nextcloud refuses with a page, it refuses on every route.
    for (status, code, retryable) in [(400, ErrorCode::RequestRejected, false), (500, ErrorCode::DiscoveryFailed, true)]
    {
        let (_, result) = discover(Answer::html(status, "<html>"));
        let error = result.expect_err("an error");
        assert_eq!((error.code, error.status, error.retryable), (code, Some(status), retryable));
        let (_, _, result) = log_in(Answer::html(status, "<html>"));
        let error = result.expect_err("an error");
        assert_eq!(
            (error.code, error.status, error.retryable),
            (ErrorCode::TokenRequestFailed, Some(status), retryable)
        );
    }
}

#[test]
fn discovery_that_nextcloud_refuses_with_a_page_is_refused_as_a_route_is() {
    let elsewhere = Provider::Issuer("https://idp.example.com".into());
    let at = |provider: &Provider, answer: Answer| {
        let world = World::new();
        world.on_any(answer);
        token_of(&world, &client_of(&world, |credentials| credentials.provider = provider.clone()))
            .expect_err("a refusal")
    };
    for (status, advice) in [(400, "trusted_domains"), (403, "firewall")] {
        let error = at(&Provider::Nextcloud, Answer::html(status, "<html><head data-requesttoken=\"x\">"));
        assert_eq!((error.code, error.status, error.retryable), (ErrorCode::RequestRejected, Some(status), false));
        assert!(error.to_do.contains(advice) && !error.to_do.contains("issuer"), "{error}");
        assert_eq!(error.route, Some(format!("GET {DISCOVERY}")));

        for error in [
            at(&elsewhere, Answer::html(status, "<html>")),
            at(&Provider::Nextcloud, Answer::json(status, json!({ "message": "no" }))),
        ] {
            assert_eq!((error.code, error.status), (ErrorCode::DiscoveryFailed, Some(status)));
            assert!(error.to_do.contains("issuer"), "{error}");
        }
    }
    let error = at(&Provider::Nextcloud, Answer::html(401, "<html>"));
    assert_eq!(error.code, ErrorCode::DiscoveryFailed);
    let error = at(&Provider::Nextcloud, recorded("330c-untrusted-discovery"));
    assert!(error.to_do.contains("trusted_domains"), "{error}");
    let error = at(&Provider::Nextcloud, recorded("332d-needs-upgrade-discovery"));
    assert_eq!((error.code, error.retry_after), (ErrorCode::ServerError, Some(Duration::from_secs(120))));
    assert!(error.to_do.contains("occ upgrade"), "{error}");
}

#[test]
fn metadata_without_a_usable_token_endpoint_is_an_error() {
    for body in [
        json!({}),
        json!({ "token_endpoint": null }),
        json!({ "token_endpoint": "" }),
        json!({ "token_endpoint": 1 }),
        json!({ "token_endpoint": "/token" }),
        json!({ "token_endpoint": "ftp://idp.example.com/" }),
    ] {
        let (world, result) = discover(Answer::json(200, &body));
        assert_eq!(code_of(result), ErrorCode::DiscoveryFailed, "{body}");
        assert_eq!(world.sent().len(), 1);
    }
}

/// What a login comes to at a provider whose metadata lists these grants.
fn log_in_where_listed(grants: &serde_json::Value, answer: Answer) -> (World, Result<String, Error>) {
    let world = World::new();
    let metadata = json!({
        "token_endpoint": TOKEN_ENDPOINT, "grant_types_supported": grants,
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    });
    world.on(DISCOVERY, Answer::json(200, metadata));
    world.on(TOKEN_ENDPOINT, answer);
    let result = token_of(&world, &client(&world));
    assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT], "{grants}");
    (world, result)
}

#[test]
fn a_provider_that_does_not_list_the_grant_is_asked_all_the_same() {
    for grants in [json!(["authorization_code"]), json!([]), json!([1, null])] {
        let (_, result) = log_in_where_listed(&grants, token("t"));
        assert_eq!(result.unwrap_or_else(|error| panic!("{grants}: {error}")), "t");
    }
}

#[test]
fn a_refusal_is_of_the_grant_where_the_provider_does_not_list_it() {
    let unlisted = json!(["authorization_code", 1, "refresh_token"]);
    let listed = json!(["authorization_code", "client_credentials"]);
    for (oauth_error, is_unlisted, is_listed) in [
        ("unsupported_grant_type", ErrorCode::GrantNotSupported, ErrorCode::GrantNotSupported),
        ("unauthorized_client", ErrorCode::GrantNotSupported, ErrorCode::TokenRequestFailed),
        ("invalid_grant", ErrorCode::GrantNotSupported, ErrorCode::TokenRequestFailed),
        ("invalid_request", ErrorCode::GrantNotSupported, ErrorCode::TokenRequestFailed),
        ("invalid_client", ErrorCode::TokenRequestFailed, ErrorCode::TokenRequestFailed),
        ("invalid_scope", ErrorCode::TokenRequestFailed, ErrorCode::TokenRequestFailed),
        ("server_error", ErrorCode::TokenRequestFailed, ErrorCode::TokenRequestFailed),
    ] {
        for (grants, code) in [(&unlisted, is_unlisted), (&listed, is_listed), (&json!(null), is_listed)] {
            let (_, result) = log_in_where_listed(grants, Answer::json(400, json!({ "error": oauth_error })));
            let error = result.expect_err("a refusal");
            assert_eq!((error.code, error.retryable), (code, false), "{oauth_error} {grants}");
            assert_eq!(error.oauth_error.as_deref(), Some(oauth_error));
            let names_grants = error.what.contains("only authorization_code, refresh_token");
            let is_of_the_list = *grants == unlisted && code == ErrorCode::GrantNotSupported;
            assert_eq!(names_grants, is_of_the_list, "{oauth_error} {grants}: {error}");
            if code == ErrorCode::GrantNotSupported {
                assert!(error.message().contains("access_token"), "it names other ways in: {error}");
            }
        }
    }
    let (_, result) = log_in_where_listed(&json!([]), Answer::json(400, json!({ "error": "invalid_grant" })));
    let error = result.expect_err("a refusal");
    assert!(error.what.ends_with("which its metadata does not list either"), "{error}");
    // A page says nothing of the grant.
    let (_, result) = log_in_where_listed(&unlisted, Answer::html(400, "<html>"));
    assert_eq!(code_of(result), ErrorCode::TokenRequestFailed);
}

/// How the secret was sent, request by request.
fn ways_of(world: &World) -> Vec<&'static str> {
    let sent = world.sent();
    let requests = sent.iter().filter(|sent| sent.url == TOKEN_ENDPOINT);
    requests
        .map(|sent| match (sent.header("Authorization"), sent.text().contains("client_secret=")) {
            (None, true) => "post",
            (Some(header), false) if header.starts_with("Basic ") => "basic",
            _ => panic!("neither or both: {sent:?}"),
        })
        .collect()
}

#[test]
fn where_nothing_is_announced_basic_is_tried_after_post_and_what_worked_is_remembered() {
    for status in [200, 400, 401] {
        let world = World::new();
        let client = client(&world);
        world.on(DISCOVERY, silent_metadata());
        let refusal = Answer::json(status, json!({ "error": "invalid_client" }));
        world.on_each(TOKEN_ENDPOINT, [refusal, token_for("first", 1), token_for("second", 1)]);
        assert_eq!(token_of(&world, &client).expect("by Basic"), "first");
        assert_eq!(client.token_cache().contents().metadata.map(|found| found.basic_only), Some(true));
        assert_eq!(token_of(&world, &client).expect("by Basic at once"), "second");
        assert_eq!(ways_of(&world), ["post", "basic", "basic"], "{status}");
        assert_eq!(world.count(DISCOVERY), 1);
        assert_eq!(world.sent()[2].body.as_deref(), Some("grant_type=client_credentials&scope=openid"));
    }
}

#[test]
fn where_post_works_it_is_remembered_too() {
    let world = World::new();
    let client = client(&world);
    world.on(DISCOVERY, silent_metadata());
    world.on_each(TOKEN_ENDPOINT, [token_for("first", 1), token_for("second", 1)]);
    assert_eq!(token_of(&world, &client).expect("a token"), "first");
    assert_eq!(client.token_cache().contents().metadata.map(|found| found.basic_only), Some(false));
    assert_eq!(token_of(&world, &client).expect("a token"), "second");
    assert_eq!(ways_of(&world), ["post", "post"]);
}

#[test]
fn a_wrong_secret_costs_two_requests_only_where_nothing_is_announced_or_chosen() {
    let announcing = |methods: serde_json::Value| {
        Answer::json(200, json!({ "token_endpoint": TOKEN_ENDPOINT, "token_endpoint_auth_methods_supported": methods }))
    };
    let cases: [(_, _, &[&str]); 9] = [
        (None, silent_metadata(), &["post", "basic"]),
        (None, announcing(json!(null)), &["post", "basic"]),
        (None, announcing(json!([])), &["post"]),
        (None, announcing(json!(["client_secret_post"])), &["post"]),
        (None, announcing(json!(["client_secret_post", "client_secret_basic"])), &["post"]),
        (None, announcing(json!(["client_secret_basic"])), &["basic"]),
        (None, announcing(json!(["private_key_jwt"])), &["post"]),
        (Some(SecretMethod::Post), silent_metadata(), &["post"]),
        (Some(SecretMethod::Basic), silent_metadata(), &["basic"]),
    ];
    for (number, (method, metadata, ways)) in cases.into_iter().enumerate() {
        let world = World::new();
        let client = client_of(&world, |credentials| credentials.authentication = by_secret(CLIENT_SECRET, method));
        world.on(DISCOVERY, metadata);
        world.on_each(TOKEN_ENDPOINT, Answer::json(401, json!({ "error": "invalid_client" })).times(2));
        let error = token_of(&world, &client).expect_err("a wrong secret");
        assert_eq!(
            (error.code, error.oauth_error.as_deref()),
            (ErrorCode::TokenRequestFailed, Some("invalid_client")),
            "{number}"
        );
        assert_eq!(ways_of(&world), ways, "{number}");
    }
}

#[test]
fn only_invalid_client_is_followed_by_basic() {
    for answer in [
        Answer::json(400, json!({ "error": "invalid_request" })),
        Answer::json(400, json!({ "error": "unauthorized_client" })),
        Answer::json(401, "{}"),
        Answer::html(401, "<html>"),
        Answer::json(200, "{}"),
        Answer::redirect(302, "/"),
    ] {
        let world = World::new();
        world.on(DISCOVERY, silent_metadata());
        world.on(TOKEN_ENDPOINT, answer);
        assert!(token_of(&world, &client(&world)).is_err());
        assert_eq!(ways_of(&world), ["post"]);
    }
}

#[test]
fn a_refusal_of_the_token_endpoint_keeps_its_own_words() {
    let cases = [
        (400, "invalid_client", ErrorCode::TokenRequestFailed, "client_secret"),
        (401, "invalid_client", ErrorCode::TokenRequestFailed, "client_secret"),
        (400, "unauthorized_client", ErrorCode::TokenRequestFailed, "the client_credentials grant"),
        (400, "invalid_scope", ErrorCode::TokenRequestFailed, "scope"),
        (400, "invalid_grant", ErrorCode::TokenRequestFailed, "invalid_grant"),
        (400, "unsupported_grant_type", ErrorCode::GrantNotSupported, "grant"),
    ];
    for (status, oauth_error, code, advice) in cases {
        let (_, _, result) =
            log_in(Answer::json(status, json!({ "error": oauth_error, "error_description": "in its own words" })));
        let error = result.expect_err("a refusal");
        assert_eq!((error.code, error.status, error.retryable), (code, Some(status), false), "{oauth_error}");
        assert_eq!(
            (error.oauth_error.as_deref(), error.oauth_error_description.as_deref()),
            (Some(oauth_error), Some("in its own words"))
        );
        assert!(error.message().contains(advice) && error.message().contains("in its own words"), "{error}");
        assert_eq!(error.route, Some(format!("POST {TOKEN_ENDPOINT}")));
    }
}

#[test]
fn the_secret_does_not_follow_a_redirect() {
    for answer in [301, 302, 303, 307, 308]
        .map(|status| Answer::redirect(status, "https://evil.example.com/token"))
        .into_iter()
        .chain([Answer::opaque_redirect()])
    {
        let (world, _, result) = log_in(answer);
        assert_eq!(code_of(result), ErrorCode::UnexpectedRedirect);
        assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT]);
        assert!(!world.last_sent().follow_redirects);
    }
}

#[test]
fn the_secret_goes_to_plain_http_only_on_this_machine_or_when_allowed() {
    let (world, result) = discover(metadata_for("http://idp.example.com/token"));
    assert_eq!(code_of(result), ErrorCode::InsecureEndpoint);
    assert_eq!(world.sent().len(), 1);

    const HERE: &str = "http://127.0.0.1:8080";
    for (host, endpoint, allow, works) in [
        (HOST, "http://idp.example.com/token", true, true),
        (HERE, "http://127.0.0.1:9000/token", false, true),
        (HERE, "http://localhost/token", false, true),
        (HERE, "http://[::1]:1/token", false, true),
        (HERE, "http://x.localhost/token", false, false),
        (HERE, "http://idp.example.com/token", false, false),
        // Who names this machine is elsewhere.
        (HOST, "http://127.0.0.1:9000/token", false, false),
        (HOST, "http://127.1/token", false, false),
        (HOST, "http://0x7f000001/token", false, false),
        (HOST, "http://localhost/token", false, false),
        (HOST, "http://[::1]:1/token", false, false),
        (HOST, "http://x.localhost/token", false, false),
    ] {
        let discovery = DISCOVERY.replace(HOST, host);
        for is_kept in [false, true] {
            let world = World::new();
            let client = client_with(&world, |config| {
                config.nextcloud_host = host.into();
                config.allow_insecure_http = allow;
                let metadata = Some(Metadata::new(endpoint, false)).filter(|_| is_kept);
                let contents = Contents { key: None, token: None, metadata };
                config.token_cache = Some(Rc::new(TokenCache::new(DEFAULT_EARLY_REFRESH, contents)));
            });
            world.on(&discovery, metadata_for(endpoint));
            world.on(endpoint, token("t"));
            match token_of(&world, &client) {
                Ok(found) => assert!(works && found == "t", "{host} {endpoint}"),
                Err(error) => {
                    assert_eq!((error.code, works), (ErrorCode::InsecureEndpoint, false), "{host} {endpoint}: {error}")
                }
            }
            assert_eq!(world.count(endpoint), usize::from(works), "{host} {endpoint}");
        }
    }
}

#[test]
fn nobody_elsewhere_sends_the_secret_to_this_machine_by_a_redirect_from_it() {
    let here = "http://127.0.0.1:8080";
    let world = World::new();
    let client = client_with(&world, |config| config.nextcloud_host = here.into());
    let elsewhere = "https://idp.example.com/find";
    world.on(&DISCOVERY.replace(HOST, here), Answer::redirect(302, elsewhere));
    world.on(elsewhere, metadata_for("http://127.0.0.1:9000/token"));
    assert_eq!(code_of(token_of(&world, &client)), ErrorCode::InsecureEndpoint);
}

#[test]
fn metadata_of_a_cache_that_the_secret_must_not_go_to_is_looked_up_anew() {
    for endpoint in ["http://idp.example.com/token", "nonsense", "", "https://user:pw@idp.example.com/token"] {
        let world = World::new();
        let stored = Metadata::new(endpoint, false);
        let cache = Rc::new(TokenCache::new(
            DEFAULT_EARLY_REFRESH,
            Contents { key: cache_key(), token: None, metadata: Some(stored) },
        ));
        let client = client_with(&world, |config| config.token_cache = Some(cache.clone()));
        world.on(DISCOVERY, metadata());
        world.on(TOKEN_ENDPOINT, token("t"));
        assert_eq!(token_of(&world, &client).expect(endpoint), "t");
        assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT], "it is looked up anew");
        assert_eq!(cache.contents().metadata.map(|metadata| metadata.token_endpoint).as_deref(), Some(TOKEN_ENDPOINT));
    }
}

#[test]
fn a_cache_that_brings_a_token_and_metadata_along_saves_the_requests() {
    // An address that the secret would go to is taken only from a cache that says whose it is.
    for (key, requests) in [(cache_key(), vec![TOKEN_ENDPOINT]), (None, vec![DISCOVERY, TOKEN_ENDPOINT])] {
        let world = World::new();
        let stored = Contents {
            key,
            token: Some(StoredToken {
                access_token: Secret::new("stored"),
                expires_at: Some(UnixTime::from_millis(START_MS + 120_000)),
            }),
            metadata: Some(Metadata::new(TOKEN_ENDPOINT, false)),
        };
        let client = client_with(&world, |config| {
            config.token_cache = Some(Rc::new(TokenCache::new(DEFAULT_EARLY_REFRESH, stored)))
        });
        assert_eq!(token_of(&world, &client).expect("a token"), "stored");
        world.pass(60_000);
        world.on(DISCOVERY, metadata());
        world.on(TOKEN_ENDPOINT, token("new"));
        assert_eq!(token_of(&world, &client).expect("a token"), "new");
        assert_eq!(world.urls(), requests);
    }
}

#[test]
fn a_cache_that_was_written_down_for_another_client_is_not_used() {
    let world = World::new();
    let stored = Contents {
        key: Some("host=https%3A%2F%2Felsewhere.example.com".into()),
        token: Some(StoredToken { access_token: Secret::new("stored"), expires_at: None }),
        metadata: Some(Metadata::new("https://evil.example.com/token", false)),
    };
    let client = client_with(&world, |config| {
        config.token_cache = Some(Rc::new(TokenCache::new(DEFAULT_EARLY_REFRESH, stored)))
    });
    world.on(DISCOVERY, metadata());
    world.on(TOKEN_ENDPOINT, token("own"));
    assert_eq!(token_of(&world, &client).expect("a token"), "own");
    assert_eq!(world.urls(), [DISCOVERY, TOKEN_ENDPOINT]);
}

#[test]
fn a_token_of_a_cache_that_names_nobody_is_the_first_clients_that_asks() {
    let world = World::new();
    let stored = Contents {
        key: None,
        token: Some(StoredToken { access_token: Secret::new("stored"), expires_at: None }),
        metadata: None,
    };
    let cache = Rc::new(TokenCache::new(DEFAULT_EARLY_REFRESH, stored));
    let one = client_with(&world, |config| config.token_cache = Some(cache.clone()));
    let two = client_with(&world, |config| {
        (config.token_cache, config.nextcloud_host) = (Some(cache.clone()), "https://other.example.com".into())
    });
    assert_eq!(token_of(&world, &one).expect("a token"), "stored");
    assert!(two.with_cached_access_token(|_| ()).is_none());
    assert_eq!(cache.contents().key, cache_key());
}

#[test]
fn redirects_of_discovery_are_followed_five_times_and_never_to_plain_http() {
    let hop = |number: usize| format!("https://cloud.example.com/{number}");
    for (count, works) in [(1, true), (5, true), (6, false)] {
        let world = World::new();
        let client = client(&world);
        world.on(DISCOVERY, Answer::redirect(302, "/1"));
        for number in 1..count {
            world.on(&hop(number), Answer::redirect(307, &hop(number + 1)));
        }
        world.on(&hop(count), metadata());
        world.on(TOKEN_ENDPOINT, token("t"));
        match token_of(&world, &client) {
            Ok(_) => assert!(works, "{count}"),
            Err(error) => {
                assert_eq!((error.code, error.status), (ErrorCode::UnexpectedRedirect, Some(307)));
                assert!(!works, "{count}: {error}");
                assert_eq!(world.sent().len(), 6);
            }
        }
    }
    for location in [
        "http://cloud.example.com/x",
        "HTTP://127.0.0.1/x",
        "http://localhost/",
        "ftp://cloud.example.com/",
        "https://user:pw@cloud.example.com/",
        "//",
        "javascript:alert(1)",
        "data:,x",
        "",
    ] {
        let (world, result) = discover(Answer::redirect(301, location));
        assert_eq!(code_of(result), ErrorCode::UnexpectedRedirect, "{location}");
        assert_eq!(world.urls(), [DISCOVERY], "{location}");
    }
    let (_, result) = discover(Answer::html(301, ""));
    assert_eq!(code_of(result), ErrorCode::UnexpectedRedirect, "no Location at all");
}

#[test]
fn a_redirect_from_this_machine_does_not_lead_to_plain_http_elsewhere_either() {
    let here = "http://127.0.0.1:8080";
    for (target, works) in [
        ("http://localhost:9000/find", true),
        ("https://idp.example.com/find", true),
        ("http://10.0.0.1/find", false),
        ("http://idp.example.com/find", false),
    ] {
        let world = World::new();
        let client = client_with(&world, |config| config.nextcloud_host = here.into());
        world.on(&format!("{here}/.well-known/openid-configuration"), Answer::redirect(302, target));
        world.on(target, metadata());
        world.on(TOKEN_ENDPOINT, token("t"));
        match token_of(&world, &client) {
            Ok(_) => assert!(works, "{target}"),
            Err(error) => assert!(error.code == ErrorCode::UnexpectedRedirect && !works, "{target}: {error}"),
        }
        assert_eq!(world.count(target), usize::from(works), "{target}");
    }
}

#[test]
fn a_redirect_that_cannot_be_read_is_left_to_the_platform_and_looked_at_afterwards() {
    let world = World::new();
    world.on_each(
        DISCOVERY,
        [
            Answer::opaque_redirect(),
            metadata().coming_from("https://cloud.example.com/index.php/.well-known/openid-configuration"),
        ],
    );
    world.on(TOKEN_ENDPOINT, token("t"));
    assert_eq!(token_of(&world, &client(&world)).expect("a token"), "t");
    let follow: Vec<_> = world.sent().iter().map(|sent| sent.follow_redirects).collect();
    assert_eq!(follow, [false, true, false]);

    for second in [
        metadata().coming_from("http://cloud.example.com/"),
        metadata().coming_from("nonsense"),
        Answer::opaque_redirect(),
    ] {
        let world = World::new();
        world.on_each(DISCOVERY, [Answer::opaque_redirect(), second]);
        let error = token_of(&world, &client(&world)).expect_err("an error");
        assert_eq!(error.code, ErrorCode::UnexpectedRedirect);
        assert_eq!(world.sent().len(), 2);
    }
}

#[test]
fn an_issuer_must_be_named_by_its_own_metadata() {
    let issuer = "https://idp.example.com/realms/x";
    let discovery = "https://idp.example.com/realms/x/.well-known/openid-configuration";
    let metadata_of =
        |issuer: serde_json::Value| Answer::json(200, json!({ "issuer": issuer, "token_endpoint": TOKEN_ENDPOINT }));
    let cases = [
        (json!(issuer), None),
        (json!("https://idp.example.com/realms/x/"), Some(ErrorCode::IssuerMismatch)),
        (json!("https://evil.example.com"), Some(ErrorCode::IssuerMismatch)),
        (json!(""), Some(ErrorCode::IssuerMismatch)),
        (json!(null), Some(ErrorCode::IssuerMismatch)),
        (json!([issuer]), Some(ErrorCode::IssuerMismatch)),
    ];
    for (named, expected) in cases {
        let world = World::new();
        let client = client_of(&world, |credentials| credentials.provider = Provider::Issuer(issuer.into()));
        world.on(discovery, metadata_of(named.clone()));
        world.on(TOKEN_ENDPOINT, token("t"));
        let result = token_of(&world, &client);
        assert_eq!(result.as_ref().err().map(|error| error.code), expected, "{named}");
        assert_eq!(world.sent().len(), if expected.is_some() { 1 } else { 2 });
    }
}

#[test]
fn an_issuer_without_openid_metadata_is_looked_up_as_rfc_8414_says() {
    let cases = [
        (
            "https://idp.example.com",
            "https://idp.example.com/.well-known/openid-configuration",
            "https://idp.example.com/.well-known/oauth-authorization-server",
        ),
        (
            "https://idp.example.com/",
            "https://idp.example.com/.well-known/openid-configuration",
            "https://idp.example.com/.well-known/oauth-authorization-server",
        ),
        (
            "https://idp.example.com/realms/x",
            "https://idp.example.com/realms/x/.well-known/openid-configuration",
            "https://idp.example.com/.well-known/oauth-authorization-server/realms/x",
        ),
        (
            "https://idp.example.com:8443/a/",
            "https://idp.example.com:8443/a/.well-known/openid-configuration",
            "https://idp.example.com:8443/.well-known/oauth-authorization-server/a",
        ),
    ];
    for (issuer, first, second) in cases {
        let start = || {
            let world = World::new();
            let client = client_of(&world, |credentials| credentials.provider = Provider::Issuer(issuer.into()));
            (world, client)
        };
        let (world, client) = start();
        world.on(first, Answer::html(404, ""));
        world.on(second, Answer::json(200, json!({ "issuer": issuer, "token_endpoint": TOKEN_ENDPOINT })));
        world.on(TOKEN_ENDPOINT, token("t"));
        assert_eq!(token_of(&world, &client).expect(issuer), "t");
        assert_eq!(world.urls(), [first, second, TOKEN_ENDPOINT]);

        let (world, client) = start();
        world.on(first, Answer::html(404, ""));
        world.on(second, Answer::html(404, ""));
        assert_eq!(code_of(token_of(&world, &client)), ErrorCode::DiscoveryFailed);

        let (world, client) = start();
        world.on(first, Answer::html(403, ""));
        assert_eq!(code_of(token_of(&world, &client)), ErrorCode::DiscoveryFailed, "only a 404 leads on");
        assert_eq!(world.urls(), [first]);
    }
}

#[test]
fn a_discovery_url_is_asked_as_it_is() {
    let world = World::new();
    let url = "https://idp.example.com/custom?tenant=x";
    let client = client_of(&world, |credentials| credentials.provider = Provider::DiscoveryUrl(url.into()));
    world.on(
        url,
        Answer::json(200, json!({ "issuer": "https://whoever.example.com", "token_endpoint": TOKEN_ENDPOINT })),
    );
    world.on(TOKEN_ENDPOINT, token("t"));
    assert_eq!(token_of(&world, &client).expect("a token"), "t");
}

#[test]
fn basic_authentication_encodes_id_and_secret_before_base64() {
    let announcing = |methods: serde_json::Value| {
        Answer::json(200, json!({ "token_endpoint": TOKEN_ENDPOINT, "token_endpoint_auth_methods_supported": methods }))
    };
    let cases = [
        (None, json!(["client_secret_basic"]), true),
        (None, json!(["client_secret_basic", "private_key_jwt"]), true),
        (None, json!(["client_secret_basic", "client_secret_post"]), false),
        (None, json!(["client_secret_post"]), false),
        (None, json!(["private_key_jwt"]), false),
        (None, json!(null), false),
        (Some(SecretMethod::Basic), json!(["client_secret_post"]), true),
        (Some(SecretMethod::Basic), json!(null), true),
        (Some(SecretMethod::Post), json!(["client_secret_basic"]), false),
    ];
    for (method, announced, is_basic) in cases {
        let world = World::new();
        let client = client_of(&world, |credentials| {
            credentials.client_id = "mcp server".into();
            credentials.authentication = by_secret("a:b&c/ü%", method);
        });
        world.on(DISCOVERY, announcing(announced.clone()));
        world.on(TOKEN_ENDPOINT, token("t"));
        token_of(&world, &client).expect("a token");
        let (header, body) = if is_basic {
            // base64("mcp+server:a%3Ab%26c%2F%C3%BC%25"), RFC 6749 §2.3.1
            (Some("Basic bWNwK3NlcnZlcjphJTNBYiUyNmMlMkYlQzMlQkMlMjU="), "grant_type=client_credentials&scope=openid")
        } else {
            (
                None,
                "grant_type=client_credentials&client_id=mcp+server&client_secret=a%3Ab%26c%2F%C3%BC%25&scope=openid",
            )
        };
        let sent = world.last_sent();
        assert_eq!(
            (sent.header("Authorization"), sent.body.as_deref()),
            (header, Some(body)),
            "{method:?} {announced}"
        );
    }
}

#[test]
fn what_discovery_found_is_looked_up_anew_after_a_token_request_failed() {
    let world = World::new();
    let client = client(&world);
    let moved = "https://new.example.com/token";
    world.on_each(DISCOVERY, [metadata(), metadata_for(moved)]);
    world.on_each(TOKEN_ENDPOINT, [token_for("first", 1), Answer::json(404, "{}")]);
    world.on(moved, token("second"));
    assert_eq!(token_of(&world, &client).expect("a token"), "first");
    assert_eq!(code_of(token_of(&world, &client)), ErrorCode::TokenRequestFailed);
    assert_eq!(token_of(&world, &client).expect("a token"), "second");
}

#[test]
fn the_secret_goes_to_the_token_endpoint_and_nowhere_else() {
    let world = World::new();
    world.on(DISCOVERY, Answer::redirect(301, "/index.php/.well-known/openid-configuration"));
    world.on("https://cloud.example.com/index.php/.well-known/openid-configuration", metadata());
    world.on(TOKEN_ENDPOINT, token("the-token"));
    world.on(ALICE, alice());
    status_of(&world, &client(&world), "alice").expect("a status");
    for sent in world.sent() {
        assert_eq!(sent.text().contains(CLIENT_SECRET), sent.url == TOKEN_ENDPOINT, "{}", sent.url);
        assert_eq!(sent.text().contains("the-token"), sent.url == ALICE, "{}", sent.url);
        assert_eq!(sent.header("OCS-APIRequest").is_some(), sent.url == ALICE, "{}", sent.url);
        assert_eq!(sent.header("Cookie"), None);
    }
}

#[test]
fn the_client_does_not_show_its_secrets_as_debug_output() {
    let world = World::new();
    let client = client(&world);
    world.on(DISCOVERY, metadata());
    world.on(TOKEN_ENDPOINT, token("the-token"));
    token_of(&world, &client).expect("a token");
    let shown = format!("{:?} {:?}", client_credentials(), client.token_cache().contents());
    assert!(!shown.contains(CLIENT_SECRET) && !shown.contains("the-token"), "{shown}");
}

/// Why no client can be made whose provider is looked up there.
fn provider_refusal(provider: Provider, allow_insecure_http: bool) -> Option<Error> {
    let mut credentials = client_credentials();
    credentials.provider = provider;
    let config = Config { allow_insecure_http, ..Config::new(HOST, Login::ClientCredentials(credentials)) };
    AstrolabeClient::new(World::new(), config).err()
}

#[test]
fn where_the_secret_goes_is_not_asked_over_plain_http() {
    for provider in [
        Provider::Issuer("http://idp.example.com".into()),
        Provider::DiscoveryUrl("http://idp.example.com/.well-known/openid-configuration".into()),
    ] {
        assert_eq!(
            provider_refusal(provider.clone(), false).map(|error| error.code),
            Some(ErrorCode::InsecureEndpoint),
            "{provider:?}"
        );
        assert!(provider_refusal(provider, true).is_none(), "allowed by name");
    }
    assert!(
        provider_refusal(Provider::Issuer("http://127.0.0.1:9000/realms/x".into()), false).is_none(),
        "this machine"
    );
}

#[test]
fn an_issuer_that_is_no_url_is_refused_as_an_argument() {
    for address in [
        "idp.example.com",
        "nonsense",
        "",
        "ftp://idp.example.com",
        "https://user:pw@idp.example.com",
        "https://idp.example.com/a b",
    ] {
        for (option, provider) in
            [("issuer", Provider::Issuer(address.into())), ("discovery_url", Provider::DiscoveryUrl(address.into()))]
        {
            let error = provider_refusal(provider, true).unwrap_or_else(|| panic!("{address} was taken"));
            assert_eq!(error.code, ErrorCode::InvalidArgument, "{address}");
            assert!(error.message().starts_with(option) && !error.message().contains("pw@"), "{error}");
        }
    }
}

#[test]
fn a_location_is_joined_as_rfc_3986_says() {
    let cases = [
        ("?x=1", "https://cloud.example.com/.well-known/openid-configuration?x=1"),
        ("find?from=https://a.example/", "https://cloud.example.com/.well-known/find?from=https://a.example/"),
        ("//idp.example.com/find", "https://idp.example.com/find"),
        ("HTTPS://idp.example.com/find", "HTTPS://idp.example.com/find"),
    ];
    for (location, target) in cases {
        let world = World::new();
        world.on(DISCOVERY, Answer::redirect(302, location));
        world.on(target, metadata());
        world.on(TOKEN_ENDPOINT, token("t"));
        assert_eq!(token_of(&world, &client(&world)).expect(location), "t");
    }
}
