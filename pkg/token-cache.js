// TokenCache: the access token, what discovery found, and the requests under way that callers share.
import { isVisibleAscii, read, readers } from "./arguments.js";
import { invalid } from "./error.js";

/** How long before its end a token counts as old, unless a client says otherwise. */
export const DEFAULT_EARLY_REFRESH_SECONDS = 60;

const { text } = readers;

const JSON_PROPERTIES = {
  key: text,
  accessToken(value) {
    // Nothing of it is repeated in an error: it may be the token.
    if (!isVisibleAscii(text(value, "accessToken"))) throw invalid("accessToken is empty or holds characters that no header can carry");
    return value;
  },
  expiresAtMs(value, name) {
    // As large as a Date can be.
    if (!(Math.abs(readers.number(value, name)) <= 8.64e15)) throw invalid("expiresAtMs is no time in Unix milliseconds");
    return Math.trunc(value);
  },
  tokenEndpoint: text,
  basicOnly: readers.boolean,
  earlyRefreshSeconds: readers.whole(0, 2 ** 32 - 1),
};

/** Plain data, and what may be done with it. */
class State {
  /** Whose token it is, `{ key, secret }`; undefined after JSON that does not say: then it is the first client's that asks. */
  owner;
  accessToken;
  /** Undefined where nobody knows. */
  expiresAtMs;
  /** `{ tokenEndpoint, basicOnly }` as discovery found them; `isStored` where that was somebody else's, and not used yet. */
  metadata;
  /** Tokens that the server has refused, or that were cleared, wherever else they may still be kept. */
  refused = [];
  /** How many token requests in a row everybody has left before they were done. */
  stopped = 0;
  /** Whether the last login failed: what discovery found, wherever it is kept, may be to blame. */
  isDistrustful = false;
  /** A promise of the token, made when it is first asked for. */
  promise;
  /** At most one of each owner. */
  flights = [];
  // Flights are numbered, so that one that comes in late does not replace what a newer one brought.
  begun = 0;
  newest = 0;

  constructor(earlyRefreshSeconds) {
    this.earlyRefreshSeconds = earlyRefreshSeconds;
    this.#announce();
  }

  setToken(accessToken, expiresAtMs) {
    this.accessToken = accessToken;
    this.expiresAtMs = expiresAtMs;
    this.promise = undefined;
  }

  isFresh(earlyRefreshSeconds = this.earlyRefreshSeconds) {
    return this.accessToken !== undefined && (this.expiresAtMs === undefined || Date.now() < this.expiresAtMs - earlyRefreshSeconds * 1000);
  }

  /** Whether what is stored is `owner`'s; what was nobody's is from then on. The secret is compared, and not written down. */
  isOf(owner) {
    const found = this.owner;
    if (found === owner) return true;
    if (found && (found.key !== owner.key || (found.secret !== undefined && found.secret !== owner.secret))) return false;
    this.owner = owner;
    return true;
  }

  /** Forgets the token, if it is still this one: the server has refused it. */
  forget(accessToken) {
    this.#refuse(accessToken);
    if (this.accessToken === accessToken) this.setToken();
  }

  #refuse(accessToken) {
    if (accessToken !== undefined) this.refused = [...this.refused.slice(-15), accessToken];
  }

  clear() {
    this.#refuse(this.accessToken);
    this.newest = ++this.begun;
    this.owner = this.metadata = undefined;
    this.flights = [];
    this.setToken();
  }

  metadataOf(owner) {
    return this.metadata && this.isOf(owner) ? this.metadata : undefined;
  }

  /** The request of `owner` under way, unless it has been for too long. */
  flightOf(owner, begunAfterMs) {
    return this.flights.find((flight) => isSame(flight.owner, owner) && flight.begunAtMs > begunAfterMs);
  }

  /**
   * Begins a flight, whose `work` gives `{ accessToken, expiresAtMs, metadata }`; it gets told how to stop it. Whoever
   * asks from within finds the flight under way already.
   */
  begin(owner, timeoutMs, work) {
    const flight = { owner, generation: ++this.begun, begunAtMs: Date.now(), timeoutMs, waiters: 0, stop() {} };
    this.flights = this.flights.filter((older) => !isSame(older.owner, owner));
    this.flights.push(flight);
    let settle;
    flight.outcome = new Promise((resolve) => (settle = resolve));
    work((stop) => (flight.stop = stop)).then(
      (fetched) => {
        this.#keep(flight, fetched);
        settle({ flight, fetched });
      },
      (error) => {
        this.#keep(flight);
        settle({ flight, error });
      },
    );
    this.#announce();
    return flight;
  }

  /** Resolved when another flight begins. */
  nextFlight;
  #announced;

  #announce() {
    this.#announced?.();
    this.nextFlight = new Promise((resolve) => (this.#announced = resolve));
  }

  /** The provider may have moved since that flight's owner found it. */
  #distrust({ owner }) {
    this.isDistrustful = true;
    if (this.owner && isSame(this.owner, owner)) this.metadata = undefined;
  }

  #keep(flight, fetched) {
    this.giveUp(flight);
    const wasStopped = flight.isDone;
    flight.isDone = true;
    if (flight.generation < this.newest || wasStopped) return;
    this.stopped = 0;
    if (fetched) {
      this.isDistrustful = false;
      this.newest = flight.generation;
      this.owner = flight.owner;
      this.metadata = fetched.metadata;
      if (fetched.expiresAtMs <= Date.now()) this.setToken();
      else this.setToken(fetched.accessToken, fetched.expiresAtMs);
    } else {
      this.#distrust(flight);
    }
  }

  giveUp(flight) {
    this.flights = this.flights.filter((other) => other !== flight);
  }

  /** Somebody no longer waits for a flight. When nobody does, it ends. */
  leave(flight) {
    if (--flight.waiters > 0 || flight.isDone) return;
    flight.isDone = true;
    this.giveUp(flight);
    // Once may be the caller's haste. Twice, and what discovery found may lead to where nobody answers.
    if (++this.stopped > 1) this.#distrust(flight);
    flight.stop();
  }
}

const isSame = (one, other) => one.key === other.key && one.secret === other.secret;

let stateOf;
let isCache;

/** The access token, when it ends, and what discovery found. One cache can serve any number of clients. */
export class TokenCache {
  #state = new State(DEFAULT_EARLY_REFRESH_SECONDS);

  static {
    stateOf = (cache) => cache.#state;
    isCache = (value) => Object(value) === value && #state in value;
  }

  /** A cache with what `toJSON` gave, as an object or as JSON text. */
  static fromJSON(data) {
    if (typeof data === "string") {
      try {
        data = JSON.parse(data);
      } catch {
        throw invalid("data is no JSON: give what JSON.stringify(tokenCache) gave");
      }
    }
    // A cache itself, given for what its toJSON gives, is taken for that.
    const { toJSON } = read(data, { toJSON: readers.function }, { of: "data", allowOthers: true });
    if (toJSON) {
      try {
        data = toJSON.call(data);
      } catch (cause) {
        throw invalid("data cannot be read: its toJSON threw", cause);
      }
    }
    const json = read(data, JSON_PROPERTIES, { of: "data", allowOthers: true });
    const state = new State(json.earlyRefreshSeconds ?? DEFAULT_EARLY_REFRESH_SECONDS);
    if (json.accessToken !== undefined) state.setToken(json.accessToken, json.expiresAtMs);
    if (json.key !== undefined) {
      state.owner = { key: json.key };
      // An address that the secret would go to must be somebody's.
      if (json.tokenEndpoint !== undefined) state.metadata = { tokenEndpoint: json.tokenEndpoint, basicOnly: json.basicOnly ?? false };
    }
    const cache = new TokenCache();
    cache.#state = state;
    return cache;
  }

  toJSON() {
    const { owner, accessToken, expiresAtMs, metadata, earlyRefreshSeconds } = this.#state;
    return {
      key: owner?.key ?? null,
      accessToken: accessToken ?? null,
      expiresAtMs: expiresAtMs ?? null,
      tokenEndpoint: metadata?.tokenEndpoint ?? null,
      basicOnly: metadata?.basicOnly ?? null,
      earlyRefreshSeconds,
    };
  }

  get accessToken() {
    return this.#state.accessToken ?? null;
  }

  get expiresAt() {
    const { expiresAtMs } = this.#state;
    return expiresAtMs === undefined ? null : new Date(expiresAtMs);
  }

  get tokenEndpoint() {
    return this.#state.metadata?.tokenEndpoint ?? null;
  }

  isFresh() {
    return this.#state.isFresh();
  }

  clear() {
    this.#state.clear();
  }
}

export { isCache as isTokenCache, stateOf };
