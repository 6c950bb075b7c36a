export { AstrolabeClient, TokenCache } from "./wasm/astrolabe_client.js";
export type {
  AccessTokenLogin,
  AstrolabeClientOptions,
  BackgroundSyncStatus,
  BackgroundSyncStatusRow,
  BasicLogin,
  BulkOptions,
  CallOptions,
  ClientCredentialsLogin,
  CommonOptions,
  DiagnosticCheck,
  ListUsersOptions,
  Logger,
  StoredAppPassword,
  TokenCacheJSON,
} from "./wasm/astrolabe_client.js";
export { AstrolabeError } from "./error.js";
export type { AstrolabeErrorCode } from "./error.js";
