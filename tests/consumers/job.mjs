// What each consumer does, as text to be written into its folder.

/** What the job gives, everywhere. */
export const EXPECTED = "true app_password 2026-11-23T07:23:37.000Z invalid_argument";

const body = `
async function job(options) {
  const client = new AstrolabeClient(options);
  const { hasAccess, credentialType, provisionedAt } = await client.getBackgroundSyncStatus("alice");
  const refused = await client.getBackgroundSyncStatus("a/b").catch((error) => error);
  return [hasAccess, credentialType, provisionedAt.toISOString(), refused instanceof AstrolabeError && refused.code].join(" ");
}
`;

/** A module that exports `job(options)`. */
export const esmJob = `import { AstrolabeClient, AstrolabeError } from "astrolabe-client";\nexport${body.replace(/^\n/, " ")}`;

/** The same for require(). */
export const cjsJob = `const { AstrolabeClient, AstrolabeError } = require("astrolabe-client");\n${body}module.exports = { job };\n`;

/** A page's: the result becomes the title. The page comes from the server that it asks. */
export const pageJob = (options) => `import { job } from "./job.mjs";\njob(${options}).catch(String).then((result) => (document.title = result));\n`;
