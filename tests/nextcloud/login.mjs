// Who is calling: the session cookie first, then Authorization, as Nextcloud has it.
import { SESSION_COOKIE } from "./recordings.mjs";

const WRONG_PASSWORDS_ALLOWED = 11;

let epochs = 0;

export class Logins {
  #accounts;
  #accountOfToken;
  #settings;
  #wrongPasswords = 0;
  // Sessions of before a reset are not known any more.
  #epoch = (epochs += 1);

  /** `accountOfToken` gives the account id behind an identity provider's token, if Nextcloud takes it. */
  constructor(accounts, settings, accountOfToken) {
    this.#accounts = accounts;
    this.#settings = settings;
    this.#accountOfToken = accountOfToken;
  }

  /**
   * `{ account }`, without one where nobody is logged in, or `{ refused }`: "password", "throttled", or by what an account
   * came that is disabled, "disabled-password" or "disabled-bearer".
   */
  login({ cookie, authorization: sent = "" }) {
    const authorization = this.#settings.passesAuthorization ? sent : "";
    const remembered = cookie && this.#accountOfSession(cookie);
    if (remembered) return { account: remembered };
    if (/^basic /i.test(authorization)) return this.#basic(authorization.slice("basic ".length));
    // Nextcloud looks for this spelling only.
    if (authorization.startsWith("Bearer ")) return enabled(this.#bearer(authorization.slice("Bearer ".length)), "disabled-bearer");
    return {};
  }

  #basic(credentials) {
    const [, id, password] = /^([^:]*):?(.*)$/s.exec(Buffer.from(credentials, "base64").toString());
    // Not recorded: lib/private/User/Session.php asks PHP's empty() whether there are both, and to that "0" is none.
    if ([id, password].some((value) => value === "" || value === "0")) return {};
    if (this.#wrongPasswords >= WRONG_PASSWORDS_ALLOWED) return { refused: "throttled" };
    const account = this.#accounts.get(id);
    if (!account || (password !== account.password && this.#accounts.withAppPassword(password) !== account)) {
      this.#wrongPasswords += 1;
      return { refused: "password" };
    }
    if (this.#settings.twoFactor && password === account.password) return {};
    return enabled(account, "disabled-password");
  }

  #bearer(token) {
    return this.#accounts.withAppPassword(token) ?? this.#accounts.get(this.#accountOfToken(token));
  }

  // The session says who it is of, so that none has to be kept.
  sessionOf(account) {
    return `${this.#epoch}.${account ? Buffer.from(account.id).toString("base64url") : ""}`;
  }

  #accountOfSession(cookie) {
    const [, epoch, id] = new RegExp(`(?:^|; *)${SESSION_COOKIE}=(\\d+)\\.([\\w-]+)`).exec(cookie) ?? [];
    return epoch === String(this.#epoch) ? this.#accounts.get(Buffer.from(id, "base64url").toString()) : undefined;
  }
}

const enabled = (account, refused) => (account?.enabled === false ? { refused } : { account });
