// How the snippets of the documentation run: each entry is named by a comment before a snippet (see markdown.mjs).
//
//   as       "module" (a file of Node.js), "commonjs", "worker", "page" (HTML), "page file" (what a page of the same
//            document loads, bundled), "shell", "types" (what the compiler gets)
//   before   code that comes before it: what the text around the snippet takes as given
//   after    code that comes after it: what a reader would go on with
//   texts    what is replaced, besides https://cloud.example.com by the stand-in
//   env      variables, besides those of the service's login
//   standIn  how the stand-in is set up, with faults
//   use      what is done with the page
//   needs    a part of the page without which it complains so
//   signal   what the process gets as soon as it asks about a user
//   files    what lies in its folder
//   times    how often it runs, each time as a process of its own: 1 unless given
//   prints   what it has to print, or the Worker to answer
//   counts   how many requests of a kind the stand-in must have seen
import { createPrivateKey, randomUUID, sign } from "node:crypto";

/** As whoever a workload belongs to would sign it. */
function assertionOf(nc) {
  const { clientId, clientPrivateKey: jwk } = nc.clients.es256;
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: clientId, sub: clientId, aud: nc.issuer, jti: randomUUID(), iat: now, exp: now + 60 };
  const text = [{ alg: jwk.alg, kid: jwk.kid }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = sign("sha256", Buffer.from(text), { key: createPrivateKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

const CLIENT = `
import { AstrolabeClient, AstrolabeError, TokenCache } from "astrolabe-client";
const nextcloudHost = "https://cloud.example.com";
const clientId = process.env.NEXTCLOUD_OIDC_CLIENT_ID;
const clientSecret = process.env.NEXTCLOUD_OIDC_CLIENT_SECRET;
const client = new AstrolabeClient({ nextcloudHost, clientId, clientSecret, maxRetries: 0 });
`;

const IN_WORKER = `
import { AstrolabeClient, TokenCache } from "astrolabe-client";
`;

const OPTIONS_OF = `
const optionsOf = (env) => ({ nextcloudHost: env.NEXTCLOUD_HOST, clientId: env.NEXTCLOUD_OIDC_CLIENT_ID, clientSecret: env.NEXTCLOUD_OIDC_CLIENT_SECRET });
`;

/** The easiest way in. */
const ADMIN = (nc) => ({ NEXTCLOUD_ACCESS_TOKEN: nc.accounts.admin.appPassword });

export const setups = {
  // README.md
  "readme script": { as: "module", env: ADMIN, prints: /^\{\s*hasAccess: true,\s*credentialType: 'app_password',\s*provisionedAt: 2026-11-23T07:23:37\.000Z\s*\}(?=[^]*\nalice true\n)(?=[^]*\nbob false\n)/ },
  "readme worker": { as: "worker", env: ADMIN, counts: { credentials: 2 }, prints: /^\{"hasAccess":true,"credentialType":"app_password","provisionedAt":"2026-11-23T07:23:37\.000Z"\}$/ },
  "page without a bundler": { as: "page", prints: /^alice true\nbob false\n$/, use: { dialog: (nc) => nc.accounts.admin.appPassword } },
  "reference errors": {
    as: "module",
    before: `${CLIENT} const userId = "alice"; const again = () => console.log("once more");`,
    standIn: { faults: [{ on: "credentials", times: null, respond: { status: 500, headers: { "Retry-After": "0" }, body: "" } }] },
    prints: /^once more\n$/,
  },
  // The command is installed there, so npx has nothing to ask a registry for.
  "readme shell": { as: "shell", env: () => ({ npm_config_offline: "true" }), prints: /alice[^]*bob[^]*user@example\.com/ },

  // docs/node.md
  "node import": { as: "module", prints: /^since 2026-11-23T07:23:37\.000Z\n$/ },
  "node require": { as: "commonjs", env: ADMIN, prints: /^ok server [^]*\nok admin / },
  "node init": { as: "module", env: ADMIN, prints: /^true\n$/ },
  "node env types": { as: "types" },
  "node typescript": { as: "module", prints: /hasAccess: true/ },
  "node abort": {
    as: "module",
    before: CLIENT,
    standIn: { faults: [{ on: "credentials", times: null, hang: true }] },
    signal: "SIGTERM",
    prints: /^given up: the service is stopping\n$/,
  },
  "node bulk": { as: "module", before: CLIENT, standIn: { extraUsers: 1200 }, prints: /^1000 users, 0 failed\n\d{3} users have given access; 0 could not be asked \[\]\n$/, counts: { token: 1 } },
  "node token store": { as: "module", texts: (nc, folder) => ({ "/var/lib/my-service/tokens": `${folder}/tokens` }), times: 2, prints: /^true\n$/, counts: { discovery: 1, token: 1, credentials: 2 } },

  // docs/browser.md
  "page file": { as: "page file", name: "page.bundle.js" },
  // tests/consumers/consumers.mjs has them in their tools.
  "vite proxy": { as: "module" },
  "next rewrites": { as: "module" },
  "page with a policy": {
    as: "page",
    needs: ["'wasm-unsafe-eval'", /astrolabe-client is WebAssembly[^]*Content-Security-Policy/],
    use: {
      fill: (nc) => ({ username: "admin", password: nc.accounts.admin.appPassword, user: "alice" }),
      press: "button",
      shows: ["output", "has given access"],
    },
  },
  // The stand-in is installed below a path, too, and stands in for the relay here.
  "page over a relay": {
    as: "module",
    before: 'const username = "alice"; const password = "alice-password";',
    texts: (nc) => ({ "https://astrolabe-worker.example.workers.dev/relay": `${nc.url}/nextcloud` }),
    prints: /hasAccess: true/,
  },

  // docs/workers.md
  "worker client of the isolate": {
    as: "worker",
    before: `${IN_WORKER} import { env } from "cloudflare:workers"; const { NEXTCLOUD_HOST: nextcloudHost, NEXTCLOUD_OIDC_CLIENT_ID: clientId, NEXTCLOUD_OIDC_CLIENT_SECRET: clientSecret } = env;`,
    after: 'export default { fetch: async () => Response.json(await client.getBackgroundSyncStatus("alice")) };',
    prints: /"hasAccess":true/,
  },
  "worker client of the request": { as: "worker", before: `${IN_WORKER} ${OPTIONS_OF}`, prints: /"hasAccess":true/ },
  "worker durable object": {
    as: "worker",
    before: `${IN_WORKER} ${OPTIONS_OF}`,
    durableObjects: { TOKENS: "Tokens" },
    prints: /"hasAccess":true/,
    counts: { discovery: 1, token: 1, credentials: 2 },
  },
  "worker waitUntil": {
    as: "worker",
    before: `${IN_WORKER} ${OPTIONS_OF} let seen; const remember = (status) => void (seen = status);
      export default { async fetch(request, env, ctx) {
        const client = new AstrolabeClient(optionsOf(env)); const userId = "alice";
        let done; const waited = { waitUntil: (promise) => ctx.waitUntil(done = promise) };
        ((ctx) => {`,
    after: "})(waited); await done; return Response.json(seen); } };",
    prints: /"hasAccess":true/,
  },

  // docs/client-authentication.md
  "authentication key": {
    as: "module",
    env: (nc) => ({ NEXTCLOUD_OIDC_CLIENT_ID: nc.clients.es256.clientId, KEY_ID: nc.clients.es256.clientPrivateKey.kid }),
    files: (nc) => ({ "key.pem": createPrivateKey({ key: nc.clients.es256.clientPrivateKey, format: "jwk" }).export({ type: "pkcs8", format: "pem" }) }),
    texts: (nc, folder) => ({ "/run/secrets": folder }),
    prints: /^true\n$/,
    counts: { token: 1 },
  },
  "authentication assertion": {
    as: "module",
    env: (nc) => ({ NEXTCLOUD_OIDC_CLIENT_ID: nc.clients.es256.clientId }),
    files: (nc) => ({ "identity-provider": `${assertionOf(nc)}\n` }),
    texts: (nc, folder) => ({ "/var/run/secrets/tokens": folder }),
    prints: /^true\n$/,
    counts: { token: 1 },
  },
  "authentication certificate": {
    as: "worker",
    before: 'const CERTIFICATE = { fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, "x-client-certificate-subject": "CN=astrolabe-certificate" } }) };',
    texts: (nc) => ({ "env.CERTIFICATE": "CERTIFICATE", "env.IDENTITY_PROVIDER": JSON.stringify(nc.issuer), "env.NEXTCLOUD_OIDC_CLIENT_ID": JSON.stringify(nc.clients.certificate.clientId) }),
    prints: /^\{"hasAccess":true/,
    counts: { token: 2, credentials: 2 },
  },

  // docs/security.md
  "security logging": { as: "module", before: CLIENT, standIn: { faults: [{ on: "credentials", times: null, recorded: "150-maint-cred-8088" }] }, prints: /^\{"code":"maintenance","status":503,"route":"GET http:[^"]*\/credentials\/alice","message":"[^"]+","retryable":true\}\n$/ },
  "security secret file": { as: "module", files: (nc) => ({ "app-password": `${nc.accounts.admin.appPassword}\n` }), texts: (nc, folder) => ({ "/run/secrets": folder }), prints: /^true\n$/ },

  // docs/from-python.md
  "from python": { as: "module", before: "const { NEXTCLOUD_OIDC_CLIENT_ID: clientId, NEXTCLOUD_OIDC_CLIENT_SECRET: clientSecret } = process.env;", prints: /^app_password 2026-11-23T07:23:37\.000Z\n$/ },
  "from python errors": { as: "module", before: CLIENT, env: (nc) => ({ NEXTCLOUD_OIDC_CLIENT_ID: nc.clients.plain.clientId, NEXTCLOUD_OIDC_CLIENT_SECRET: nc.clients.plain.clientSecret }), prints: /^the service's account is no administrator\n$/ },
};
