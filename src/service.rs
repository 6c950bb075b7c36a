//! What a client is made of while it runs: what was checked once, and the state of its token cache.

use core::cell::Cell;
use core::time::Duration;
use std::rc::Rc;

use crate::config::{Config, Owner, Setup};
use crate::error::Error;
use crate::log::{Level, LogFunction};
use crate::login::Login;
use crate::nextcloud::Installation;
use crate::platform::UnixTime;
use crate::secret::Secret;
use crate::token_cache::{Contents, TokenCache};
use crate::token_store::TokenStore;

pub(crate) struct Service<P> {
    pub(crate) platform: Rc<P>,
    pub(crate) installation: Installation,
    pub(crate) login: Login,
    /// What Basic sends, where that is the way in.
    pub(crate) basic: Option<Secret>,
    pub(crate) owner: Rc<Owner>,
    pub(crate) cache: Rc<TokenCache>,
    pub(crate) store: Option<Rc<dyn TokenStore>>,
    pub(crate) store_secret: Option<Secret>,
    pub(crate) early_refresh: Duration,
    pub(crate) timeout: Duration,
    pub(crate) max_retries: u32,
    pub(crate) allow_insecure_http: bool,
    /// When this server's Astrolabe was found to be an older one.
    pub(crate) found_older_at: Cell<Option<UnixTime>>,
    /// How many assertions were signed: none has the id of another, whatever clock and chance there are.
    pub(crate) assertions: Cell<u32>,
    logger: Option<LogFunction>,
}

impl<P> Service<P> {
    /// Checks what is given, and sends nothing.
    pub(crate) fn new(platform: P, config: Config) -> Result<Self, Error> {
        let Setup { installation, owner, basic } = Setup::check(&config)?;
        let cache =
            config.token_cache.unwrap_or_else(|| Rc::new(TokenCache::new(config.early_refresh, Contents::default())));
        Ok(Service {
            platform: Rc::new(platform),
            installation,
            login: config.login,
            basic,
            owner: Rc::new(owner),
            cache,
            store: config.token_store,
            store_secret: config.token_store_secret,
            early_refresh: config.early_refresh,
            timeout: config.timeout,
            max_retries: config.max_retries,
            allow_insecure_http: config.allow_insecure_http,
            found_older_at: Cell::new(None),
            assertions: Cell::new(0),
            logger: config.logger,
        })
    }

    /// `subject` stands after `line`.
    pub(crate) fn log(&self, level: Level, line: &str, subject: &str) {
        if let Some(function) = &self.logger {
            function(level, &[line, subject].concat());
        }
    }
}
