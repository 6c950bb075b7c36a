//! A Worker that says whether background services have access to a user's files: `GET /?user=alice`.

use std::rc::Rc;

use astrolabe_client::{
    AstrolabeClient, ClientCredentials, Config, Contents, Fetch, Login, Provider, Secret, TokenCache, Transport,
    DEFAULT_EARLY_REFRESH_S, DEFAULT_MAX_RESPONSE_BYTES,
};
use worker::{event, Context, Env, Request, Response, Result};

thread_local! {
    /// Serves all requests of this isolate.
    static TOKEN_CACHE: Rc<TokenCache<<Fetch as Transport>::Flight>> =
        Rc::new(TokenCache::new(DEFAULT_EARLY_REFRESH_S, Contents::default()));
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    let url = request.url()?;
    let Some((_, user_id)) = url.query_pairs().find(|(name, _)| name == "user") else {
        return Response::error("Which user? Ask for /?user=alice", 400);
    };
    match client(&env)?.get_background_sync_status(&user_id, None).await {
        Ok(status) => Response::from_json(&status.has_access),
        Err(error) => Response::error(format!("{}: {error}", error.code.as_str()), 502),
    }
}

fn client(env: &Env) -> Result<AstrolabeClient<Fetch>> {
    let login = Login::ClientCredentials(ClientCredentials {
        client_id: env.var("CLIENT_ID")?.to_string(),
        client_secret: Secret::new(env.secret("CLIENT_SECRET")?.to_string()),
        scope: "openid".to_string(),
        provider: Provider::Nextcloud,
        authentication: None,
        token_parameters: Vec::new(),
    });
    let mut config = Config::new(env.var("NEXTCLOUD_HOST")?.to_string(), login);
    config.token_cache = Some(TOKEN_CACHE.with(Rc::clone));
    let client = AstrolabeClient::new(Fetch::new(None, DEFAULT_MAX_RESPONSE_BYTES), config);
    client.map_err(|error| error.to_string().into())
}
