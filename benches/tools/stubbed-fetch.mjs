// A `fetch` without a network, so that what is left is a client's own work.
const HOST = "https://cloud.example.com";
const ISSUER = `${HOST}/idp`;
const USER_ID = "alice";

const json = (value) => new Response(JSON.stringify(value), { headers: { "Content-Type": "application/json; charset=utf-8" } });

const metadata = () => json({ issuer: ISSUER, token_endpoint: `${ISSUER}/token`, grant_types_supported: ["client_credentials"] });
const token = () => json({ access_token: "a-token-of-the-stub", token_type: "Bearer", expires_in: 3600, scope: "openid" });
const STATUS_FIELDS = { success: true, user_id: USER_ID, has_background_access: true, sync_type: "app_password", provisioned_at: 1795418617 };
const status = () => json(STATUS_FIELDS);

/** What a status call is answered with. */
export const STATUS = JSON.stringify(STATUS_FIELDS);

/** Options of a client, and a user to ask about. `answer` gives what a status call is answered with. */
export function stubbed(answer = status) {
  const fetch = async (url) => {
    const path = String(url).slice(HOST.length);
    if (path.startsWith("/apps/")) return answer();
    return path === "/idp/token" ? token() : metadata();
  };
  return { userId: USER_ID, options: { nextcloudHost: HOST, issuer: ISSUER, clientId: "bench", clientSecret: "secret", fetch } };
}

/** Responses made beforehand: making one is no client's work. */
export class ResponsePool {
  #responses = [];

  fill(count) {
    while (this.#responses.length < count) this.#responses.push(status());
  }

  take = () => this.#responses.pop();
}

/** A Response that comes in a later turn of the event loop, so that calls are under way together. */
export const later = () => new Promise((resolve) => setImmediate(() => resolve(status())));
