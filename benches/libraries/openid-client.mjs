import * as openid from "openid-client";
import { credentialsUrl, HEADERS, readStatus } from "./status.mjs";
import { cached } from "./token-cache.mjs";

export class OpenidClient {
  #host;
  #configuration;

  constructor({ nextcloudHost, issuer, clientId, clientSecret, fetch = globalThis.fetch }) {
    this.#host = nextcloudHost;
    const options = { execute: [openid.allowInsecureRequests], timeout: 10, [openid.customFetch]: fetch };
    this.getAccessToken = cached(async () => {
      this.#configuration = await openid.discovery(new URL(issuer), clientId, {}, openid.ClientSecretPost(clientSecret), options);
      return openid.clientCredentialsGrant(this.#configuration, { scope: "openid" });
    });
  }

  async getBackgroundSyncStatus(userId) {
    const token = await this.getAccessToken();
    const url = credentialsUrl(this.#host, userId);
    return readStatus(await openid.fetchProtectedResource(this.#configuration, token, url, "GET", undefined, new Headers(HEADERS)));
  }
}
