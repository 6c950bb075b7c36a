// Login Flow v2 and the deletion of an app password. Not recorded: as the developer manual has it, under "Login Flow".
// The page on which a person agrees is a plain form here; Nextcloud's has more steps.
import { randomBytes } from "node:crypto";
import { recording } from "./recordings.mjs";

const LIFETIME_MS = 20 * 60_000;

const json = (status, value) => ({ status, headers: { "Content-Type": "application/json; charset=utf-8" }, body: JSON.stringify(value) });
const html = (status, title, content) => ({
  status,
  headers: { "Content-Type": "text/html; charset=UTF-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" },
  body: `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><main><h1>${title}</h1>${content}</main></html>`,
});
const ocs = (status, statuscode, message) => json(status, { ocs: { meta: { status: status === 200 ? "ok" : "failure", statuscode, message }, data: [] } });

const secret = () => randomBytes(64).toString("hex");

export class LoginFlows {
  #byPollToken = new Map();
  #byLoginToken = new Map();

  /** `before`: what stands before the path in the addresses that are given out, such as "http://127.0.0.1:8088/index.php". */
  begin(before) {
    const flow = { pollToken: secret(), loginToken: secret(), endsAt: Date.now() + LIFETIME_MS, granted: null };
    this.#byPollToken.set(flow.pollToken, flow);
    this.#byLoginToken.set(flow.loginToken, flow);
    return json(200, { poll: { token: flow.pollToken, endpoint: `${before}/login/v2/poll` }, login: `${before}/login/v2/flow/${flow.loginToken}` });
  }

  /** 200 once, after somebody has agreed; 404 before and after. */
  poll(body) {
    const token = new URLSearchParams(body ?? "").get("token");
    const flow = this.#byPollToken.get(token);
    if (!flow?.granted || flow.endsAt < Date.now()) return json(404, []);
    this.#byPollToken.delete(token);
    return json(200, flow.granted);
  }

  page(loginToken) {
    if (!this.#known(loginToken)) return html(403, "Access forbidden", "<p>State token does not match or has ended.</p>");
    return html(
      200,
      "Connect to your account",
      `<form method="post"><p><label>Account name <input name="user" autocomplete="username" required></label></p>
       <p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
       <button>Grant access</button></form>`,
    );
  }

  agree(loginToken, body, server, accounts) {
    const flow = this.#known(loginToken);
    if (!flow) return this.page(loginToken);
    const form = new URLSearchParams(body ?? "");
    const account = accounts.get(form.get("user") ?? "");
    if (!account?.enabled || account.password !== form.get("password")) return html(401, "Wrong login or password", "<p>Go back and try again.</p>");
    this.#byLoginToken.delete(loginToken);
    flow.granted = { server, loginName: account.id, appPassword: accounts.addAppPassword(account) };
    return html(200, "Account connected", "<p>You can close this window.</p>");
  }

  #known(loginToken) {
    const flow = this.#byLoginToken.get(loginToken);
    return flow && flow.endsAt >= Date.now() ? flow : undefined;
  }
}

/** The routes of the flow, for anybody. */
export function answerLoginFlow({ place, body, flows, accounts, url }) {
  const server = url + place.base;
  switch (place.route) {
    case "login-flow":
      return flows.begin(server + place.front);
    case "login-flow-poll":
      return flows.poll(body);
    case "login-flow-page":
      return flows.page(place.loginToken);
    default:
      return flows.agree(place.loginToken, body, server, accounts);
  }
}

/** DELETE /ocs/v2.php/core/apppassword: an app password deletes itself, and nothing else does. */
export function deleteAppPassword({ account, accounts, request }) {
  if (!account) return { ...ocs(401, 997, "Current user is not logged in"), statusMessage: recording("122j-users-v2-noauth").statusMessage };
  const [, scheme, value] = /^(\w+) +(.*)$/.exec(request.headers.authorization ?? "") ?? [];
  const password = scheme === "Bearer" ? value : Buffer.from(value ?? "", "base64").toString().replace(/^[^:]*:/, "");
  return accounts.deleteAppPassword(password) ? ocs(200, 200, "OK") : ocs(403, 403, "no app password in use");
}
