//! Logging in without a shared secret: by a key, by an assertion of one's own, by a certificate.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use astrolabe_client::{
    AstrolabeClient, ClientAuthentication, ClientCredentials, ClientKey, Config, Contents, Error, ErrorCode, Login,
    Provider, Runtime, Secret, Signer, SigningAlgorithm, SigningError, Task, TokenCache, TokenFunctionError,
    DEFAULT_EARLY_REFRESH,
};
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::Engine;
use serde_json::{json, Value};
use url::form_urlencoded;

use crate::setup::*;
use crate::token_store::Shelf;
use crate::transport::{Answer, Sent, World, START_MS};

const ISSUER: &str = "https://idp.example.com/realms/x";
const STORE_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A key that another machine keeps: what it is asked to sign takes a while, and may fail.
#[derive(Clone)]
struct Vault(Rc<Inner>);

struct Inner {
    world: World,
    algorithms: Vec<SigningAlgorithm>,
    name: &'static str,
    takes_ms: u64,
    is_broken: Cell<bool>,
    signed: RefCell<Vec<Vec<u8>>>,
}

impl Vault {
    fn new(world: &World, algorithms: &[SigningAlgorithm]) -> Self {
        Vault::named(world, algorithms, "vault", 0)
    }

    fn named(world: &World, algorithms: &[SigningAlgorithm], name: &'static str, takes_ms: u64) -> Self {
        Vault(Rc::new(Inner {
            world: world.clone(),
            algorithms: algorithms.to_vec(),
            name,
            takes_ms,
            is_broken: Cell::new(false),
            signed: RefCell::default(),
        }))
    }

    fn proof(&self) -> ClientAuthentication {
        ClientAuthentication::PrivateKey(ClientKey { key_id: Some("key-1".into()), ..ClientKey::new(self.clone()) })
    }
}

impl Signer for Vault {
    fn algorithms(&self) -> &[SigningAlgorithm] {
        &self.0.algorithms
    }

    fn check(&self) -> Task<Result<(), SigningError>> {
        let is_broken = self.0.is_broken.get();
        Box::pin(async move {
            match is_broken {
                true => Err(SigningError { name: "VaultError".into() }),
                false => Ok(()),
            }
        })
    }

    fn sign(&self, _: SigningAlgorithm, message: Vec<u8>) -> Task<Result<Vec<u8>, SigningError>> {
        let vault = self.0.clone();
        Box::pin(async move {
            vault.world.sleep(Duration::from_millis(vault.takes_ms)).await;
            let signature = [vault.name.as_bytes(), b" signed ", &message[..8]].concat();
            vault.signed.borrow_mut().push(message);
            Ok(signature)
        })
    }

    fn identity(&self) -> Secret {
        Secret::new(self.0.name)
    }
}

fn client_by(world: &World, authentication: ClientAuthentication) -> Client {
    client_of(world, |credentials| credentials.authentication = authentication)
}

fn metadata_of(more: Value) -> Answer {
    let mut metadata = json!({ "issuer": ISSUER, "token_endpoint": TOKEN_ENDPOINT });
    metadata.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    Answer::json(200, metadata)
}

fn fields(sent: &Sent) -> Vec<(String, String)> {
    form_urlencoded::parse(sent.body.as_deref().unwrap_or_default().as_bytes()).into_owned().collect()
}

fn field(sent: &Sent, name: &str) -> Option<String> {
    fields(sent).into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
}

/// Header and claims of the assertion that was sent.
fn assertion(sent: &Sent) -> (Value, Value) {
    let assertion = field(sent, "client_assertion").expect("an assertion");
    let part = |at: usize| {
        let part = assertion.split('.').nth(at).expect("a part");
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
    };
    (part(0), part(1))
}

fn sent_to(world: &World, url: &str) -> Vec<Sent> {
    world.sent().into_iter().filter(|sent| sent.url == url).collect()
}

fn invalid_client() -> Answer {
    Answer::json(401, json!({ "error": "invalid_client" }))
}

/// An application's own assertions: `a-1`, `a-2`, and so on.
fn numbered() -> (ClientAuthentication, Rc<Cell<u32>>) {
    let asked = Rc::new(Cell::new(0));
    let count = asked.clone();
    let function = move || -> Task<Result<Secret, TokenFunctionError>> {
        count.set(count.get() + 1);
        let assertion = Secret::new(format!("a-{}", count.get()));
        Box::pin(async move { Ok(assertion) })
    };
    (ClientAuthentication::Assertion(Rc::new(function)), asked)
}

#[test]
fn an_assertion_says_who_it_is_for_whom_and_until_when() {
    let world = World::new();
    let vault = Vault::new(&world, &[SigningAlgorithm::Es256]);
    let client = client_by(&world, vault.proof());
    world.on(DISCOVERY, metadata_of(json!({})));
    world.on(TOKEN_ENDPOINT, token("t"));
    world.pass(1_999);
    assert_eq!(token_of(&world, &client).expect("a token"), "t");
    let sent = world.last_sent();
    let (header, claims) = assertion(&sent);
    assert_eq!(header, json!({ "alg": "ES256", "typ": "JWT", "kid": "key-1" }));
    let iat = (START_MS + 1_999) / 1000;
    let jti = claims["jti"].clone();
    assert_eq!(
        claims,
        json!({ "iss": CLIENT_ID, "sub": CLIENT_ID, "aud": ISSUER, "jti": jti, "iat": iat, "exp": iat + 60 })
    );
    let whole = field(&sent, "client_assertion").expect("an assertion");
    let (signed, signature) = whole.rsplit_once('.').expect("a signature");
    assert_eq!(vault.0.signed.borrow().as_slice(), [signed.as_bytes()]);
    assert!(URL_SAFE_NO_PAD.decode(signature).expect("base64url").starts_with(b"vault signed "));
    let names: Vec<_> = fields(&sent).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["grant_type", "client_id", "client_assertion_type", "client_assertion", "scope"]);
    assert_eq!(sent.header("Authorization"), None);
}

#[test]
fn each_try_has_an_assertion_of_its_own() {
    for broken in [Answer::broken(), Answer::html(502, ""), Answer::json(429, "{}")] {
        let world = World::new();
        let client = client_by(&world, Vault::new(&world, &[SigningAlgorithm::EdDsa]).proof());
        world.on(DISCOVERY, metadata_of(json!({})));
        world.on_each(TOKEN_ENDPOINT, [broken.clone(), broken, token("t")]);
        assert_eq!(token_of(&world, &client).expect("the third try"), "t");
        let ids: Vec<_> = sent_to(&world, TOKEN_ENDPOINT).iter().map(|sent| assertion(sent).1["jti"].clone()).collect();
        assert!(ids.len() == 3 && ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2], "{ids:?}");

        let world = World::new();
        let (authentication, asked) = numbered();
        let client = client_by(&world, authentication);
        world.on(DISCOVERY, metadata());
        world.on_each(TOKEN_ENDPOINT, [Answer::broken(), token("t")]);
        token_of(&world, &client).expect("the second try");
        let assertions: Vec<_> =
            sent_to(&world, TOKEN_ENDPOINT).iter().filter_map(|sent| field(sent, "client_assertion")).collect();
        assert_eq!((assertions.as_slice(), asked.get()), (["a-1".to_string(), "a-2".to_string()].as_slice(), 2));
    }
}

#[test]
fn where_the_issuer_is_refused_the_endpoint_is_tried_and_what_worked_is_remembered() {
    let audiences = |world: &World| -> Vec<Value> {
        sent_to(world, TOKEN_ENDPOINT).iter().map(|sent| assertion(sent).1["aud"].clone()).collect()
    };
    let world = World::new();
    let client = client_by(&world, Vault::new(&world, &[SigningAlgorithm::Rs256]).proof());
    world.on(DISCOVERY, metadata_of(json!({})));
    world.on_each(TOKEN_ENDPOINT, [invalid_client(), token_for("first", 1), token("second")]);
    assert_eq!(token_of(&world, &client).expect("a token"), "first");
    world.pass(2_000);
    assert_eq!(token_of(&world, &client).expect("a token"), "second");
    assert_eq!(audiences(&world), [ISSUER, TOKEN_ENDPOINT, TOKEN_ENDPOINT]);

    // Both are refused; the second cannot be asked; it is something else.
    let other = Answer::json(400, json!({ "error": "invalid_scope" }));
    let cases = [
        (vec![invalid_client(), invalid_client()], "invalid_client"),
        (vec![invalid_client(), Answer::html(500, "")], "invalid_client"),
        (vec![invalid_client(), other.clone()], "invalid_scope"),
        (vec![other], "invalid_scope"),
    ];
    for (answers, expected) in cases {
        let world = World::new();
        let client = client_by(&world, Vault::new(&world, &[SigningAlgorithm::Rs256]).proof());
        world.on(DISCOVERY, metadata_of(json!({})));
        let count = answers.len();
        world.on_each(TOKEN_ENDPOINT, answers);
        let error = token_of(&world, &client).expect_err("a refusal");
        assert_eq!((error.oauth_error.as_deref(), world.count(TOKEN_ENDPOINT)), (Some(expected), count), "{error}");
    }

    // An assertion of somebody else's is as it is.
    let world = World::new();
    let (authentication, asked) = numbered();
    let client = client_by(&world, authentication);
    world.on(DISCOVERY, metadata_of(json!({})));
    world.on(TOKEN_ENDPOINT, invalid_client());
    let error = token_of(&world, &client).expect_err("a refusal");
    assert_eq!((error.oauth_error.as_deref(), asked.get()), (Some("invalid_client"), 1));
    assert!(error.to_do.contains("what client_assertion gives"), "{error}");
}

#[test]
fn an_issuer_is_the_audience_only_if_it_was_asked_for_or_is_where_the_assertion_goes() {
    let elsewhere = "https://honest.example.com";
    let discovery = "https://idp.example.com/realms/x/.well-known/openid-configuration";
    for (provider, found_at, issuer, expected) in [
        (Provider::Nextcloud, DISCOVERY, ISSUER, ISSUER),
        (Provider::Nextcloud, DISCOVERY, elsewhere, TOKEN_ENDPOINT),
        (Provider::DiscoveryUrl(discovery.into()), discovery, elsewhere, TOKEN_ENDPOINT),
        (Provider::DiscoveryUrl(discovery.into()), discovery, "", TOKEN_ENDPOINT),
        (Provider::Issuer(ISSUER.into()), discovery, ISSUER, ISSUER),
    ] {
        let world = World::new();
        let vault = Vault::new(&world, &[SigningAlgorithm::Rs256]);
        let client = client_of(&world, |credentials| {
            credentials.authentication = vault.proof();
            credentials.provider = provider.clone();
        });
        world.on(found_at, metadata_of(json!({ "issuer": issuer })));
        world.on(TOKEN_ENDPOINT, token("t"));
        token_of(&world, &client).expect("a token");
        assert_eq!(assertion(&world.last_sent()).1["aud"], expected, "{provider:?}");
    }
}

#[test]
fn what_a_cache_knows_without_an_audience_is_looked_up_anew() {
    let world = World::new();
    let cache = Rc::new(TokenCache::new(DEFAULT_EARLY_REFRESH, Contents::default()));
    let vault = Vault::new(&world, &[SigningAlgorithm::Rs256]);
    let client = |cache: Rc<TokenCache>| {
        client_with(&world, |config| {
            config.login = Login::ClientCredentials(ClientCredentials::by(CLIENT_ID, vault.proof()));
            config.token_cache = Some(cache);
        })
    };
    world.on_each(DISCOVERY, metadata_of(json!({})).times(2));
    world.on_each(TOKEN_ENDPOINT, [token_for("first", 1), token("second")]);
    token_of(&world, &client(cache.clone())).expect("a token");
    // As JSON keeps it.
    let kept = cache.contents();
    let metadata = kept.metadata.map(|found| astrolabe_client::Metadata::new(found.token_endpoint, found.basic_only));
    let read = TokenCache::new(DEFAULT_EARLY_REFRESH, Contents { key: kept.key, token: None, metadata });
    token_of(&world, &client(Rc::new(read))).expect("a token");
    assert_eq!(world.count(DISCOVERY), 2);
}

#[test]
fn a_key_signs_as_the_provider_announces() {
    use SigningAlgorithm::{Es256, Ps256, Rs256};
    let name = "token_endpoint_auth_signing_alg_values_supported";
    for (able, announced, expected) in [
        (vec![Rs256, Ps256], json!(null), Some("RS256")),
        (vec![Rs256, Ps256], json!(["RS512", "PS256"]), Some("PS256")),
        (vec![Rs256, Ps256], json!(["PS256", "RS256"]), Some("RS256")),
        (vec![Es256], json!(["RS256"]), None),
        (vec![Es256], json!([]), None),
    ] {
        let world = World::new();
        let client = client_by(&world, Vault::new(&world, &able).proof());
        world.on(DISCOVERY, metadata_of(json!({ name: announced })));
        if expected.is_some() {
            world.on(TOKEN_ENDPOINT, token("t"));
        }
        match (token_of(&world, &client), expected) {
            (Ok(_), Some(expected)) => assert_eq!(assertion(&world.last_sent()).0["alg"], expected),
            (Err(error), None) => {
                assert_eq!((error.code, error.route.as_deref()), (ErrorCode::ClientAssertionFailed, Some("login")));
                assert!(!error.retryable && error.what.contains("client_private_key signs by ES256"), "{error}");
            }
            (found, _) => panic!("{announced}: {found:?}"),
        }
    }
}

#[test]
fn a_key_that_fails_is_told_before_anything_is_sent_and_a_slow_one_counts_as_time() {
    let world = World::new();
    let vault = Vault::new(&world, &[SigningAlgorithm::Es256]);
    vault.0.is_broken.set(true);
    let client = client_by(&world, vault.proof());
    let error = token_of(&world, &client).expect_err("no signature");
    assert_eq!(error.code, ErrorCode::ClientAssertionFailed);
    assert!(error.what.contains("client_private_key did not sign (VaultError)"), "{error}");
    assert_eq!(world.sent().len(), 0);
    vault.0.is_broken.set(false);
    world.on(DISCOVERY, metadata_of(json!({})));
    world.on(TOKEN_ENDPOINT, token("t"));
    token_of(&world, &client).expect("a token");

    let world = World::new();
    let vault = Vault::named(&world, &[SigningAlgorithm::Es256], "slow", 20_000);
    let client = client_by(&world, vault.proof());
    world.on(DISCOVERY, metadata_of(json!({})));
    assert_eq!(code_of(token_of(&world, &client)), ErrorCode::Timeout);
    assert_eq!((world.elapsed_ms(), world.count(TOKEN_ENDPOINT)), (10_000, 0));
}

#[test]
fn an_assertion_that_is_none_is_not_sent() {
    for given in [
        Ok(""),
        Ok("two words"),
        Ok("line\nbreak"),
        Err(TokenFunctionError::NoText),
        Err(TokenFunctionError::Failed(None)),
    ] {
        let world = World::new();
        let function = move || -> Task<Result<Secret, TokenFunctionError>> {
            let given = given.clone().map(Secret::new);
            Box::pin(async move { given })
        };
        let client = client_by(&world, ClientAuthentication::Assertion(Rc::new(function)));
        world.on(DISCOVERY, metadata());
        let error = token_of(&world, &client).expect_err("no assertion");
        assert_eq!(error.code, ErrorCode::ClientAssertionFailed);
        assert!(error.what.contains("client_assertion"), "{error}");
        assert_eq!(world.count(TOKEN_ENDPOINT), 0);
    }
}

#[test]
fn a_certificate_is_shown_where_the_aliases_say_and_by_nobody_else() {
    let alias = "https://mtls.idp.example.com/token";
    let aliases = json!({ "mtls_endpoint_aliases": { "token_endpoint": alias } });
    let world = World::new();
    world.on(DISCOVERY, metadata_of(aliases.clone()));
    world.on(alias, token("t"));
    token_of(&world, &client_by(&world, ClientAuthentication::Certificate)).expect("a token");
    let expected = [("grant_type", "client_credentials"), ("client_id", CLIENT_ID), ("scope", "openid")];
    assert_eq!(fields(&world.last_sent()), expected.map(|(name, value)| (name.to_string(), value.to_string())));

    for authentication in
        [by_secret(CLIENT_SECRET, None), Vault::new(&world, &[SigningAlgorithm::Rs256]).proof(), numbered().0]
    {
        world.on(DISCOVERY, metadata_of(aliases.clone()));
        world.on(TOKEN_ENDPOINT, token("t"));
        token_of(&world, &client_by(&world, authentication)).expect("a token");
        assert_eq!(world.last_sent().url, TOKEN_ENDPOINT);
    }

    // It is as good as the endpoint that it stands for.
    for (alias, expected) in
        [("http://mtls.idp.example.com/token", ErrorCode::InsecureEndpoint), ("nonsense", ErrorCode::DiscoveryFailed)]
    {
        let world = World::new();
        world.on(DISCOVERY, metadata_of(json!({ "mtls_endpoint_aliases": { "token_endpoint": alias } })));
        let error = token_of(&world, &client_by(&world, ClientAuthentication::Certificate)).expect_err("a refusal");
        assert_eq!(error.code, expected);
        assert_eq!(world.sent().len(), 1);
    }
}

#[test]
fn no_assertion_goes_over_plain_http_and_the_words_say_what_would() {
    let world = World::new();
    let proofs = [
        (by_secret(CLIENT_SECRET, None), "read the client secret"),
        (Vault::new(&world, &[SigningAlgorithm::Rs256]).proof(), "read the client's assertion"),
        (numbered().0, "read the client's assertion"),
        (ClientAuthentication::Certificate, "read the access token"),
    ];
    for (authentication, words) in proofs {
        world.on(DISCOVERY, metadata_for("http://idp.example.com/token"));
        let error = token_of(&world, &client_by(&world, authentication)).expect_err("a refusal");
        assert_eq!(error.code, ErrorCode::InsecureEndpoint);
        assert!(error.what.contains(words), "{error}");
    }
    assert_eq!(world.count(TOKEN_ENDPOINT), 0);
}

#[test]
fn an_assertion_that_comes_back_in_a_message_is_not_shown() {
    let world = World::new();
    world.on(DISCOVERY, metadata());
    let function = || -> Task<Result<Secret, TokenFunctionError>> {
        Box::pin(async { Ok(Secret::new("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl")) })
    };
    let client = client_by(&world, ClientAuthentication::Assertion(Rc::new(function)));
    let said = "bad: eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl";
    world.on(TOKEN_ENDPOINT, Answer::json(400, json!({ "error": "invalid_grant", "error_description": said })));
    let error = token_of(&world, &client).expect_err("a refusal");
    assert_eq!(error.oauth_error_description.as_deref(), Some("[redacted]"));
    assert!(!format!("{error} {error:?}").contains("eyJhbGci"), "{error}");
}

fn with_store(
    world: &World,
    shelf: &Shelf,
    authentication: ClientAuthentication,
    secret: Option<&str>,
) -> Result<Client, Error> {
    let mut config = Config::new(HOST, Login::ClientCredentials(ClientCredentials::by(CLIENT_ID, authentication)));
    config.token_store = Some(Rc::new(shelf.clone()));
    config.token_store_secret = secret.map(Secret::new);
    AstrolabeClient::new(world.clone(), config)
}

#[test]
fn a_store_has_its_key_from_what_the_clients_key_signs_or_from_what_is_named() {
    use SigningAlgorithm::{EdDsa, Es256, Ps256, Rs256};
    let world = World::new();
    let key = |algorithms: &[SigningAlgorithm]| Vault::new(&world, algorithms).proof();
    let named = Some(STORE_SECRET);
    let fine: [(ClientAuthentication, Option<&str>); 8] = [
        (key(&[Rs256, Ps256]), None),
        (key(&[EdDsa]), None),
        (key(&[Ps256]), named),
        (key(&[Es256]), named),
        (key(&[Rs256]), named),
        (numbered().0, named),
        (ClientAuthentication::Certificate, named),
        (by_secret(CLIENT_SECRET, None), named),
    ];
    for (authentication, secret) in fine {
        let shelf = Shelf::new(&world);
        world.on(DISCOVERY, metadata_of(json!({})));
        world.on(TOKEN_ENDPOINT, token("t"));
        for _ in 0..2 {
            let client = with_store(&world, &shelf, authentication.clone(), secret).expect("a client");
            assert_eq!(token_of(&world, &client).expect("a token"), "t");
        }
        let found = shelf.secret().expect("a secret");
        match secret {
            Some(secret) => assert_eq!(found, secret),
            // What it signed for this, in hexadecimal.
            None => assert!(found.starts_with("7661756c74207369676e656420617374726f6c61"), "{found}"),
        }
    }
    let refused: [(ClientAuthentication, Option<&str>, &str); 6] = [
        (key(&[Ps256]), None, "ECDSA and PSS sign differently each time"),
        (key(&[Es256]), None, "ECDSA and PSS sign differently each time"),
        (numbered().0, None, "each assertion is another"),
        (ClientAuthentication::Certificate, None, "the platform's"),
        (numbered().0, Some("0123456789abcdef0123456789abcde"), "shorter than 32 bytes"),
        (by_secret(CLIENT_SECRET, None), Some(""), "shorter than 32 bytes"),
    ];
    for (authentication, secret, why) in refused {
        let error = with_store(&world, &Shelf::new(&world), authentication, secret).err().expect("a refusal");
        assert_eq!(error.code, ErrorCode::InvalidArgument);
        assert!(error.message().contains(why), "{error}");
    }
}

#[test]
fn who_has_another_key_does_not_use_a_cache_of_this_one_and_who_has_the_same_does() {
    let world = World::new();
    let cache = Rc::new(TokenCache::new(DEFAULT_EARLY_REFRESH, Contents::default()));
    let client = |authentication| {
        client_with(&world, |config| {
            config.login = Login::ClientCredentials(ClientCredentials::by(CLIENT_ID, authentication));
            config.token_cache = Some(cache.clone());
        })
    };
    let vault = |name| Vault::named(&world, &[SigningAlgorithm::Es256], name, 0).proof();
    let proofs = [vault("one"), vault("other"), numbered().0, ClientAuthentication::Certificate, by_secret("s", None)];
    for (number, authentication) in proofs.into_iter().enumerate() {
        world.on(DISCOVERY, metadata_of(json!({})));
        world.on(TOKEN_ENDPOINT, token(&number.to_string()));
        for _ in 0..2 {
            assert_eq!(token_of(&world, &client(authentication.clone())).expect("a token"), number.to_string());
        }
    }
    assert_eq!(world.count(TOKEN_ENDPOINT), 5);
}

#[test]
fn nothing_that_holds_a_key_shows_it() {
    let world = World::new();
    let key = Vault::named(&world, &[SigningAlgorithm::Rs256], "name-of-the-key", 0).proof();
    for authentication in [key, numbered().0] {
        let shown = format!("{:?}", ClientCredentials::by(CLIENT_ID, authentication));
        assert!(!shown.contains("name-of-the-key") && !shown.contains("a-1"), "{shown}");
    }
}

#[test]
fn with_an_assertion_alone_the_id_may_be_left_to_its_subject() {
    let world = World::new();
    let client = client_of(&world, |credentials| {
        credentials.client_id = String::new();
        credentials.authentication = numbered().0;
    });
    world.on(DISCOVERY, metadata());
    world.on(TOKEN_ENDPOINT, token("t"));
    token_of(&world, &client).expect("a token");
    assert_eq!(field(&world.last_sent(), "client_id"), None);
    for authentication in [Vault::new(&world, &[SigningAlgorithm::Rs256]).proof(), ClientAuthentication::Certificate] {
        let login = Login::ClientCredentials(ClientCredentials::by("", authentication));
        let error = AstrolabeClient::new(world.clone(), Config::new(HOST, login)).err().expect("a refusal");
        assert!(error.message().starts_with("client_id is empty"), "{error}");
    }
}
