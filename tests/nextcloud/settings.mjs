// How the stand-in is set up, and what may be set.

const oneOf = (...values) => ({
  allows: (value) => values.includes(value),
  says: `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`,
});
const integer = (least) => ({
  allows: (value) => Number.isSafeInteger(value) && value >= least,
  says: `an integer of at least ${least}`,
});
const bool = { allows: (value) => typeof value === "boolean", says: "true or false" };
const text = { allows: (value) => typeof value === "string", says: "a string" };

const known = {
  // "seed": the credentials route of the older Astrolabe, with the app password in its answer.
  contract: { initial: "today", ...oneOf("today", "seed") },
  tokenLifetimeSeconds: { initial: 3600, ...integer(1) },
  // false: the web server does not rewrite URLs, so that /apps/… is found below /index.php only.
  rewriting: { initial: true, ...bool },
  discovery: { initial: "direct", ...oneOf("direct", "redirect", "none", "nextcloud-oidc") },
  appInstalled: { initial: true, ...bool },
  maintenance: { initial: false, ...bool },
  // false: a stock Nextcloud, which takes no tokens of an identity provider.
  bearerValidation: { initial: true, ...bool },
  versionstring: { initial: "32.0.1", ...text },
  extraUsers: { initial: 0, ...integer(0) },
  // So many more with names and a history, for a demonstration.
  population: { initial: 0, ...integer(0) },
  clockSkewSeconds: { initial: 0, ...integer(Number.MIN_SAFE_INTEGER) },
  mcp: { initial: "none", ...oneOf("none", "ok", "down") },
};

export function settingsFrom(given) {
  const settings = Object.fromEntries(Object.entries(known).map(([name, { initial }]) => [name, initial]));
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(known, name)) throw new Error(`there is no setting ${JSON.stringify(name)}`);
    if (!known[name].allows(value)) throw new Error(`the setting ${name} must be ${known[name].says}`);
    settings[name] = value;
  }
  return settings;
}
