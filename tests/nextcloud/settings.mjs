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
  // "seed": the credentials route of the older Astrolabe, with the app password in its answer. "newer": Astrolabe 0.16 and
  // later, with the routes for administrators.
  contract: { initial: "today", ...oneOf("today", "seed", "newer") },
  tokenLifetimeSeconds: { initial: 3600, ...integer(1) },
  // false: the web server does not rewrite URLs, so that /apps/… is found below /index.php only. "apache-fpm" and
  // "apache-mod-php": Apache with the .htaccess as it is shipped, whose error document is Nextcloud.
  rewriting: { initial: true, ...oneOf(true, false, "apache-fpm", "apache-mod-php") },
  // false: the web server takes the Authorization header away.
  passesAuthorization: { initial: true, ...bool },
  // false: the host name is missing from trusted_domains.
  trustedHost: { initial: true, ...bool },
  discovery: { initial: "direct", ...oneOf("direct", "redirect", "none", "nextcloud-oidc") },
  appInstalled: { initial: true, ...bool },
  maintenance: { initial: false, ...bool },
  // Nobody has run `occ upgrade` yet.
  needsUpgrade: { initial: false, ...bool },
  // Enforced: no login password is taken.
  twoFactor: { initial: false, ...bool },
  // false: a stock Nextcloud, which takes no tokens of an identity provider.
  bearerValidation: { initial: true, ...bool },
  versionstring: { initial: "32.0.1", ...text },
  extraUsers: { initial: 0, ...integer(0) },
  // So many more with names and a history, for a demonstration.
  population: { initial: 0, ...integer(0) },
  clockSkewSeconds: { initial: 0, ...integer(Number.MIN_SAFE_INTEGER) },
  // false: the server cannot decrypt what users have stored.
  decryptable: { initial: true, ...bool },
  // Of the newer Astrolabe: whether users may give access by themselves.
  selfProvisioning: { initial: true, ...bool },
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
