// What both libraries leave to those who use them.
const EARLY_REFRESH_MS = 60_000;

/** A function that gives the token of `request` for as long as it is fresh, and shares one request for a new one. */
export function cached(request) {
  let token;
  let freshUntil = 0;
  let flight;

  const renew = async () => {
    const grant = await request();
    token = grant.access_token;
    freshUntil = Date.now() + (grant.expires_in ?? 3600) * 1000 - EARLY_REFRESH_MS;
    return token;
  };
  return async () => {
    if (Date.now() < freshUntil) return token;
    flight ??= renew().finally(() => (flight = undefined));
    return flight;
  };
}
