// Prints, for each user named on the command line, whether background services have access, how and since when.
//
//   NEXTCLOUD_HOST=https://cloud.example.com NEXTCLOUD_OIDC_CLIENT_ID=… NEXTCLOUD_OIDC_CLIENT_SECRET=… \
//     node status.mjs alice bob
import { AstrolabeClient, AstrolabeError } from "astrolabe-client";

const { NEXTCLOUD_HOST, NEXTCLOUD_OIDC_CLIENT_ID, NEXTCLOUD_OIDC_CLIENT_SECRET } = process.env;
const userIds = process.argv.slice(2);

try {
  const client = new AstrolabeClient({
    nextcloudHost: NEXTCLOUD_HOST,
    clientId: NEXTCLOUD_OIDC_CLIENT_ID,
    clientSecret: NEXTCLOUD_OIDC_CLIENT_SECRET,
  });
  await client.getAccessToken();
  console.log(`Logged in at ${client.tokenCache.tokenEndpoint}; the token ends at ${client.tokenCache.expiresAt.toISOString()}.\n`);

  const rows = [];
  for (const userId of userIds) {
    const { hasAccess, credentialType, provisionedAt } = await client.getBackgroundSyncStatus(userId);
    rows.push([userId, hasAccess ? "yes" : "no", credentialType ?? "", provisionedAt?.toISOString() ?? ""]);
  }
  const table = [["user", "access", "credential", "since"], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd());
} catch (error) {
  if (!(error instanceof AstrolabeError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
