// What must hold in every runtime. Each file has one subject; a scenario is { name, settings?, run(context) }, where
// settings are those of the stand-in (tests/nextcloud/settings.mjs) and the context comes from harness.mjs.
import { attacks } from "./attacks.mjs";
import { bulk } from "./bulk.mjs";
import { calls } from "./calls.mjs";
import { clientAuthentication } from "./client-authentication.mjs";
import { contention } from "./contention.mjs";
import { credentials } from "./credentials.mjs";
import { diagnosis } from "./diagnosis.mjs";
import { failures } from "./failures.mjs";
import { logins } from "./logins.mjs";
import { ownAccess } from "./own-access.mjs";
import { provisioning } from "./provisioning.mjs";
import { recovery } from "./recovery.mjs";
import { requests } from "./requests.mjs";
import { secrets } from "./secrets.mjs";
import { token } from "./token.mjs";
import { tokenCache } from "./token-cache.mjs";
import { tokenStore } from "./token-store.mjs";
import { users } from "./users.mjs";

export const scenarios = [
  ...token,
  ...tokenCache,
  ...tokenStore,
  ...logins,
  ...clientAuthentication,
  ...requests,
  ...credentials,
  ...ownAccess,
  ...provisioning,
  ...users,
  ...bulk,
  ...failures,
  ...recovery,
  ...calls,
  ...contention,
  ...diagnosis,
  ...attacks,
  ...secrets,
];
