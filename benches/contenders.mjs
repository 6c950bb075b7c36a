// Who is compared. All have getBackgroundSyncStatus(userId), and all but bare fetch have getAccessToken().
import { AstrolabeClient } from "astrolabe-client";
import { BareFetch } from "./bare-fetch.mjs";
import { Oauth4webapiClient } from "./libraries/oauth4webapi.mjs";
import { OpenidClient } from "./libraries/openid-client.mjs";
import { AstrolabeClient as PlainClient } from "./plain-javascript.mjs";
import { BARE, OAUTH4WEBAPI, OPENID_CLIENT, OURS, PLAIN } from "./names.mjs";

// The libraries want the issuer, which the other two find for themselves.
const makers = {
  [OURS]: ({ issuer, ...options }) => new AstrolabeClient(options),
  [PLAIN]: ({ issuer, ...options }) => new PlainClient(options),
  [OAUTH4WEBAPI]: (options) => new Oauth4webapiClient(options),
  [OPENID_CLIENT]: (options) => new OpenidClient(options),
};

/** One client of each, by name. */
export const makeClients = (options) => Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, make(options)]));

/** Those, each with a token that is there already, and bare fetch with one of theirs. */
export async function makeLoggedInClients(options) {
  const clients = makeClients(options);
  const [accessToken] = await Promise.all(Object.values(clients).map((client) => client.getAccessToken()));
  return { ...clients, [BARE]: new BareFetch({ ...options, accessToken }) };
}
