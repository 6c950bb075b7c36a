// What was asked of the stand-in, so that a test can tell how its client behaved.

export const ROUTES = ["discovery", "token", "credentials", "status", "store", "revoke", "admin-users", "provision", "deprovision", "self-provision", "users", "user", "capabilities", "status.php", "login-flow", "login-flow-poll", "login-flow-page", "login-flow-agree", "app-password", "other"];

const KEPT_REQUESTS = 2000;

const zeroes = () => Object.fromEntries(ROUTES.map((route) => [route, 0]));

export class RequestLog {
  #counts = zeroes();
  #underWay = zeroes();
  #maxConcurrent = zeroes();
  #requests = [];

  begin(route, request, response) {
    const entry = { route, method: request.method, path: request.url, headers: request.headers, body: null, aborted: false };
    this.#requests.push(entry);
    if (this.#requests.length > KEPT_REQUESTS) this.#requests.shift();
    this.#counts[route] += 1;
    this.#underWay[route] += 1;
    this.#maxConcurrent[route] = Math.max(this.#maxConcurrent[route], this.#underWay[route]);
    overhear(request, (body) => (entry.body = body));
    response.on("close", () => {
      this.#underWay[route] -= 1;
      entry.aborted = !response.writableFinished && !response.cutByStandIn;
    });
    return entry;
  }

  read() {
    return structuredClone({ counts: this.#counts, maxConcurrent: this.#maxConcurrent, requests: this.#requests });
  }
}

// The body is read by whoever answers, in one way or another. It is overheard where the parser hands it in, so that
// reading it here takes nothing away there.
function overhear(request, tell) {
  const chunks = [];
  const push = request.push;
  request.push = function (chunk, encoding) {
    if (chunk) {
      chunks.push(chunk);
      tell(Buffer.concat(chunks).toString());
    }
    return push.call(this, chunk, encoding);
  };
}
