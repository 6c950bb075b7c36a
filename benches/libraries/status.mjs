// What is left to do with either library once there is a token.
export const HEADERS = { Accept: "application/json", "OCS-APIRequest": "true" };

export const credentialsUrl = (host, userId) => new URL(`${host}/apps/astrolabe/api/v1/background-sync/credentials/${encodeURIComponent(userId)}`);

export async function readStatus(response) {
  if (response.status === 404) return { hasAccess: false, credentialType: null, provisionedAt: null };
  if (!response.ok) throw new Error(`the server answered with ${response.status}`);
  const { has_background_access: hasAccess, sync_type: credentialType, provisioned_at: seconds } = await response.json();
  return { hasAccess, credentialType, provisionedAt: seconds === null ? null : new Date(seconds * 1000) };
}
