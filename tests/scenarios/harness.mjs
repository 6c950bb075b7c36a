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
 * @param {string} name of the scenario
 * @param {object} astrolabe what the package exports
 * @param {{ url: string, clients: object, accounts: object }} standIn
 */
export async function runScenario(name, astrolabe, standIn) {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (!scenario) throw new Error(`no scenario "${name}"`);
  const nc = { ...(await connect(standIn.url)), clients: standIn.clients, accounts: standIn.accounts };
  await nc.reset(scenario.settings);

  /** A client logged in as the service, with other options on top. */
  const client = (options = {}) => new astrolabe.AstrolabeClient({ nextcloudHost: nc.url, ...service(nc), maxRetries: 0, ...options });

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

  await scenario.run({ ...astrolabe, nc, client, fails, assert });
}

/** The credentials alone: the stand-in's client objects also say how they authenticate. */
function service(nc) {
  const { clientId, clientSecret } = nc.clients.service;
  return { clientId, clientSecret };
}

export const scenarioNames = scenarios.map((scenario) => scenario.name);
