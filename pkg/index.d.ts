export { AstrolabeClient, TokenCache } from "./wasm/astrolabe_client.js";
export type { AstrolabeClientOptions, BackgroundSyncStatus, CallOptions, Logger, TokenCacheJSON } from "./wasm/astrolabe_client.js";
export { AstrolabeError } from "./error.js";
export type { AstrolabeErrorCode } from "./error.js";
