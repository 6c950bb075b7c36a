export const OURS = "astrolabe-client";
export const COMPONENT = "component (jco)";
export const PLAIN = "plain JavaScript";
export const OAUTH4WEBAPI = "oauth4webapi";
export const OPENID_CLIENT = "openid-client";
export const BARE = "bare fetch";
export const SEED = "Python class (httpx)";
