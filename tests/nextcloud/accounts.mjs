// Who has an account, with which passwords, and who has let the background sync in.
import { createHash, randomBytes } from "node:crypto";
import { personName, population } from "./population.mjs";

// [id, provisioned_at or null]. The first list is what the recorded server's own user back end held, as far as the
// recorded pages of GET /cloud/users show it; "revoke" and "status" are users there, named like routes.
const DATABASE_USERS = [
  ["0", 1795418700],
  ["007", null],
  ["123", 1795418701],
  ["9007199254740993", 1795418702],
  ["admin", null],
  ["alice", 1795418617],
  ["bob", null],
  ["carol", 1795419136],
  ["dora", null],
  ["o'brien", 1795418664],
  ["revoke", null],
  ["status", null],
  ["user@example.com", 1795418664],
  ["with space", 1795418664],
];
// Ids that Nextcloud itself would not hand out, but LDAP and SAML bring.
const DIRECTORY_USERS = [
  ["100%", 1795418703],
  ["müller", null],
  ["x+y", null],
];
// The accounts of the identity provider's clients. Nextcloud does not list them.
const SERVICE_ACCOUNTS = [
  ["service-account-astrolabe-service", null],
  ["service-account-astrolabe-basic", null],
  ["service-account-plain-service", null],
];
const ADMINS = new Set(["admin", "service-account-astrolabe-service", "service-account-astrolabe-basic"]);
const DISABLED = new Set(["dora"]);

const EXTRA_PROVISIONED_AT = 1795400000;

function account([id, provisionedAt, credentialType = "app_password"]) {
  return {
    id,
    password: `${id}-password`,
    appPassword: appPasswordOf(id),
    admin: ADMINS.has(id),
    enabled: !DISABLED.has(id),
    provisionedAt,
    credentialType,
  };
}

export const displayName = (id) => personName(id) ?? `D ${id}`;

const appPasswordOf = (id) => inFives(createHash("sha256").update(`app password of ${id}`).digest("hex"));

// In the form that Nextcloud's settings page makes, and the only one that Astrolabe stores: five times five.
const inFives = (text) => text.slice(0, 25).match(/.{5}/g).join("-");

function extraUser(_, index) {
  const number = index + 1;
  return [`user${String(number).padStart(5, "0")}`, number % 3 === 0 ? EXTRA_PROVISIONED_AT + number : null];
}

const byId = (one, other) => Buffer.compare(Buffer.from(one.id), Buffer.from(other.id));

export class Accounts {
  #byId;
  #byAppPassword;
  #listed;

  constructor({ extraUsers = 0, population: people = 0, contract } = {}) {
    const database = [...DATABASE_USERS, ...Array.from({ length: extraUsers }, extraUser), ...population(people, { hasOAuth: contract !== "newer" })].map(account).sort(byId);
    const directory = DIRECTORY_USERS.map(account);
    const all = [...database, ...directory, ...SERVICE_ACCOUNTS.map(account)];
    this.#byId = new Map(all.map((one) => [one.id, one]));
    this.#byAppPassword = new Map(all.map((one) => [one.appPassword, one]));
    this.#listed = [...database, ...directory].map((one) => one.id);
  }

  get(id) {
    return this.#byId.get(id);
  }

  withAppPassword(appPassword) {
    return this.#byAppPassword.get(appPassword);
  }

  /** Another app password of this account, as a login flow makes one: it logs in as the first does. */
  addAppPassword(account) {
    const appPassword = inFives(randomBytes(16).toString("hex"));
    this.#byAppPassword.set(appPassword, account);
    return appPassword;
  }

  /** Whether there was such an app password. */
  deleteAppPassword(appPassword) {
    return this.#byAppPassword.delete(appPassword);
  }

  /** The ids that GET /cloud/users lists: one user back end after the other. */
  list(search = "") {
    if (!search) return this.#listed;
    const wanted = search.toLowerCase();
    return this.#listed.filter((id) => id.toLowerCase().includes(wanted));
  }

  /** Every account by its id. */
  all() {
    return Object.fromEntries(this.#byId);
  }
}
