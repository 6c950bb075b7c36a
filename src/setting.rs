//! What can be set, as each face spells it.

/// One thing of what a client is made of, or of what a call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    NextcloudHost,
    ClientId,
    ClientSecret,
    AccessToken,
    Username,
    Password,
    Scope,
    Issuer,
    DiscoveryUrl,
    ClientAuthentication,
    ClientPrivateKey,
    ClientKeyId,
    ClientAssertion,
    TokenStoreSecret,
    #[cfg(feature = "js")]
    TokenParameters,
    Timeout,
    MaxResponseBytes,
    AllowInsecureHttp,
    TokenCache,
    TokenStore,
    UserId,
    Offset,
}

impl Setting {
    /// As in JavaScript.
    #[cfg(feature = "js")]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Setting::NextcloudHost => "nextcloudHost",
            Setting::ClientId => "clientId",
            Setting::ClientSecret => "clientSecret",
            Setting::AccessToken => "accessToken",
            Setting::Username => "username",
            Setting::Password => "password",
            Setting::Scope => "scope",
            Setting::Issuer => "issuer",
            Setting::DiscoveryUrl => "discoveryUrl",
            Setting::ClientAuthentication => "clientAuthentication",
            Setting::ClientPrivateKey => "clientPrivateKey",
            Setting::ClientKeyId => "clientKeyId",
            Setting::ClientAssertion => "clientAssertion",
            Setting::TokenStoreSecret => "tokenStoreSecret",
            Setting::TokenParameters => "tokenParameters",
            Setting::Timeout => "timeoutMs",
            Setting::MaxResponseBytes => "maxResponseBytes",
            Setting::AllowInsecureHttp => "allowInsecureHttp",
            Setting::TokenCache => "tokenCache",
            Setting::TokenStore => "tokenStore",
            Setting::UserId => "userId",
            Setting::Offset => "offset",
        }
    }

    /// As in WIT.
    #[cfg(all(feature = "component", not(feature = "js")))]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Setting::NextcloudHost => "nextcloud-host",
            Setting::ClientId => "client-id",
            Setting::ClientSecret => "client-secret",
            Setting::AccessToken => "access-token",
            Setting::Username => "username",
            Setting::Password => "password",
            Setting::Scope => "scope",
            Setting::Issuer => "issuer",
            Setting::DiscoveryUrl => "discovery-url",
            Setting::ClientAuthentication => "client-authentication",
            Setting::ClientPrivateKey => "client-private-key",
            Setting::ClientKeyId => "key-id",
            Setting::ClientAssertion => "client-assertion",
            Setting::TokenStoreSecret => "token-store-secret",
            Setting::Timeout => "timeout-ms",
            Setting::MaxResponseBytes => "max-response-bytes",
            Setting::AllowInsecureHttp => "allow-insecure-http",
            Setting::TokenCache => "token-cache",
            Setting::TokenStore => "uses-token-store",
            Setting::UserId => "user-id",
            Setting::Offset => "offset",
        }
    }

    /// As in Rust.
    #[cfg(not(any(feature = "js", feature = "component")))]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Setting::NextcloudHost => "nextcloud_host",
            Setting::ClientId => "client_id",
            Setting::ClientSecret => "client_secret",
            Setting::AccessToken => "access_token",
            Setting::Username => "username",
            Setting::Password => "password",
            Setting::Scope => "scope",
            Setting::Issuer => "issuer",
            Setting::DiscoveryUrl => "discovery_url",
            Setting::ClientAuthentication => "client_authentication",
            Setting::ClientPrivateKey => "client_private_key",
            Setting::ClientKeyId => "key_id",
            Setting::ClientAssertion => "client_assertion",
            Setting::TokenStoreSecret => "token_store_secret",
            Setting::Timeout => "timeout",
            Setting::MaxResponseBytes => "max_response_bytes",
            Setting::AllowInsecureHttp => "allow_insecure_http",
            Setting::TokenCache => "token_cache",
            Setting::TokenStore => "token_store",
            Setting::UserId => "user_id",
            Setting::Offset => "offset",
        }
    }
}
