// The statuses of one user, of some, of all.
import { CONCURRENCY, clientFor } from "./client.js";
import { Problem, describe } from "./problem.js";

const toRow = ({ userId, displayName, status, error }) => (error ? { userId, error: describe(error) } : { userId, displayName, status });

export async function statusOfUser({ request, env, match: [, segment] }) {
  let userId;
  try {
    userId = decodeURIComponent(segment);
  } catch {
    throw new Problem(400, "invalid_argument", "the user id in the path is not percent-encoded UTF-8: use encodeURIComponent");
  }
  return Response.json(await clientFor(request, env).getBackgroundSyncStatus(userId));
}

export async function statusesOfSome({ request, env, url }) {
  const userIds = url.searchParams.getAll("user");
  if (userIds.length === 0) throw new Problem(400, "invalid_argument", "no user is named: ask for /status?user=alice&user=bob");
  const rows = [];
  for await (const row of clientFor(request, env).getBackgroundSyncStatuses(userIds, { concurrency: CONCURRENCY })) rows.push(toRow(row));
  return Response.json(rows);
}

/** As NDJSON, a line a user, as fast as the reader takes them. */
export async function statusesOfAll({ request, env }) {
  const rows = clientFor(request, env).getAllBackgroundSyncStatuses({ concurrency: CONCURRENCY });
  // Waited for, so that a login that is refused is answered by its status.
  const first = await rows.next();
  return new Response(ReadableStream.from(lines(first, rows)), { headers: { "Content-Type": "application/x-ndjson" } });
}

async function* lines(first, rows) {
  const encoder = new TextEncoder();
  const line = (value) => encoder.encode(`${JSON.stringify(value)}\n`);
  try {
    for (let next = first; !next.done; next = await rows.next()) yield line(toRow(next.value));
  } catch (error) {
    // The status is long sent: a last line without userId says that this is not all.
    yield line({ error: describe(error) });
  } finally {
    // The reader may have left.
    await rows.return();
  }
}
