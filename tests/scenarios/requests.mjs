// Requests that a Nextcloud accepts: headers, base path, redirects, cookies.

export const requests = [
  {
    name: "no cookie is sent or kept, and nothing of Nextcloud's goes to the identity provider",
    async run({ nc, client, assert }) {
      const one = client();
      await one.getBackgroundSyncStatus("alice");
      await one.getBackgroundSyncStatus("bob");
      await client().diagnose();
      const { requests } = await nc.log();
      assert.isAtLeast(requests.length, 6);
      for (const { route, headers } of requests) {
        assert.notProperty(headers, "cookie", route);
        const toNextcloud = ["credentials", "status"].includes(route);
        assert.equal(headers["ocs-apirequest"], toNextcloud ? "true" : undefined, route);
        assert.equal(headers.accept, "application/json");
        if (!toNextcloud) assert.notProperty(headers, "authorization", route);
      }
    },
  },
  {
    name: "a host with /index.php, in a sub-folder too, where URLs are not rewritten",
    settings: { rewriting: false },
    async run({ nc, client, fails, assert }) {
      for (const folder of ["", "/nextcloud"]) {
        const one = client({ nextcloudHost: `${nc.url}${folder}/index.php/` });
        assert.isTrue((await one.getBackgroundSyncStatus("alice")).hasAccess);
        assert.isTrue(await one.userExists("alice"), "the OCS API is no route below index.php");
        await fails(client({ nextcloudHost: nc.url + folder, accessToken: nc.accounts.admin.appPassword }).getBackgroundSyncStatus("alice"), { code: "app_not_available", message: /index\.php/ });
      }
    },
  },
  {
    name: "a URL object as the host",
    async run({ nc, client, assert }) {
      assert.isTrue((await client({ nextcloudHost: new URL(`${nc.url}/nextcloud/`) }).getBackgroundSyncStatus("alice")).hasAccess);
    },
  },
  {
    name: "the redirect of discovery that nginx makes is followed",
    settings: { discovery: "redirect" },
    async run({ nc, client, assert }) {
      assert.isString(await client().getAccessToken());
      const followed = (await nc.requests("discovery")).map(({ path }) => path);
      // A browser does not let a program read a redirect: there the request goes out again, and the browser follows.
      assert.includeMembers(followed, ["/.well-known/openid-configuration", "/index.php/.well-known/openid-configuration"]);
    },
  },
  {
    name: "a discovery that redirects for ever, or to nowhere",
    async run({ nc, client, fails }) {
      const redirect = (Location) => ({ on: "discovery", times: null, respond: { status: 302, headers: Location ? { Location } : {}, body: "" } });
      for (const location of ["/.well-known/openid-configuration", "", "javascript:alert(1)"]) {
        await nc.faults([redirect(location)]);
        // A browser says of a redirect that it does not follow only that it failed.
        const error = await fails(client().getAccessToken(), {});
        if (error.code !== "unexpected_redirect" && error.code !== "network" && error.code !== "discovery_failed") throw error;
      }
    },
  },
  ...[301, 302, 303, 307, 308].map((status) => ({
    name: `a token request that is redirected (${status}) takes its secret nowhere`,
    async run({ nc, client, fails, assert }) {
      await nc.faults([{ on: "token", respond: { status, headers: { Location: "{url}/elsewhere" }, body: "" } }]);
      await fails(client().getAccessToken(), { code: "unexpected_redirect", route: /^POST .*\/idp\/token$/ });
      const { token, other } = await nc.counts();
      assert.deepEqual({ token, other }, { token: 1, other: 0 });
    },
  })),
  {
    name: "a redirect of an API request is not followed",
    async run({ nc, client, fails, assert }) {
      await nc.faults([{ on: "credentials", respond: { status: 303, headers: { Location: "/login?redirect_url=x" }, body: "" } }]);
      await fails(client().getBackgroundSyncStatus("alice"), { code: "unexpected_redirect" });
      assert.equal((await nc.counts()).other, 0);
    },
  },
];
