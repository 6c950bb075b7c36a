// Runs one scenario in whatever runtime this is loaded in; the runners of node/, workers/ and browser/ call it.
import { assert, AssertionError } from "chai";
import { scenarios } from "./index.mjs";

/** A stand-in for Nextcloud, steered over HTTP, as a Worker or a page has to. */
async function connect(url) {
  const ask = async (path, body) => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
    const response = await fetch(`${url}/stand-in/${path}`, init);
    if (!response.ok) throw new Error(`stand-in: ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    url,
    reset: (settings = {}) => ask("reset", settings),
    faults: (list) => ask("faults", list),
    revokeTokens: () => ask("revoke-tokens", {}),
    log: () => ask("log"),
    counts: async () => (await ask("log")).counts,
    requests: async (route) => (await ask("log")).requests.filter((request) => request.route === route),
  };
}

/**
 * Runs it with Astrolabe as it was and as it is today, unless it says which.
 *
 * @param {string} name of the scenario
 * @param {object} astrolabe what the package exports
 * @param {{ url: string, clients: object, accounts: object }} standIn
 */
export async function runScenario(name, astrolabe, standIn) {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (!scenario) throw new Error(`no scenario "${name}"`);
  const { contract, ...settings } = scenario.settings ?? {};
  for (const version of contract ? [contract] : ["today", "newer"]) await runWith(version, scenario, settings, astrolabe, standIn);
}

async function runWith(contract, scenario, settings, astrolabe, standIn) {
  const connection = await connect(standIn.url);
  const nc = { ...connection, clients: standIn.clients, accounts: standIn.accounts, reset: (more) => connection.reset({ contract, ...more }) };
  await nc.reset(settings);

  const lines = [];
  const logger = { debug: (line) => lines.push(line), info: (line) => lines.push(line) };
  const errors = [];

  /** A client that logs in as the options say, or as the service. */
  const client = (options = {}) => {
    const hasLogin = ["clientId", "accessToken", "username"].some((name) => name in options);
    return new astrolabe.AstrolabeClient({ nextcloudHost: nc.url, maxRetries: 0, logger, ...(hasLogin ? {} : service(nc)), ...options });
  };

  /** Awaits the failure of `promise` and checks its class, code and other properties. */
  const fails = async (promise, expected) => {
    let error;
    try {
      const value = await promise;
      throw new AssertionError(`should have failed with ${expected.code}, gave ${JSON.stringify(value)}`);
    } catch (thrown) {
      error = thrown;
    }
    if (error instanceof AssertionError) throw error;
    errors.push(error);
    assert.instanceOf(error, astrolabe.AstrolabeError, String(error));
    assert.instanceOf(error, Error);
    assert.equal(error.name, "AstrolabeError");
    assert.isNotEmpty(error.message);
    for (const [property, value] of Object.entries(expected)) {
      if (value instanceof RegExp) assert.match(error[property], value, `${property} of ${error}`);
      else assert.deepEqual(error[property], value, `${property} of ${error.code}: ${error}`);
    }
    return error;
  };

  await scenario.run({ ...astrolabe, nc, contract, client, fails, assert });

  await checkThatNoSecretShows(nc, errors, lines);
}

/** Whatever a scenario is about: no secret in an error, a log line or a URL. */
async function checkThatNoSecretShows(nc, errors, lines) {
  const { requests } = await nc.log();
  // Each once: a scenario of many users has few secrets, in many requests.
  const secrets = new Set([
    ...Object.values(nc.clients).map(({ clientSecret }) => clientSecret),
    ...Object.values(nc.clients).flatMap(({ clientPrivateKey = {} }) => ["d", "p", "q", "dp", "dq", "qi"].map((name) => clientPrivateKey[name])),
    ...Object.values(nc.accounts).flatMap(({ password, appPassword }) => [password, appPassword]),
    // Tokens, and the name and password of Basic, as they were sent.
    ...requests.flatMap(({ headers }) => headers.authorization?.split(" ")[1] ?? []),
    ...requests.flatMap(({ body }) => new URLSearchParams(body).get("client_assertion") ?? []),
  ]);
  const shown = new Set([...errors.flatMap(textsOf), ...lines, ...requests.map(({ path }) => path)]);
  for (const text of shown) {
    for (const secret of secrets) {
      if (secret && text.includes(secret)) assert.fail(`${text} holds a secret`);
    }
  }
}

/** All that can be read off an error and off its causes. */
function textsOf(error) {
  if (!(error instanceof Error)) return [String(error)];
  const own = Object.getOwnPropertyNames(error).map((name) => (name === "cause" ? "" : String(error[name])));
  return [String(error), JSON.stringify(error), ...own, ...(error.cause === undefined ? [] : textsOf(error.cause))];
}

/** The credentials alone: the stand-in's client objects also say how they authenticate. */
function service(nc) {
  const { clientId, clientSecret } = nc.clients.service;
  return { clientId, clientSecret };
}

export const scenarioNames = scenarios.map((scenario) => scenario.name);
