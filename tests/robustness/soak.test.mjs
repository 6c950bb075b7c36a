// One client for a simulated hour: tokens that end, servers that go and come back. The requests are counted and compared
// with what a model of a few lines says. ASTROLABE_SOAK_CALLS says how many calls the hour has.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { consumer } from "../consumer.mjs";
import { report } from "./figures.mjs";

const CALLS = Number(process.env.ASTROLABE_SOAK_CALLS ?? 30_000);
const BATCH = 50;
const HOUR_MS = 3_600_000;
/** When, in minutes, which server is away: with no connection, or with a 503. */
const OUTAGES = [
  { server: "nextcloud", from: 5, until: 7, by: "network" },
  { server: "nextcloud", from: 14, until: 15, by: "503" },
  { server: "provider", from: 20.5, until: 26, by: "network" },
  { server: "provider", from: 33, until: 34, by: "503" },
  { server: "nextcloud", from: 40, until: 41, by: "network" },
  { server: "provider", from: 40, until: 46, by: "network" },
];
/** The server forgets all tokens then, in minutes. */
const REVOCATIONS = [11, 29, 52];
const TOKEN_SECONDS = 300;
const EARLY_MS = 60_000;

const isAway = (server, atMs) => OUTAGES.find((outage) => outage.server === server && atMs >= outage.from * 60_000 && atMs < outage.until * 60_000);

/** What the calls of a batch, all at the same moment, have to come to, and what each server has to see of them. */
class Model {
  counts = { discovery: 0, token: 0, status: 0, right: 0, failed: 0 };
  /** When it ends, where there is a token, and how many revocations it has outlived. */
  token;
  knowsProvider = false;

  batch(atMs, revocations) {
    const { counts } = this;
    const isFresh = () => this.token && atMs < this.token.endMs - EARLY_MS;
    if (!isFresh() && !this.#logIn(atMs, revocations)) return this.#fail();
    // Without a server nobody learns whether the token still counts.
    const away = isAway("nextcloud", atMs);
    counts.status += BATCH;
    if (away) return this.#fail();
    if (this.token.revocations !== revocations) {
      // Each was refused once; one login for all, and each is asked again.
      this.token = undefined;
      if (!this.#logIn(atMs, revocations)) return this.#fail();
      counts.status += BATCH;
    }
    counts.right += BATCH;
  }

  #fail() {
    this.counts.failed += BATCH;
  }

  /** One for all; what discovery found is known until a login fails. */
  #logIn(atMs, revocations) {
    const { counts } = this;
    const isDown = isAway("provider", atMs);
    if (!this.knowsProvider) {
      counts.discovery += 1;
      if (isDown) return false;
      this.knowsProvider = true;
    }
    counts.token += 1;
    if (isDown) {
      this.knowsProvider = false;
      return false;
    }
    this.token = { endMs: atMs + TOKEN_SECONDS * 1000, revocations };
    return true;
  }
}

const source = `
  import FakeTimers from ${JSON.stringify(import.meta.resolve("@sinonjs/fake-timers"))};
  import { AstrolabeClient, AstrolabeError } from "astrolabe-client";
  const { CALLS, BATCH, HOUR_MS, OUTAGES, REVOCATIONS, TOKEN_SECONDS } = ${JSON.stringify({ CALLS, BATCH, HOUR_MS, OUTAGES, REVOCATIONS, TOKEN_SECONDS })};
  const isAway = ${isAway};
  const realTimeout = setTimeout;
  const clock = FakeTimers.install({ now: Date.UTC(2026, 0, 1), toFake: ["Date", "setTimeout", "clearTimeout"] });
  const beginMs = Date.now();
  const elapsed = () => Date.now() - beginMs;
  const counts = { discovery: 0, token: 0, status: 0, right: 0, failed: 0 };
  const other = [];
  const revocations = () => REVOCATIONS.filter((minute) => elapsed() >= minute * 60_000).length;
  let serial = 0;

  const servers = {
    discovery: () => Response.json({ token_endpoint: "https://id.example.com/token" }),
    token: () => Response.json({ access_token: \`\${revocations()}-\${++serial}\`, token_type: "Bearer", expires_in: TOKEN_SECONDS }),
    status(url, { headers }) {
      const token = new Headers(headers).get("authorization");
      if (!token.startsWith(\`Bearer \${revocations()}-\`)) return Response.json({ message: "Current user is not logged in" }, { status: 401 });
      const user_id = url.slice(url.lastIndexOf("/") + 1);
      return Response.json({ success: true, user_id, has_background_access: user_id.endsWith("7"), sync_type: null, provisioned_at: null });
    },
  };
  const fetch = async (url, init) => {
    const route = url.includes("/.well-known/") ? "discovery" : url.endsWith("/token") ? "token" : "status";
    counts[route] += 1;
    const away = isAway(route === "status" ? "nextcloud" : "provider", elapsed());
    if (away?.by === "network") throw new TypeError("fetch failed");
    if (away) return new Response("away", { status: 503 });
    return servers[route](url, init);
  };
  const client = new AstrolabeClient({ nextcloudHost: "https://cloud.example.com", clientId: "id", clientSecret: "secret", maxRetries: 0, fetch });

  const memory = () => {
    for (let round = 0; round < 5; round++) gc();
    return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  };
  const heaps = [];
  const batches = CALLS / BATCH;
  for (let batch = 0; batch < batches; batch++) {
    await Promise.all(
      Array.from({ length: BATCH }, async (_, at) => {
        const userId = "user" + (batch * BATCH + at);
        try {
          const { hasAccess } = await client.getBackgroundSyncStatus(userId);
          if (hasAccess === userId.endsWith("7")) counts.right += 1;
          else other.push("a wrong answer for " + userId);
        } catch (error) {
          if (error instanceof AstrolabeError && /^(network|server_error|discovery_failed|token_request_failed)$/.test(error.code)) counts.failed += 1;
          else other.push(String(error));
        }
      }),
    );
    await clock.tickAsync(HOUR_MS / batches);
    // After a tenth everything has been used once.
    if (batch === Math.floor(batches / 10) || batch === batches - 1) heaps.push(memory());
  }
  const timers = clock.countTimers();
  process.send({ counts, other: other.slice(0, 5), timers, grown: heaps[1] - heaps[0] });
  process.disconnect();
`;

test(`an hour, ${CALLS.toLocaleString("en")} calls: the requests that the model expects, and memory flat`, { timeout: 60_000 + CALLS * 2 }, async () => {
  const model = new Model();
  const batches = CALLS / BATCH;
  for (let batch = 0; batch < batches; batch++) {
    const atMs = batch * Math.floor(HOUR_MS / batches);
    model.batch(atMs, REVOCATIONS.filter((minute) => atMs >= minute * 60_000).length);
  }
  const file = join(consumer.folder, "soak.mjs");
  writeFileSync(file, source);
  const child = fork(file, { execArgv: ["--expose-gc"] });
  let end;
  child.on("message", (message) => (end = message));
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
  assert.deepEqual(end.other, []);
  assert.deepEqual(end.counts, model.counts);
  assert.equal(end.timers, 0, "timers that are left");
  assert.ok(end.grown < 1_000_000, `${end.grown} bytes more on the heap`);
  report("soak", { calls: CALLS, "simulated minutes": 60, ...end.counts, "heap grown, bytes": end.grown });
});
