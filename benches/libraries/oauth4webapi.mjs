import * as oauth from "oauth4webapi";
import { credentialsUrl, HEADERS, readStatus } from "./status.mjs";
import { cached } from "./token-cache.mjs";

export class Oauth4webapiClient {
  #host;
  #options;

  constructor({ nextcloudHost, issuer, clientId, clientSecret, fetch = globalThis.fetch }) {
    this.#host = nextcloudHost;
    const options = () => ({ [oauth.customFetch]: fetch, [oauth.allowInsecureRequests]: true, signal: AbortSignal.timeout(10_000) });
    this.#options = options;
    const client = { client_id: clientId };
    const authentication = oauth.ClientSecretPost(clientSecret);
    this.getAccessToken = cached(async () => {
      const at = new URL(issuer);
      const server = await oauth.processDiscoveryResponse(at, await oauth.discoveryRequest(at, options()));
      const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope: "openid" }, options());
      return oauth.processClientCredentialsResponse(server, client, response);
    });
  }

  async getBackgroundSyncStatus(userId) {
    const token = await this.getAccessToken();
    const url = credentialsUrl(this.#host, userId);
    return readStatus(await oauth.protectedResourceRequest(token, "GET", url, new Headers(HEADERS), undefined, this.#options()));
  }
}
