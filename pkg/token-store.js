// A place that other isolates and processes share, such as a KV namespace of Workers: the token is kept there encrypted,
// under a key that only who knows the client secret can have. So whoever can read the store learns nothing, and whoever
// can write to it can put nothing in that would be believed.

/** How long the store is waited for, in milliseconds, or a quarter of what is left of the call: a login takes about as long. */
const PATIENCE_MS = 1000;

/**
 * What discovery found stays longer than a token, in seconds; but no longer. An entry of before, which somebody has put back,
 * would have the secret sent to where the provider was then.
 */
const METADATA_TTL_SECONDS = 86_400;

const utf8 = (text) => new TextEncoder().encode(text);
const toBase64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** The parts of what was kept that are of the right type. */
function usable({ accessToken, expiresAtMs, metadata }) {
  const ageMs = Date.now() - metadata?.discoveredAtMs;
  const isOfToday = Math.abs(ageMs) < METADATA_TTL_SECONDS * 1000;
  const isText = (value) => typeof value === "string";
  return {
    ...(isText(accessToken) && typeof expiresAtMs === "number" && { accessToken, expiresAtMs }),
    ...(isOfToday && isText(metadata.tokenEndpoint) && { metadata: { ...metadata, basicOnly: metadata.basicOnly === true, isStored: true } }),
  };
}

/** What may be logged of an error that is not ours. */
function nameOf(error) {
  try {
    return /^\w+$/.exec(error.name)?.[0] ?? "Error";
  } catch {
    return "Error";
  }
}

export class StoredLogin {
  #store;
  #owner;
  #log;
  // Plain data, once they are there: a promise of another request's would not do in a Worker.
  #name;
  #cryptoKey;

  /**
   * @param {{ get: Function, put: Function }} store
   * @param {{ key: string, secret: string }} owner whose token it is
   */
  constructor(store, owner, log) {
    this.#store = store;
    this.#owner = owner;
    this.#log = log;
  }

  /** `{ accessToken, expiresAtMs, metadata }`, or undefined where there is nothing that can be used. */
  read(call) {
    return this.#attempt(call, "read", async () => {
      await this.#prepare();
      const text = await this.#store.get(this.#name);
      if (text === null || text === undefined) return undefined;
      const [iv, data] = text.split(".").map(fromBase64);
      const plain = await crypto.subtle.decrypt(this.#algorithm(iv), this.#cryptoKey, data);
      return usable(JSON.parse(new TextDecoder().decode(plain)));
    });
  }

  /** Without a token what discovery found is kept, and what was there before is not. */
  write(call, { accessToken, expiresAtMs = 0, metadata }) {
    return this.#attempt(call, "written", async () => {
      await this.#prepare();
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const plain = utf8(JSON.stringify({ accessToken, expiresAtMs, metadata }));
      const data = await crypto.subtle.encrypt(this.#algorithm(iv), this.#cryptoKey, plain);
      const expirationTtl = Math.max(Math.ceil((expiresAtMs - Date.now()) / 1000), METADATA_TTL_SECONDS);
      await this.#store.put(this.#name, `${toBase64(iv)}.${toBase64(data)}`, { expirationTtl });
    });
  }

  #algorithm(iv) {
    return { name: "AES-GCM", iv, additionalData: utf8(this.#name) };
  }

  async #prepare() {
    if (this.#cryptoKey) return;
    const { key, secret } = this.#owner;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(key)));
    this.#name = `astrolabe-client/${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    const material = await crypto.subtle.importKey("raw", utf8(secret), "HKDF", false, ["deriveKey"]);
    const derivation = { name: "HKDF", hash: "SHA-256", salt: digest, info: utf8("astrolabe-client token store") };
    this.#cryptoKey = await crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }

  /** A store that is slow, down or holds rubbish costs a log line, never a failed call. */
  async #attempt(call, what, work) {
    let isOver = false;
    const failed = (why) => {
      if (!isOver) this.#log("info", `The token store could not be ${what}: ${why}`);
    };
    const patienceMs = Math.min(PATIENCE_MS, (call.deadlineMs - Date.now()) / 4);
    const attempt = work().catch((error) => failed(nameOf(error)));
    const result = await Promise.race([attempt, call.wakeAfter(patienceMs).then(() => failed("it does not answer in time"))]);
    isOver = true;
    call.check();
    return result;
  }
}
