const STATUSES = new Set([403, 404, 405]);

/** Whether it was the route that was refused, by Nextcloud or by what is before it, such as a relay: so it is for every user. */
export const isRouteRefused = ({ code, status }) => STATUSES.has(status) && code !== "unknown_user";
