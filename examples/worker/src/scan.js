// All users, however many: a Worker may make only so many subrequests in one run, so a Queue makes many runs of them.
//
// The cron trigger sends { scan }; its consumer takes what Astrolabe says of many users in one answer, lists the others, and as
// they come plans pages and sends { scan, page } of each.
// A Queue delivers at least once, and a run may end at any point. So whatever is to be done stands in D1, and is done from there.
import { AstrolabeError } from "astrolabe-client";
import { CONCURRENCY, serviceClient } from "./client.js";
import { Problem } from "./problem.js";
import { ScanStore } from "./scan-store.js";
import { hasServiceLogin, requireSettings, userLimit } from "./settings.js";

/** With its tries, a page needs at most three times as many subrequests. */
const USERS_PER_PAGE = 100;
/** Five answers of the server, of at most 256 kB each: below the 2 MB that D1 takes for a value. */
const USERS_AT_A_TIME = 2_500;
const DEAD_LETTERS = "astrolabe-scan-dead-letters"; // as in wrangler.jsonc
/** The most that a Queue takes. */
const MESSAGES_PER_BATCH = 100;
const LONGEST_DELAY_SECONDS = 43_200;
/** Others of the page may have failed without a wait of their own. */
const LEAST_DELAY_SECONDS = 60; // as retry_delay in wrangler.jsonc

export async function startScan({ scheduledTime }, env) {
  requireSettings(env);
  requireServiceLogin(env);
  await env.SCANS.send({ scan: scheduledTime });
}

export async function latestScan({ env }) {
  requireServiceLogin(env);
  const latest = await new ScanStore(env.DB).latest();
  if (!latest) throw new Problem(404, "not_found", "there was no scan yet: the cron trigger starts them");
  return Response.json(latest);
}

function requireServiceLogin(env) {
  if (hasServiceLogin(env)) return;
  throw new Problem(404, "not_found", "there are no scans without NEXTCLOUD_OIDC_CLIENT_ID and NEXTCLOUD_OIDC_CLIENT_SECRET: a scan has no caller to log in as");
}

export async function consume({ queue, messages }, env) {
  const store = new ScanStore(env.DB);
  for (const message of messages) {
    const isPage = message.body.page !== undefined;
    if (queue !== DEAD_LETTERS) await (isPage ? askPage : listUsers)(message, store, env);
    else await (isPage ? store.giveUp(message.body) : store.giveUpListing(message.body.scan));
  }
}

async function listUsers(message, store, env) {
  const { scan } = message.body;
  await store.begin(scan);
  // A run before this one may have ended before it had sent them.
  await sendPages(scan, store, env);
  if (await store.isListed(scan)) return;
  try {
    await planAll(scan, store, env);
  } catch (error) {
    if (!(error instanceof AstrolabeError)) throw error;
    await store.failListing(scan, error.code);
    retry(message, [error]);
  }
}

/** From the beginning, also where a run before has planned some: who came or went since then moves all that follow. */
async function planAll(scan, store, env) {
  const limit = userLimit(env);
  let userIds = [];
  let errorCode; // of a list that is longer than the limit: a server may list without end
  const client = serviceClient(env);
  const { users, isComplete } = await statusesInOneAnswer(client);
  await store.saveListed(scan, users.slice(0, limit));
  if (users.length > limit) return store.endListing(scan, "too_many_users");
  if (isComplete) return store.endListing(scan);
  const known = new Set(users.map(({ userId }) => userId));
  let listed = known.size;
  for await (const userId of client.listUsers()) {
    if (known.has(userId)) continue;
    if (listed === limit) {
      errorCode = "too_many_users";
      break;
    }
    listed += 1;
    userIds.push(userId);
    if (userIds.length < USERS_AT_A_TIME) continue;
    await store.plan(scan, userIds, USERS_PER_PAGE);
    await sendPages(scan, store, env);
    userIds = [];
  }
  await store.plan(scan, userIds, USERS_PER_PAGE);
  await store.endListing(scan, errorCode);
  await sendPages(scan, store, env);
}

/** Nobody's, where the server does not have it, or where it fails: those are asked about one by one. */
async function statusesInOneAnswer(client) {
  try {
    return await client.getProvisioning();
  } catch (error) {
    if (!(error instanceof AstrolabeError)) throw error;
    return { users: [], isComplete: false };
  }
}

async function sendPages(scan, store, env) {
  const pages = await store.unsent(scan);
  if (pages.length === 0) return;
  for (const batch of chunks(pages, MESSAGES_PER_BATCH)) await env.SCANS.sendBatch(batch.map((page) => ({ body: { scan, page } })));
  await store.noteSent(scan, pages);
}

async function askPage(message, store, env) {
  const userIds = await store.remaining(message.body); // none, where another delivery of this message has asked them
  const rows = [];
  let failure; // what concerns everyone; the rows before it stand
  try {
    for await (const row of serviceClient(env).getBackgroundSyncStatuses(userIds, { concurrency: CONCURRENCY })) rows.push(row);
  } catch (error) {
    if (!(error instanceof AstrolabeError)) throw error;
    failure = error;
  }
  const errors = rows.map(({ error }) => error).filter((error) => error?.retryable);
  if (failure) errors.push(failure);
  await store.save(message.body, rows, { done: errors.length === 0, errorCode: failure?.code });
  if (errors.length > 0) retry(message, errors);
}

function retry(message, errors) {
  const { scan, page } = message.body;
  const what = page === undefined ? "the list of users" : `page ${page}`;
  console.warn(`scan ${scan}, ${what}, attempt ${message.attempts}: ${errors.length} to try again: ${errors[0].message}`);
  const waits = errors.map(({ retryAfterMs }) => retryAfterMs).filter((ms) => ms !== undefined);
  // Where nobody says how long, the Queue's own retry_delay holds.
  message.retry(waits.length > 0 ? { delaySeconds: Math.min(LONGEST_DELAY_SECONDS, Math.max(LEAST_DELAY_SECONDS, Math.ceil(Math.max(...waits) / 1000))) } : {});
}

const chunks = (list, size) => Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
