//! One exchange with a server: what is asked, in fields that the platform gives, and what is made of it, in fields that
//! it gets back. Everything else of the protocol is written on top of this, so that it stays small in the wasm: texts
//! are borrowed, results are written down at once, and nothing is kept.

use crate::json;
use crate::memory::Text;
use crate::text::{base64, cut, fill, is_in, is_in_any_case, push_decimal, shortened, without_trailing};

/// What is to be made of a question.
pub(crate) mod action {
    /// Check what a client is made of.
    pub(crate) const CHECK: u32 = 0;
    /// Make the request of an operation.
    pub(crate) const REQUEST: u32 = 1;
    /// Read the answer to it.
    pub(crate) const READ: u32 = 2;
    /// Say what a call showed, and what is to be asked next.
    pub(crate) const DIAGNOSE: u32 = 3;
}

/// `question`: fields as in [`Field`], with NUL between them; `body`: that of an answer. Gives fields, too, each after a
/// NUL; or `error` and its fields: message, code, how many milliseconds to wait, `error` and `error_description` of
/// RFC 6749, what the server said.
pub(crate) fn ask(action: u32, question: &str, body: &str) -> Text {
    let mut exchange = Exchange::new(question, body);
    // Each of these is `inline(never)`: engines compile a function when it is first called, and the first request of a
    // Worker waits for that.
    //
    // What went wrong is written down already.
    let _: Done = match (action, exchange.operation()) {
        (action::CHECK, _) => exchange.setup(),
        (action::REQUEST, operation::DISCOVERY) => exchange.discovery(),
        (action::REQUEST, operation::TOKEN_REQUEST) => exchange.token_request(),
        (action::REQUEST, _) => exchange.request(),
        (action::READ, operation::DISCOVERY) => exchange.read_metadata(),
        (action::READ, operation::TOKEN_REQUEST) => exchange.read_grant(),
        (action::READ, _) => exchange.read(),
        (action::DIAGNOSE, _) => exchange.diagnose(),
        _ => None,
    };
    exchange.out
}

/// What is to be done, in [`Field::Operation`]; `pkg/core.js` says the same.
pub(crate) mod operation {
    /// To have a token.
    pub(crate) const TOKEN: u8 = b'k';
    pub(crate) const DISCOVERY: u8 = b'd';
    pub(crate) const TOKEN_REQUEST: u8 = b't';
    /// The credentials of the user [`super::Field::Subject`], for the app password.
    pub(crate) const APP_PASSWORD: u8 = b'p';
    /// The same, for the status.
    pub(crate) const STATUS: u8 = b's';
    /// The same, as `diagnose` asks; `PROBE_ELSEWHERE` below `/index.php`.
    pub(crate) const PROBE: u8 = b'q';
    pub(crate) const PROBE_ELSEWHERE: u8 = b'i';
    pub(crate) const OWN_STATUS: u8 = b'o';
    /// Stores the app password [`super::Field::Subject`].
    pub(crate) const STORE: u8 = b'w';
    pub(crate) const REVOKE: u8 = b'r';
    /// The users that [`super::Field::Subject`] finds, one page of them.
    pub(crate) const USERS: u8 = b'l';
    /// Whether the user [`super::Field::Subject`] exists.
    pub(crate) const EXISTS: u8 = b'e';
    pub(crate) const SERVER_STATUS: u8 = b'v';
}

/// What the fields of a question are, in their order; `pkg/core.js` says the same.
#[derive(Clone, Copy)]
pub(crate) enum Field {
    NextcloudHost,
    /// `client`, `accessToken`, `function` or `password`.
    WayIn,
    /// Client id or user name.
    Id,
    /// Client secret, access token or password.
    Secret,
    Scope,
    /// `issuer`, `discoveryUrl` or nothing.
    Provider,
    ProviderUrl,
    /// `post`, `basic` or nothing.
    ClientAuthentication,
    /// As `application/x-www-form-urlencoded`.
    TokenParameters,
    AllowInsecureHttp,
    /// What `nextcloudHost`, [`Field::ProviderUrl`] and [`Field::TokenEndpoint`] are to the platform that will use them:
    /// `safe` (https, or this machine), `unsafe`, `query` (where there is one) or nothing, which is no http(s) URL.
    HostKind,
    ProviderKind,
    EndpointKind,
    /// One of [`operation`].
    Operation,
    Subject,
    Limit,
    Offset,
    /// What discovery found, for the token request.
    TokenEndpoint,
    BasicOnly,
    /// Of the answer.
    Status,
    ContentType,
    IsMaintenance,
    HasRetryAfter,
    IsJson,
    /// What the request carried in `Authorization`, which nobody gets to see.
    Sent,
    /// Of `diagnose`: the error of the call before, if it failed.
    Code,
    Message,
    /// Or what it brought: a version or a token endpoint, and what else `status.php` says.
    Seen,
    InMaintenance,
    NeedsUpgrade,
    /// In Unix milliseconds: what the server's clock showed, and this machine's before and after.
    ServerMs,
    BegunMs,
    NowMs,
    HasNoLogin,
    Count,
}

pub(crate) struct Exchange<'a> {
    fields: [&'a str; Field::Count as usize],
    /// Of the answer: valid JSON, or anything else.
    pub(crate) body: &'a str,
    pub(crate) out: Text,
}

/// A failure is written down where it is found; who gets `None` has nothing more to do.
pub(crate) type Done<T = ()> = Option<T>;

impl<'a> Exchange<'a> {
    pub(crate) fn new(question: &'a str, body: &'a str) -> Self {
        let mut fields = [""; Field::Count as usize];
        let mut rest = question;
        for slot in &mut fields {
            (*slot, rest) = cut(rest, 0);
        }
        Exchange { fields, body, out: Text::new() }
    }

    pub(crate) fn get(&self, field: Field) -> &'a str {
        self.fields.get(field as usize).unwrap_or(&"")
    }

    pub(crate) fn is(&self, field: Field) -> bool {
        !self.get(field).is_empty()
    }

    pub(crate) fn operation(&self) -> u8 {
        self.get(Field::Operation).as_bytes().first().copied().unwrap_or(0)
    }

    pub(crate) fn status(&self) -> i64 {
        json::integer(self.get(Field::Status)).unwrap_or(0)
    }

    /// Gives one more field.
    pub(crate) fn give(&mut self, text: &str) {
        self.out.push('\0');
        self.out.push_str(text);
    }

    pub(crate) fn give_number(&mut self, number: i64) {
        self.give(if number < 0 { "-" } else { "" });
        push_decimal(&mut self.out, number.unsigned_abs());
    }

    /// Instead of everything else an error: its code, a blank, and its message with a `{}` for each of `arguments`.
    pub(crate) fn fail<T>(&mut self, error: &str, arguments: &[&str]) -> Done<T> {
        let error = fill(error, arguments);
        let (code, message) = cut(&error, b' ');
        self.out.clear();
        self.out.push_str("error");
        self.give(message);
        self.give(code);
        None
    }

    /// The same for a flag.
    pub(crate) fn give_flag(&mut self, flag: bool) {
        self.give(if flag { "1" } else { "" });
    }

    /// Adds to an error when to come back, what the token endpoint said (RFC 6749 §5.2), and other words of the server.
    pub(crate) fn explain(&mut self, retry_after_ms: &str, error: &str, description: &str, said: &str) -> Done {
        for field in [retry_after_ms, error, description, said] {
            self.give(field);
        }
        None
    }

    /// A redirect, readable or not.
    pub(crate) fn is_redirect(&self) -> bool {
        matches!(self.status(), 0 | 301..=303 | 307 | 308)
    }

    /// A page for people: of a web server, a proxy, or Nextcloud where no controller of an app was reached.
    pub(crate) fn is_html(&self) -> bool {
        let kind = self.get(Field::ContentType).as_bytes();
        kind.windows(4).any(|part| is_in_any_case(part, b"html"))
            || self.body.trim_ascii_start().as_bytes().first() == Some(&b'<')
    }

    /// Whether the answer is a JSON object.
    pub(crate) fn is_json(&self) -> bool {
        self.is(Field::IsJson)
    }

    pub(crate) fn no_json(&self) -> &'static str {
        if self.is_html() {
            "an HTML page"
        } else {
            "something that is no JSON object"
        }
    }

    /// The text of the answer's member `name`, if it has one.
    pub(crate) fn text(&self, name: &str) -> Option<Text> {
        json::text(json::member(self.body, name)).filter(|_| self.is_json())
    }

    /// Whether `text` repeats a secret, in any form in which one is sent.
    pub(crate) fn repeats_secret(&self, text: &str, shortest: usize) -> bool {
        let secret = self.get(Field::Secret);
        let stored = if self.operation() == operation::STORE { self.get(Field::Subject) } else { "" };
        let is_repeated = |secret: &&str| {
            // Base64 may come back without its padding.
            let secret = without_trailing(b'=', secret);
            secret.len() >= shortest && is_in(secret, text)
        };
        // No encoding is shorter than what it encodes.
        text.len() >= shortest
            && [secret, self.get(Field::Sent), stored, &base64(secret), &self.client_secret_basic()]
                .iter()
                .any(is_repeated)
    }

    /// What may be shown of a text that a server wrote: not endless, and nothing where it repeats a secret.
    pub(crate) fn shown(&self, text: Text) -> Text {
        if self.repeats_secret(&text, 1) {
            Text::from("[redacted]")
        } else {
            shortened(&text)
        }
    }
}
