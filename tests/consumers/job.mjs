// What each consumer does, as text to be written into its folder.

/** What the job gives, everywhere. */
export const EXPECTED = "true app_password 2026-11-23T07:23:37.000Z invalid_argument enough";

/** The options of the job, where it runs on a server. */
export const service = ({ standIn: { url, clients } }) => ({ nextcloudHost: url, ...clients.service });

const body = `
async function job(options) {
  const client = new AstrolabeClient(options);
  const controller = new AbortController();
  const { hasAccess, credentialType, provisionedAt } = await client.getBackgroundSyncStatus("alice", { signal: controller.signal });
  const refused = await client.getBackgroundSyncStatus("a/b").catch((error) => error);
  const aborted = client.getBackgroundSyncStatus("alice", { signal: controller.signal }).catch((reason) => reason);
  controller.abort("enough");
  return [hasAccess, credentialType, provisionedAt.toISOString(), refused instanceof AstrolabeError && refused.code, await aborted].join(" ");
}
`;

/** A module that exports `job(options)`. */
export const esmJob = `import { AstrolabeClient, AstrolabeError } from "astrolabe-client";\nexport${body.replace(/^\n/, " ")}`;

/** The same for require(). */
export const cjsJob = `const { AstrolabeClient, AstrolabeError } = require("astrolabe-client");\n${body}module.exports = { job };\n`;

/** A page's: the result becomes the title. The page comes from the server that it asks. */
export const pageJob = (options) => `import { job } from "./job.mjs";\njob(${options}).catch(String).then((result) => (document.title = result));\n`;

/** What all said, if it was the same. */
export const agreed = (said) => [...new Set(said)].join(" and ");
