// The floor: what a request costs where nothing is done for it. Its token has to be there already.
export class BareFetch {
  #url;
  #fetch;
  #init;

  constructor({ nextcloudHost, accessToken, fetch = globalThis.fetch }) {
    this.#url = `${nextcloudHost}/apps/astrolabe/api/v1/background-sync/credentials/`;
    this.#fetch = fetch;
    this.#init = { headers: { Accept: "application/json", "OCS-APIRequest": "true", Authorization: `Bearer ${accessToken}` } };
  }

  async getBackgroundSyncStatus(userId) {
    const fetch = this.#fetch;
    const response = await fetch(this.#url + userId, this.#init);
    return response.json();
  }
}
