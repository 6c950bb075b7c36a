// What must hold in every runtime. Each file has one subject; a scenario is { name, settings?, run(context) }, where
// settings are those of the stand-in (tests/nextcloud/settings.mjs) and the context comes from harness.mjs.
import { calls } from "./calls.mjs";
import { credentials } from "./credentials.mjs";
import { failures } from "./failures.mjs";
import { token } from "./token.mjs";
import { tokenCache } from "./token-cache.mjs";

export const scenarios = [...token, ...tokenCache, ...credentials, ...failures, ...calls];
