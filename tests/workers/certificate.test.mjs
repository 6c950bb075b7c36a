// tls_client_auth in a Worker: a binding that has a certificate, as an mTLS binding has one, to a server that asks for it. What
// miniflare has no binding for is done by Node.js behind a service binding: a TLS connection with the client's certificate.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { createServer, request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CERTIFICATE_HEADER, CERTIFICATE_SUBJECT } from "../nextcloud/identity-provider.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { startWorker } from "./miniflare.mjs";

const source = `
  import { AstrolabeClient } from "astrolabe-client";
  export default {
    async fetch(request, env) {
      const { clientId, showsCertificate } = await request.json();
      const shown = (url, init) => (url.startsWith(env.IDENTITY_PROVIDER) ? env.CERTIFICATE.fetch(url, init) : fetch(url, init));
      const client = new AstrolabeClient({ nextcloudHost: env.NEXTCLOUD_HOST, clientId, clientAuthentication: "tls_client_auth", maxRetries: 0, fetch: showsCertificate ? shown : fetch });
      try {
        return Response.json(await client.getBackgroundSyncStatus("alice"));
      } catch ({ code, oauthError }) {
        return Response.json({ code, oauthError });
      }
    },
  };
`;

let folder;
let standIn;
let front;
let worker;
const seen = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "astrolabe-certificate-"));
  const make = (name, subject) => execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", subject, "-keyout", join(folder, `${name}.key`), "-out", join(folder, `${name}.crt`)], { stdio: "ignore" });
  make("server", "/CN=localhost");
  make("client", `/${CERTIFICATE_SUBJECT}`);
  const file = (name) => readFileSync(join(folder, name));
  standIn = await startStandIn();
  // What terminates TLS before the identity provider, and tells it whose certificate it saw.
  front = createServer({ key: file("server.key"), cert: file("server.crt"), ca: file("client.crt"), requestCert: true, rejectUnauthorized: true }, (request, response) => {
    const { subject } = request.socket.getPeerCertificate();
    seen.push(request.url);
    const headers = { ...request.headers, host: new URL(standIn.url).host, [CERTIFICATE_HEADER]: `CN=${subject.CN}` };
    const onward = httpRequest(standIn.url + request.url, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  const withCertificate = async (request) => {
    const { pathname, search } = new URL(request.url);
    const body = Buffer.from(await request.arrayBuffer());
    const onward = httpsRequest(
      { host: "127.0.0.1", port: front.address().port, path: pathname + search, method: request.method, headers: Object.fromEntries(request.headers), key: file("client.key"), cert: file("client.crt"), ca: file("server.crt"), checkServerIdentity: () => undefined },
    );
    onward.end(body);
    const [answer] = await once(onward, "response");
    const text = Buffer.concat(await answer.toArray());
    const { Response } = await import("miniflare");
    return new Response(text, { status: answer.statusCode, headers: { "Content-Type": answer.headers["content-type"] } });
  };
  worker = await startWorker(source, {
    bindings: { NEXTCLOUD_HOST: standIn.url, IDENTITY_PROVIDER: standIn.issuer },
    serviceBindings: { CERTIFICATE: withCertificate },
  });
});
after(async () => {
  await worker?.dispose();
  front?.close();
  await standIn?.close();
  await rm(folder, { recursive: true, force: true });
});

const ask = async (options) => (await worker.dispatchFetch("http://worker/", { method: "POST", body: JSON.stringify({ clientId: standIn.clients.certificate.clientId, ...options }) })).json();

test("a Worker logs in by the certificate of a binding, which Nextcloud does not get to see", async () => {
  const status = await ask({ showsCertificate: true });
  assert.equal(status.hasAccess, true, JSON.stringify(status));
  assert.deepEqual(seen, ["/idp/token"]);
  const { requests } = standIn.control.log();
  const [token] = requests.filter(({ route }) => route === "token");
  assert.deepEqual(Object.fromEntries(new URLSearchParams(token.body)), { grant_type: "client_credentials", client_id: "astrolabe-certificate", scope: "openid" });
  for (const { route, headers } of requests) assert.equal(headers[CERTIFICATE_HEADER] !== undefined, route === "token");
});

test("without it the provider does not know who asks", async () => {
  assert.deepEqual(await ask({ showsCertificate: false }), { code: "token_request_failed", oauthError: "invalid_client" });
});
