//! A Worker that says whether background services have access to a user's files: `GET /?user=alice`.

use std::rc::Rc;

use astrolabe_client::{
    AstrolabeClient, CallOptions, ClientCredentials, Config, Contents, Fetch, Login, SealedStore, Secret, TokenCache,
    TokenStore, DEFAULT_EARLY_REFRESH,
};
use worker::js_sys::Reflect;
use worker::{event, Context, Env, Request, Response, Result};

thread_local! {
    /// Serves all requests of this isolate.
    static TOKEN_CACHE: Rc<TokenCache> = Rc::new(TokenCache::new(DEFAULT_EARLY_REFRESH, Contents::default()));
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    let url = request.url()?;
    let Some((_, user_id)) = url.query_pairs().find(|(name, _)| name == "user") else {
        return Response::error("Which user? Ask for /?user=alice", 400);
    };
    match client(&env)?.get_background_sync_status(&user_id, CallOptions::default()).await {
        Ok(status) => Response::from_json(&status.has_access),
        Err(error) => Response::error(format!("{}: {error}", error.code.as_str()), 502),
    }
}

fn client(env: &Env) -> Result<AstrolabeClient<Fetch>> {
    let client_secret = Secret::new(env.secret("NEXTCLOUD_OIDC_CLIENT_SECRET")?.to_string());
    let login = ClientCredentials::new(env.var("NEXTCLOUD_OIDC_CLIENT_ID")?.to_string(), client_secret);
    let mut config = Config::new(env.var("NEXTCLOUD_HOST")?.to_string(), Login::ClientCredentials(login));
    config.token_cache = Some(TOKEN_CACHE.with(Rc::clone));
    // A KV namespace, which all isolates share; the token is encrypted there.
    let store = SealedStore::new(Reflect::get(env, &"TOKENS".into())?);
    config.token_store = store.map(|store| Rc::new(store) as Rc<dyn TokenStore>);
    AstrolabeClient::new(Fetch::default(), config).map_err(|error| error.to_string().into())
}
