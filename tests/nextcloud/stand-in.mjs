// A stand-in for a Nextcloud server with the Astrolabe app and an identity provider, all on one port of this machine.
import { once } from "node:events";
import { createServer } from "node:http";
import { Accounts } from "./accounts.mjs";
import { answerControl, CONTROL } from "./control.mjs";
import { Faults } from "./faults.mjs";
import { clients, createIdentityProvider, METADATA, MOUNT } from "./identity-provider.mjs";
import { LoginFlows } from "./login-flow.mjs";
import { Logins } from "./login.mjs";
import { answerNextcloud } from "./nextcloud.mjs";
import { RequestLog } from "./request-log.mjs";
import { findRoute } from "./routes.mjs";
import { settingsFrom } from "./settings.mjs";
import { staticFile } from "./static-files.mjs";

/**
 * `static` maps URL prefixes to folders whose files are served there: `{ "/page/": "/its/folder" }`. `demonstration`: what
 * a page may know of this stand-in if it is one for people to look at, as JSON at /stand-in/demonstration.
 */
export async function startStandIn({ port = 0, static: folders = {}, demonstration = null } = {}) {
  const server = createServer();
  // Longer than any pause in a test, so that no connection closes just as a request is sent on it.
  server.keepAliveTimeout = 120_000;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}`;

  const identityProvider = createIdentityProvider({ url, tokenLifetimeSeconds: () => state.settings.tokenLifetimeSeconds });
  const faults = new Faults(url);
  let state;

  const control = {
    reset({ faults: list = [], ...given } = {}) {
      const settings = settingsFrom(given);
      faults.replace(list);
      identityProvider.revokeTokens();
      const accounts = new Accounts(settings);
      const accountOfToken = settings.bearerValidation ? identityProvider.accountOf : () => undefined;
      state = { settings, accounts, logins: new Logins(accounts, settings, accountOfToken), flows: new LoginFlows(), log: new RequestLog() };
      return settings;
    },
    faults(list) {
      faults.replace(list);
      return { faults: list.length };
    },
    revokeTokens: () => ({ revoked: identityProvider.revokeTokens() }),
    log: () => state.log.read(),
    demonstration: () => demonstration,
  };
  control.reset();
  const accounts = state.accounts.all();

  server.on("request", (request, response) => {
    handle(request, response).catch((error) => {
      console.error(error);
      response.destroy(error);
    });
  });

  async function handle(request, response) {
    const [, path, query] = /^([^?]*)\??(.*)$/s.exec(request.url);
    if (path.startsWith(CONTROL)) return send(response, await answerControl(control, request, path));
    const file = staticFile(folders, path);
    if (file) return send(response, await file);

    // Nothing is awaited up to here: the log has to be there before the body is.
    const { settings, log } = state;
    const place = findRoute(request.method, path);
    const entry = log.begin(place.route, request, response);
    if (settings.clockSkewSeconds !== 0) response.setHeader("Date", dateOff(settings.clockSkewSeconds));
    const exchange = {
      response,
      start: (answer) => start(response, answer),
      send: (answer) => send(response, answer),
      bodyRead: () => bodyRead(request),
      realAnswer: async () => {
        if (place.server === "idp") return identityProvider.answer(request, request.url.slice(MOUNT.length));
        await bodyRead(request);
        const metadata = async () => (await identityProvider.answer(request, METADATA)).body;
        return answerNextcloud({ request, body: entry.body, path, query, place, state, url, metadata });
      },
    };
    const fault = faults.next(place.route, place.userId);
    if (fault) await faults.play(fault, exchange);
    else send(response, await exchange.realAnswer());
  }

  return {
    url,
    issuer: url + MOUNT,
    accounts,
    clients,
    control,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function start(response, { status, statusMessage, headers, body }) {
  const withLength = { ...headers, "Content-Length": Buffer.byteLength(body) };
  if (statusMessage) response.writeHead(status, statusMessage, withLength);
  else response.writeHead(status, withLength);
}

function send(response, answer) {
  start(response, answer);
  response.end(answer.body);
}

// A request without a body has ended as soon as it is there; nothing is waited for then.
async function bodyRead(request) {
  request.resume();
  if (request.method !== "GET" && !request.readableEnded && !request.destroyed) {
    await new Promise((resolve) => request.once("end", resolve).once("close", resolve));
  }
}

const dateOff = (seconds) => new Date(Date.now() + seconds * 1000).toUTCString();
