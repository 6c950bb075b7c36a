// diagnose(), with whom Nextcloud takes the caller for, and why the server does not answer as it should.
import { AstrolabeClient } from "astrolabe-client";
import { findAilment } from "../server.js";

/** `{ client, diagnose }`: a client, and its diagnosis: `{ checks, account }`; `account` is null where it is not known. */
export function diagnosable(options) {
  let account = null;
  const client = new AstrolabeClient({
    ...options,
    async fetch(url, init) {
      const response = await fetch(url, init);
      account ??= response.headers.get("X-User-Id");
      return response;
    },
  });
  return {
    client,
    async diagnose(callOptions) {
      const checks = await client.diagnose(callOptions);
      const server = checks.find(({ name, passed }) => name === "server" && passed === false);
      const ailment = server && (await findAilment(options.nextcloudHost));
      const withReasons = ailment ? checks.map((check) => (check === server ? { ...check, error: { code: ailment } } : check)) : checks;
      return { checks: withReasons, account: account ?? options.username ?? null };
    },
  };
}
