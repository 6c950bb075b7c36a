// Prints, for each user named on the command line, whether background services have access, how and since when: by the component.
//
//   NEXTCLOUD_HOST=https://cloud.example.com NEXTCLOUD_OIDC_CLIENT_ID=… NEXTCLOUD_OIDC_CLIENT_SECRET=… \
//     node status.mjs alice bob
// @ts-check
/** @import { Configuration, Error as AstrolabeError } from "./client/interfaces/astrolabe-client-client.js" */
import { client as astrolabe } from "./client/client.js";

const { NEXTCLOUD_HOST = "", NEXTCLOUD_OIDC_CLIENT_ID = "", NEXTCLOUD_OIDC_CLIENT_SECRET = "" } = process.env;

/** @type {Configuration} */
const configuration = {
  nextcloudHost: NEXTCLOUD_HOST,
  login: {
    tag: "client-credentials",
    val: {
      clientId: NEXTCLOUD_OIDC_CLIENT_ID,
      clientAuthentication: { tag: "client-secret", val: { secret: NEXTCLOUD_OIDC_CLIENT_SECRET } },
      provider: { tag: "nextcloud" },
      tokenParameters: [],
    },
  },
  allowInsecureHttp: false,
  usesTokenStore: false,
};

/** @param {any} thrown @returns {thrown is AstrolabeError} */
function isAstrolabeError(thrown) {
  return typeof thrown?.code === "string" && "retryable" in thrown;
}

try {
  const client = astrolabe.Client.create(configuration, undefined);
  for (const userId of process.argv.slice(2)) {
    const { hasAccess, credentialType, provisionedAtMs } = client.getBackgroundSyncStatus(userId, undefined);
    const since = provisionedAtMs === undefined ? "" : new Date(Number(provisionedAtMs)).toISOString();
    console.log(userId, hasAccess ? "yes" : "no", credentialType ?? "", since);
  }
} catch (thrown) {
  // The record of the WIT itself.
  if (!isAstrolabeError(thrown)) throw thrown;
  console.error(`${thrown.code}: ${thrown.message}`);
  process.exitCode = 1;
}
