//! What a client can be made of.

use std::rc::Rc;

use astrolabe_client::{
    AstrolabeClient, Config, Error, ErrorCode, Login, Secret, TokenCache, TokenStore, DEFAULT_EARLY_REFRESH,
};

use crate::setup::*;
use crate::token_store::Shelf;
use crate::transport::World;

fn refusal(config: Config) -> Option<Error> {
    AstrolabeClient::new(World::new(), config).err()
}

#[test]
fn the_host_loses_trailing_slashes_and_keeps_its_path() {
    let cases = [
        ("https://cloud.example.com", "https://cloud.example.com/apps/"),
        ("https://cloud.example.com/", "https://cloud.example.com/apps/"),
        ("https://cloud.example.com///", "https://cloud.example.com/apps/"),
        ("https://example.com/nextcloud", "https://example.com/nextcloud/apps/"),
        ("https://example.com/nextcloud/", "https://example.com/nextcloud/apps/"),
        ("https://example.com/nextcloud/index.php/", "https://example.com/nextcloud/index.php/apps/"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443/apps/"),
    ];
    for (host, start) in cases {
        let world = World::new();
        let client = bearer_client_with(&world, |config| config.nextcloud_host = host.into());
        world.on(&format!("{start}astrolabe/api/v1/background-sync/credentials/alice"), alice());
        assert_eq!(status_of(&world, &client, "alice").expect(host), alice_has_access(), "{host}");
    }
}

#[test]
fn a_host_that_is_no_plain_http_url_is_refused_and_not_repeated() {
    for host in [
        "",
        "/",
        "///",
        "cloud.example.com",
        "ftp://cloud.example.com",
        "https://",
        "https:///",
        "https://cloud example.com",
        "https://cloud.example.com/?a=b",
        "https://cloud.example.com/#a",
        "https://admin:hunter2@cloud.example.com",
        "https://admin@cloud.example.com",
        "https://cloud.example.com:port",
        " https://cloud.example.com",
        "https://cloud.example.com\n",
        "javascript:alert(1)",
    ] {
        let error =
            refusal(Config { nextcloud_host: host.into(), ..config() }).unwrap_or_else(|| panic!("{host:?} was taken"));
        assert_eq!(error.code, ErrorCode::InvalidArgument, "{host:?}");
        assert!(error.message().starts_with("nextcloud_host "), "{error}");
        assert!(!error.message().contains("hunter2"), "{error}");
        assert!(!error.retryable);
    }
}

#[test]
fn plain_http_is_refused_unless_it_is_this_machine_or_asked_for() {
    for host in [
        "http://cloud.example.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "HTTP://cloud.example.com",
        "http://nextcloud.localhost",
    ] {
        let with = |allow| Config { nextcloud_host: host.into(), allow_insecure_http: allow, ..config() };
        assert_eq!(refusal(with(false)).map(|error| error.code), Some(ErrorCode::InsecureEndpoint), "{host}");
        assert!(refusal(with(true)).is_none(), "{host}");
    }
    for host in ["http://localhost:8080", "http://127.0.0.1:8080/nextcloud", "http://[::1]:8080"] {
        assert!(refusal(Config { nextcloud_host: host.into(), ..config() }).is_none(), "{host}");
    }
}

#[test]
fn a_login_that_cannot_work_is_refused_without_a_request() {
    let basic =
        |username: &str, password: &str| Login::Basic { username: username.into(), password: Secret::new(password) };
    let with_id = |id: &str, secret: &str| {
        let mut credentials = client_credentials();
        (credentials.client_id, credentials.authentication) = (id.into(), by_secret(secret, None));
        Login::ClientCredentials(credentials)
    };
    let token = |token: &str| Login::AccessToken(Secret::new(token));
    let cases = [
        ("client_id", with_id("", "x")),
        ("client_secret", with_id("x", "")),
        ("access_token", token("")),
        ("access_token", token("two\nlines")),
        ("access_token", token("Bearer hunter2")),
        ("access_token", token("hünter2")),
        ("username", basic("", "x")),
        ("username", basic("a:b", "x")),
        ("password", basic("x", "")),
        ("username", basic("admin\n", "x")),
        ("username", basic("\u{85}admin", "x")),
        ("password", basic("x", "hunter2\n")),
        ("password", basic("x", "hunter2\r\n")),
        ("password", basic("x", "hun\0ter2")),
        ("password", basic("x", "hunter2\x7f")),
    ];
    for (option, login) in cases {
        let error = refusal(Config::new(HOST, login)).unwrap_or_else(|| panic!("a wrong {option} was taken"));
        assert_eq!(error.code, ErrorCode::InvalidArgument, "{error}");
        assert!(error.message().starts_with(option), "{error}");
        assert!(!error.message().contains("nter2"), "{error}");
    }
}

#[test]
fn a_password_from_a_file_with_its_line_break_is_refused_in_words() {
    let login = Login::Basic { username: "admin".into(), password: Secret::new("hunter2\n") };
    let error = refusal(Config::new(HOST, login)).expect("a refusal");
    assert!(error.what.starts_with("password contains a line break"), "{error}");
    let spaced = Login::Basic { username: "with space".into(), password: Secret::new(" pässword ") };
    assert!(refusal(Config::new(HOST, spaced)).is_none(), "a space is none");
}

#[test]
fn a_cache_and_a_store_are_for_id_and_secret_only() {
    for login in
        [Login::AccessToken(Secret::new("x")), Login::Basic { username: "a".into(), password: Secret::new("b") }]
    {
        let cache = Rc::new(TokenCache::new(DEFAULT_EARLY_REFRESH, Default::default()));
        let error = refusal(Config { token_cache: Some(cache), ..Config::new(HOST, login) }).expect("a refusal");
        assert_eq!(error.code, ErrorCode::InvalidArgument);
        assert!(error.message().starts_with("token_cache belongs to client_id"), "{error}");
    }
    for login in
        [Login::AccessToken(Secret::new("x")), Login::Basic { username: "a".into(), password: Secret::new("b") }]
    {
        let store: Rc<dyn TokenStore> = Rc::new(Shelf::new(&World::new()));
        let error = refusal(Config { token_store: Some(store), ..Config::new(HOST, login) }).expect("a refusal");
        assert_eq!(error.code, ErrorCode::InvalidArgument);
        assert!(error.message().starts_with("token_store belongs to client_id"), "{error}");
    }
}
