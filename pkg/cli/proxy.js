// The variables that name a proxy: whether they are set and do not count, which looks as if the server were not there.

/** The first Node.js of each line that can heed them. */
const HEEDED_FROM = "22.21, 24.0 or later";
const canHeed = (version) => {
  const [major, minor] = version.split(".").map(Number);
  return major >= 24 || (major === 22 && minor >= 21);
};

export class ProxyVariables {
  #environment;
  #version;
  #isHeeded;
  #answered = new Set();
  #unanswered = new Set();

  /** Stands in for the platform's; undefined where there is nothing to look after. */
  fetch;

  constructor({ env, versions, execArgv }) {
    this.#environment = env;
    this.#version = versions.node;
    const flags = [...execArgv, ...(env.NODE_OPTIONS ?? "").split(/\s+/)];
    this.#isHeeded = (env.NODE_USE_ENV_PROXY === "1" && canHeed(versions.node)) || flags.includes("--use-env-proxy");
    // Deno and Bun heed them as they are.
    const isNode = !versions.deno && !versions.bun;
    if (isNode && ["http", "https", "all"].some((scheme) => this.#nameOf(scheme))) this.fetch = this.#watched;
  }

  /** What to say where it failed: `null` unless a server never answered, and a variable that does not count names a proxy for it. */
  note() {
    for (const origin of this.#unanswered) {
      const name = this.#overlooked(new URL(origin));
      if (!name) continue;
      const counts = /^all_/i.test(name) ? `HTTPS_PROXY (or HTTP_PROXY) does, and that` : "it counts";
      return `${name} is set, and Node.js does not heed it: ${counts} only with NODE_USE_ENV_PROXY=1, in Node.js ${HEEDED_FROM} (this is ${this.#version}).`;
    }
    return null;
  }

  #watched = async (url, init) => {
    const { origin } = new URL(url);
    if (!this.#answered.has(origin)) this.#unanswered.add(origin);
    const response = await fetch(url, init);
    this.#answered.add(origin);
    this.#unanswered.delete(origin);
    return response;
  };

  /** The name of the variable that would be for this server, as Node.js reads them, and does not count. */
  #overlooked(url) {
    if (this.#isExempt(url)) return undefined;
    const name = (url.protocol === "https:" && this.#nameOf("https")) || this.#nameOf("http");
    return name ? !this.#isHeeded && name : this.#nameOf("all");
  }

  /** Lower case goes before upper case, even if it is empty. */
  #nameOf(scheme) {
    const lower = `${scheme}_proxy`;
    const name = lower in this.#environment ? lower : lower.toUpperCase();
    return this.#environment[name] ? name : undefined;
  }

  /** By NO_PROXY: names with all that is below them, with or without a port. */
  #isExempt({ protocol, hostname, port }) {
    const { no_proxy, NO_PROXY } = this.#environment;
    const bare = (name) => name.replace(/^\[(.*)\]$/, "$1").replace(/^\*?\./, "").toLowerCase();
    return (no_proxy ?? NO_PROXY ?? "").split(/[\s,]+/).filter(Boolean).some((entry) => {
      const [, name, itsPort] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [null, entry];
      if (itsPort && itsPort !== (port || (protocol === "https:" ? "443" : "80"))) return false;
      return entry === "*" || bare(hostname) === bare(name) || bare(hostname).endsWith(`.${bare(name)}`);
    });
  }
}
