// What can be in the way of a login, what the stand-in does then, and the advice that mends it: for the tests of each face.

const always = (on, what) => ({ on, times: null, ...what });
const json = (status, body) => ({ respond: { status, headers: {}, body } });
const page = (status, text) => ({ respond: { status, headers: { "Content-Type": "text/html; charset=UTF-8" }, body: `<!DOCTYPE html><title>${text}</title><p data-requesttoken="x">${text}` } });

/** Of a server that nobody can log in to. `german` is what German says in place of `advice`. */
export const SERVER_OBSTACLES = {
  maintenance: { check: "maintenance", settings: { maintenance: true }, advice: /Wait until the maintenance is over, or run “occ maintenance:mode --off” on the server\./, german: /Warte das Ende der Wartung ab, oder führe auf dem Server „occ maintenance:mode --off“ aus\./ },
  upgrade: {
    check: "version",
    faults: [always("status.php", { mergeJson: { needsDbUpgrade: true } }), always("any", page(503, "Update needed"))],
    advice: /Nextcloud has been updated, and its database has not\. Run “occ upgrade” on the server\./,
    german: /Führe auf dem Server „occ upgrade“ aus\./,
  },
  "untrusted-host": {
    check: "server",
    faults: [always("status.php", json(400, { error: "Trusted domain error.", code: 15 })), always("any", { recorded: "162-untrusted-host" })],
    advice: /Add 127\.0\.0\.1:\d+ to trusted_domains in Nextcloud's config\.php\./,
    german: /Trage 127\.0\.0\.1:\d+ in der config\.php der Nextcloud unter trusted_domains ein\./,
  },
  "no-nextcloud": {
    check: "server",
    faults: [always("any", page(404, "Not found"))],
    advice: /There is no Nextcloud at http:\/\/127\.0\.0\.1:\d+\. Compare the address/,
    german: /Unter http:\/\/127\.0\.0\.1:\d+ ist keine Nextcloud\. Vergleiche die Adresse/,
  },
};

/** Of the login and the app. `who`: the account that logs in, else the administrator. */
export const LOGIN_OBSTACLES = {
  "wrong-password": { check: "login", who: { id: "admin", appPassword: "wrong-wrong" }, advice: /Check what you typed/, german: /Prüfe, was du eingegeben hast/ },
  locked: {
    check: "login",
    faults: [always("credentials", { recorded: "60-wrongpw-12" })],
    advice: /too many wrong passwords\. Run “occ security:bruteforce:reset <address of this device>” on the server, or wait for 30 minutes/,
    german: /Führe auf dem Server „occ security:bruteforce:reset <Adresse dieses Geräts>“ aus, oder warte 30 Minuten/,
  },
  "two-factor": {
    check: "login",
    settings: { twoFactor: true },
    who: { id: "admin", appPassword: "admin-password" },
    advice: /Nextcloud did not look at the password\. With two-factor authentication it must be an app password; and let the web server pass on the Authorization header\./,
    german: /Mit Zwei-Faktor-Anmeldung muss es ein App-Passwort sein; und lass den Webserver den Header Authorization weitergeben\./,
  },
  "dropped-header": { check: "login", settings: { passesAuthorization: false }, advice: /let the web server pass on the Authorization header/, german: /lass den Webserver den Header Authorization weitergeben/ },
  "user-0": {
    check: "login",
    who: { id: "0", appPassword: "any" },
    advice: /Nextcloud takes the user name “0” for none\. Give an app password of this account as an access token\./,
    german: /Gib ein App-Passwort dieses Kontos als Zugriffstoken an\./,
  },
  disabled: {
    check: "login",
    faults: [always("credentials", { recorded: "163b-disabled-user-login" })],
    advice: /The account “admin” is disabled\. Run “occ user:enable admin” on the server/,
    german: /Das Konto „admin“ ist deaktiviert\. Führe auf dem Server „occ user:enable admin“ aus/,
  },
  "no-administrator": {
    check: "admin",
    who: "alice",
    advice: /You are logged in as “alice”, and that account is no administrator\. Log in with an account of the admin group, or run “occ group:adduser admin alice” on the server\./,
    german: /Du bist als „alice“ angemeldet, und dieses Konto ist kein Administrator\. Melde dich mit einem Konto der Gruppe admin an/,
  },
  "self-provisioning": {
    check: "admin",
    faults: [always("credentials", json(403, { success: false, error: "User self-provisioning is disabled by your administrator" }))],
    advice: /Users may not give access by themselves on this server\. Allow it in Astrolabe's settings/,
    german: /Auf diesem Server dürfen Benutzer nicht selbst Zugriff geben\. Erlaube es/,
  },
  firewall: { check: "astrolabe", faults: [always("credentials", page(403, "Blocked"))], advice: /Something before Nextcloud refused the request\. Let the firewall/, german: /Etwas vor der Nextcloud hat die Anfrage abgelehnt\. Lass die Firewall/ },
  "no-app": { check: "astrolabe", settings: { appInstalled: false }, advice: /Install and enable the app/, german: /Installiere und aktiviere die App/ },
  rewriting: {
    check: "url_rewriting",
    settings: { rewriting: false },
    advice: /Write \/index\.php at the end of the address: http:\/\/127\.0\.0\.1:\d+\/index\.php;/,
    german: /Schreib \/index\.php ans Ende der Adresse: http:\/\/127\.0\.0\.1:\d+\/index\.php;/,
  },
};

/** Lets it happen, with the page open already: it has found its server. */
export const block = (standIn, { settings = {}, faults = [] }) => standIn.control.reset({ ...settings, faults });

/** English that no text in German has; names of programs, addresses and what Nextcloud's command is called left out. */
export function englishIn(text) {
  const prose = text.replace(/https?:\/\/\S+|„[^“]*“/g, "");
  return prose.match(/[^\n]*\b(the|this|that|with|from|not|cannot|and|or|is|are|were|does|did|has|have|which|where|answered|wrong|looked)\b[^\n]*/gi) ?? [];
}
