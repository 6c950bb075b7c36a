//! Nextcloud's routes: paths, what an answer holds, what each status means.
//! Pure: makes requests and reads answers, sends nothing.

use crate::exchange::{operation, Done, Exchange, Field};
use crate::json;
use crate::memory::Text;
use crate::text::{cut, every, fill, has_control, path_segment, push_form_field};

/// How long Nextcloud's brute-force lock lasts, in milliseconds.
const BRUTE_FORCE_LOCK_MS: &str = "1800000";

/// Longest user id that Nextcloud's database holds, in bytes of UTF-8; a longer one makes it fail with status 500.
const MAX_USER_ID_BYTES: usize = 64;

/// The latest second that a `Date` can hold (ECMAScript: 8.64e15 ms either way).
const MAX_DATE_S: i64 = 8_640_000_000_000;

const INDEX_PHP: &str = "/index.php";

/// What a field of an answer may be, by what its value begins with; `null` is none.
const TEXT: &[u8] = b"\"n";
const BOOL: &[u8] = b"tf";
const NUMBER: &[u8] = b"-0123456789n";

/// The address of the installation itself: files such as `status.php` and the OCS API are no routes below `index.php`.
pub(crate) fn installation(nextcloud_host: &str) -> &str {
    nextcloud_host.strip_suffix(INDEX_PHP).unwrap_or(nextcloud_host)
}

impl<'a> Exchange<'a> {
    /// Gives method, URL, content type and body of the request.
    #[inline(never)]
    pub(crate) fn request(&mut self) -> Done {
        const ASTROLABE: &str = "/apps/astrolabe/api/v1/background-sync/";
        const USERS: &str = "/ocs/v2.php/cloud/users";
        let host = self.get(Field::NextcloudHost);
        let subject = self.get(Field::Subject);
        let operation = self.operation();
        let (base, index_php, route) = match operation {
            operation::USERS | operation::EXISTS => (installation(host), "", USERS),
            operation::SERVER_STATUS => (installation(host), "", "/status.php"),
            operation::PROBE_ELSEWHERE => (installation(host), INDEX_PHP, ASTROLABE),
            _ => (host, "", ASTROLABE),
        };
        let mut query = Text::new();
        let (method, path) = match operation {
            operation::OWN_STATUS => ("GET", Text::from("status")),
            operation::STORE => {
                self.check_app_password(subject)?;
                // Its form leaves nothing to escape.
                query = fill("{\"appPassword\":\"{}\"}", &[subject]);
                ("POST", Text::from("credentials"))
            }
            operation::REVOKE => ("POST", Text::from("credentials/revoke")),
            operation::USERS => {
                push_form_field(&mut query, "limit", self.get(Field::Limit));
                push_form_field(&mut query, "offset", self.get(Field::Offset));
                if !subject.is_empty() {
                    push_form_field(&mut query, "search", subject);
                }
                ("GET", fill("?{}", &[&query]))
            }
            operation::SERVER_STATUS => ("GET", Text::new()),
            operation::EXISTS => ("GET", fill("/{}", &[&self.user_segment(subject)?])),
            _ => ("GET", fill("credentials/{}", &[&self.user_segment(subject)?])),
        };
        self.give(method);
        self.give(&fill("{}{}{}{}", &[base, index_php, route, &path]));
        let has_body = operation == operation::STORE;
        self.give(if has_body { "application/json" } else { "" });
        self.give(if has_body { &query } else { "" });
        Some(())
    }

    /// `user_id` as one segment of a path; an error where it cannot be one.
    fn user_segment(&mut self, user_id: &str) -> Done<Text> {
        let problem = match user_id {
            "" => "is empty",
            "." | ".." => "is a dot segment, which URLs give another meaning",
            _ if !every(user_id, |byte| !matches!(byte, b'/' | b'\\')) => {
                "contains a slash, which can never be part of an id"
            }
            _ if has_control(user_id) => "contains a control character",
            _ if user_id.len() > MAX_USER_ID_BYTES => "is longer than 64 bytes, the most that Nextcloud holds",
            _ => return Some(path_segment(user_id)),
        };
        self.fail("invalid_argument userId {}", &[problem])
    }

    /// Five groups of five letters or digits.
    fn check_app_password(&mut self, text: &str) -> Done {
        let is_in_place =
            |(at, byte): (usize, u8)| if at % 6 == 5 { byte == b'-' } else { byte.is_ascii_alphanumeric() };
        if text.len() == 29 && text.bytes().enumerate().all(is_in_place) {
            return Some(());
        }
        self.fail("app_password_rejected the app password is not of the form xxxxx-xxxxx-xxxxx-xxxxx-xxxxx: make one in Nextcloud's settings under Security; those of occ and of the login flow are of another form, which Astrolabe refuses", &[])
    }

    /// Reads the answer; gives what it holds.
    pub(crate) fn read(&mut self) -> Done {
        match self.operation() {
            operation::OWN_STATUS => {
                self.object()?;
                if self.field("has_background_access", BOOL)?.is_empty() {
                    return self.unexpected_field("has_background_access");
                }
                self.read_status(false)
            }
            operation::STORE => self.read_stored(),
            operation::REVOKE => {
                self.object()?;
                self.check_success()
            }
            operation::USERS => self.read_users(),
            operation::EXISTS => self.read_exists(),
            operation::SERVER_STATUS => self.read_server_status(),
            operation::APP_PASSWORD | operation::STATUS | operation::PROBE | operation::PROBE_ELSEWHERE => {
                self.read_credentials()
            }
            _ => None,
        }
    }

    /// Nothing where the answer is a JSON object with status 200; anything else is an error.
    fn object(&mut self) -> Done {
        if self.status() != 200 {
            return self.refused();
        }
        if self.is_json() {
            return Some(());
        }
        self.fail("unexpected_response the server answered with {}: check that nextcloudHost is the address of a Nextcloud and that no login page or proxy stands before it", &[self.no_json()])
    }

    fn unexpected_field<T>(&mut self, name: &str) -> Done<T> {
        self.fail("unexpected_response the field {} of the answer is not of the type that it should be: the server may be too new for this client", &[name])
    }

    /// The member `name` as written, empty where there is none or it is `null`; an error where it begins with none of `first`.
    fn field(&mut self, name: &str, first: &[u8]) -> Done<&'a str> {
        let value = json::member(self.body, name);
        match value.as_bytes().first() {
            None => Some(""),
            Some(byte) if first.iter().any(|first| first == byte) => Some(if *byte == b'n' { "" } else { value }),
            Some(_) => self.unexpected_field(name),
        }
    }

    /// The message in Nextcloud's own words: `message` of a controller, `error` of Astrolabe, `ocs.meta.message` of OCS.
    fn said(&self) -> Text {
        let said = self.text("message").or_else(|| self.text("error")).or_else(|| json::text(self.ocs_meta("message")));
        self.shown(said.unwrap_or_default())
    }

    /// What a status other than success means.
    #[inline(never)]
    fn refused(&mut self) -> Done {
        let html = self.is_html();
        let mut retry_after_ms = "";
        let error = match self.status() {
            _ if self.is_redirect() => "unexpected_redirect the server answered with a redirect, which a login does not follow: give nextcloudHost as the address that it redirects to, https and path included; or, if that is a login page, let it leave out this route",
            400 if html => "request_rejected the server refused the request with a page (400): the host name of nextcloudHost is probably missing from trusted_domains in Nextcloud's config.php",
            401 => match self.get(Field::WayIn) {
                "client" => "unauthorized Nextcloud did not accept the login (401): let the app user_oidc check the tokens of this identity provider, or log in with an administrator's app password as accessToken; and let the web server pass the Authorization header",
                "password" => "unauthorized Nextcloud did not accept the login (401): check username and password; with two-factor login it must be an app password; wrong ones lock this address for up to 30 minutes",
                _ => "unauthorized Nextcloud did not accept the login (401): the token must be a valid app password, or one of a provider that the app user_oidc checks; and let the web server pass the Authorization header",
            },
            403 if html => "request_rejected a page refused the request (403), not Nextcloud: a firewall or proxy stands before it and must let this through",
            403 => "forbidden Nextcloud knows the caller but does not let it do this (403): this route is for administrators, so make the account one or log in as one",
            404 if !self.is_json() => "app_not_available no such route (a 404 that is not Astrolabe's): the Astrolabe app is not installed, not enabled for this caller, or the web server does not rewrite URLs (then add /index.php to nextcloudHost)",
            412 => "request_rejected Nextcloud took the request for a forged one (412): something in between dropped the OCS-APIRequest header",
            429 if !self.is(Field::HasRetryAfter) => {
                retry_after_ms = BRUTE_FORCE_LOCK_MS;
                "rate_limited Nextcloud's brute-force protection has locked this address after too many wrong passwords (429): check the password, then wait for up to 30 minutes; a bearer token is not affected"
            }
            429 => "rate_limited too many requests (429): wait and send fewer",
            503 if self.is(Field::IsMaintenance) => "maintenance Nextcloud is in maintenance mode (503): try again when it is over",
            500.. => "server_error the server failed ({}): try again later; its log tells why",
            _ => "request_rejected the server refused the request ({}): its log, or that of a proxy before it, tells why",
        };
        let error = fill(error, &[self.get(Field::Status)]);
        self.fail_saying(&error, retry_after_ms)
    }

    /// The error with the server's own words before what to do.
    fn fail_saying(&mut self, error: &str, retry_after_ms: &str) -> Done {
        let said = self.said();
        let (what, to_do) = cut(error, b':');
        let quoted = if said.is_empty() { Text::new() } else { fill(" and said '{}'", &[&said]) };
        let _: Done = self.fail("{}{}:{}", &[what, &quoted, to_do]);
        self.explain(retry_after_ms, "", "", &said)
    }

    /// An answer with status 200 may still say `success: false`.
    fn check_success(&mut self) -> Done {
        if json::member(self.body, "success") == "true" {
            return Some(());
        }
        self.fail_saying("unexpected_response the server did not confirm it: its log tells why", "")
    }

    /// What the credentials route says of a user, in the words of today's Astrolabe and of the older one: access, kind,
    /// since when, and the app password, which only the older one gives.
    #[inline(never)]
    fn read_credentials(&mut self) -> Done {
        // The older Astrolabe says "no credentials" this way. Anything else comes from the web server, a proxy or Nextcloud's
        // router.
        if self.status() == 404 && self.is_json() {
            return Some(());
        }
        self.object()?;
        if json::member(self.body, "success") == "false" {
            self.check_success()?;
        }
        let user_id = json::member(self.body, "user_id");
        let asked_for = self.get(Field::Subject);
        if !user_id.is_empty() {
            let Some(other) = json::text(user_id) else { return self.unexpected_field("user_id") };
            if *other != *asked_for {
                let other = self.shown(other);
                return self.fail("user_mismatch the answer is about the user '{}', not about '{}': a proxy or cache in between mixes up answers",
                    &[&other, asked_for],
                );
            }
        }
        let password = json::text(self.field("app_password", TEXT)?).unwrap_or_default();
        self.read_status(!password.is_empty())?;
        self.give(&password);
        Some(())
    }

    /// `otherwise` is what counts where the answer does not say whether there is access.
    #[inline(never)]
    fn read_status(&mut self, otherwise: bool) -> Done {
        let has_access = match self.field("has_background_access", BOOL)? {
            "" => otherwise,
            said => said == "true",
        };
        let mut kind = self.field("sync_type", TEXT)?;
        if kind.is_empty() {
            kind = self.field("credential_type", TEXT)?;
        }
        let kind = json::text(kind).unwrap_or_else(|| Text::from("app_password"));
        // What a program may take for a name: it goes to a logger, too. A password of fewer letters may be part of one.
        if kind.len() > 64
            || self.repeats_secret(&kind, 20)
            || !every(&kind, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        {
            return self.unexpected_field("sync_type");
        }
        let since = self.field("provisioned_at", NUMBER)?;
        let since_s = json::integer(since).unwrap_or(0);
        if since_s.abs() > MAX_DATE_S {
            return self.unexpected_field("provisioned_at");
        }
        self.give_flag(has_access);
        self.give(if has_access { &kind } else { "" });
        if since.is_empty() {
            self.give("");
        } else {
            self.give_number(since_s * 1000);
        }
        Some(())
    }

    /// Whether the password could not be handed on to the service that uses it, and what the server said.
    #[inline(never)]
    fn read_stored(&mut self) -> Done {
        // Both refusals name the reason as `error`; a 401 of Nextcloud's login has `message` instead.
        if matches!(self.status(), 400 | 401) {
            if let Some(reason) = self.text("error") {
                let reason = self.shown(reason);
                let _: Done = self.fail("app_password_rejected Astrolabe refused the app password ({}): it must be a valid app password of the account that is logged in, and the server must be able to call itself to check it", &[&reason]);
                return self.explain("", "", "", &reason);
            }
        }
        self.object()?;
        self.check_success()?;
        self.give_flag(json::member(self.body, "partial_success") == "true");
        let message = self.shown(self.text("message").unwrap_or_default());
        self.give(&message);
        Some(())
    }

    /// Ids as they are, though Nextcloud sends all-digit ones as numbers.
    #[inline(never)]
    fn read_users(&mut self) -> Done {
        self.ocs()?;
        const NAME: &str = "ocs.data.users";
        let users = json::member(json::member(json::member(self.body, "ocs"), "data"), "users");
        if users.as_bytes().first() != Some(&b'[') {
            return self.unexpected_field(NAME);
        }
        for item in json::items(users) {
            match (json::text(item), json::integer(item)) {
                (Some(id), _) => self.give(&id),
                (None, Some(_)) => self.give(item),
                _ => return self.unexpected_field(NAME),
            }
        }
        Some(())
    }

    #[inline(never)]
    fn read_exists(&mut self) -> Done {
        match (self.status(), self.ocs_meta("statuscode")) {
            (404, "404") => Some(()),
            // To a caller that may not know, OCS says 998, whether the user exists or not.
            (404, "998") => self.fail("forbidden Nextcloud does not tell this caller whether the user exists (404, OCS status 998): log in as an administrator", &[]),
            (200, "200") => {
                self.give("1");
                Some(())
            }
            _ => {
                self.ocs()?;
                self.unexpected_field("ocs.meta.statuscode")
            }
        }
    }

    /// The member `name` of what OCS says of every answer, as written; empty where there is none.
    fn ocs_meta(&self, name: &str) -> &'a str {
        if !self.is_json() {
            return "";
        }
        json::member(json::member(json::member(self.body, "ocs"), "meta"), name)
    }

    fn ocs(&mut self) -> Done {
        if self.status() == 404 && self.is_html() {
            return self.fail("request_rejected there is no OCS API at this address (an HTML 404): nextcloudHost must end where the installation does, such as https://example.com/nextcloud", &[]);
        }
        self.object()
    }

    /// What a server says of itself to anybody, in maintenance mode too.
    #[inline(never)]
    fn read_server_status(&mut self) -> Done {
        // A page with 403 is a firewall's; anything else that is not what was asked for is another server's.
        if !matches!((self.status(), self.is_html()), (200 | 401 | 404, _) | (403, false)) {
            return self.refused();
        }
        let Some(version) = self.text("versionstring") else {
            return self.fail("unexpected_response this is no Nextcloud (status.php names no version): check that nextcloudHost is the address of a Nextcloud, with the path of its installation if it has one", &[]);
        };
        self.give(&self.shown(version));
        for name in ["maintenance", "needsDbUpgrade"] {
            self.give_flag(json::member(self.body, name) == "true");
        }
        Some(())
    }
}
