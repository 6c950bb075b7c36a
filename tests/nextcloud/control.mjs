// The control API over HTTP, for tests that run where the stand-in does not: in a Worker, in a page.

export const CONTROL = "/stand-in/";

const OPEN = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, POST",
  "Access-Control-Allow-Headers": "content-type",
};

/** `control` is what the stand-in offers in process; the HTTP routes are its methods. */
export async function answerControl(control, request, path) {
  if (request.method === "OPTIONS") return { status: 204, headers: OPEN, body: "" };
  switch (`${request.method} ${path.slice(CONTROL.length)}`) {
    case "POST reset":
      return changed(async () => control.reset((await jsonOf(request)) ?? {}));
    case "POST faults":
      return changed(async () => control.faults(await jsonOf(request)));
    case "POST revoke-tokens":
      return changed(async () => control.revokeTokens());
    case "GET log":
      return json(200, control.log());
    case "GET demonstration":
      return json(200, control.demonstration());
    default:
      return json(404, { error: `there is no ${request.method} ${path}` });
  }
}

async function changed(change) {
  try {
    return json(200, await change());
  } catch (error) {
    return json(400, { error: error.message });
  }
}

function json(status, value) {
  return { status, headers: { ...OPEN, "Content-Type": "application/json", "Cache-Control": "no-store" }, body: JSON.stringify(value) };
}

async function jsonOf(request) {
  const text = Buffer.concat(await request.toArray()).toString();
  return text ? JSON.parse(text) : undefined;
}
