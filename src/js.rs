//! What the JavaScript of the package (`pkg/core.js`) calls: one function, texts in and texts out, of which each is a
//! list of fields with NUL between them. Nothing is kept from one call to the next, so there is nothing to free, and
//! nothing that a call could leave behind for another.

use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lol_alloc::{FreeListAllocator, LockedAllocator};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::call::{Call, Event, Next, Operation, Progress, Task};
use crate::diagnose::{Diagnosis, Failure, Seen, PROBE_USER_ID};
use crate::error::{Error, ErrorCode};
use crate::http::{Response, RESPONSE_HEADERS};
use crate::json::integer;
use crate::log::Level;
use crate::nextcloud::background_sync::BackgroundSyncStatus;
use crate::oauth::{ClientAuthentication, ClientCredentials, Metadata, Provider};
use crate::outcome::Output;
use crate::secret::Secret;
use crate::setup::{Setup, WayIn};
use crate::text::push_decimal;

/// Small, and fast enough for what lives here: a few texts for as long as a call takes.
#[global_allocator]
static ALLOCATOR: LockedAllocator<FreeListAllocator> = LockedAllocator::new(FreeListAllocator::new());

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// Fields of a text, one after another; empty ones when there are no more.
struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    fn text(&mut self) -> &'a str {
        let end = self.0.bytes().position(|byte| byte == 0).unwrap_or(self.0.len());
        let (field, rest) = self.0.split_at_checked(end).unwrap_or(("", ""));
        self.0 = rest.get(1..).unwrap_or("");
        field
    }

    fn owned(&mut self) -> String {
        self.text().to_string()
    }

    fn number(&mut self) -> i64 {
        integer(self.text()).unwrap_or(0)
    }

    fn small(&mut self) -> u32 {
        self.number() as u32
    }

    fn flag(&mut self) -> bool {
        !self.text().is_empty()
    }
}

/// Fields that are put together, each after a NUL; what stands before the first says what they are.
struct Answer(String);

impl Answer {
    fn text(&mut self, field: &str) {
        self.0.push('\0');
        self.0.push_str(field);
    }

    fn optional(&mut self, field: Option<&str>) {
        self.text(field.unwrap_or(""));
    }

    fn number(&mut self, field: i64) {
        self.0.push('\0');
        if field < 0 {
            self.0.push('-');
        }
        push_decimal(&mut self.0, field.unsigned_abs());
    }

    fn optional_number(&mut self, field: Option<i64>) {
        match field {
            Some(number) => self.number(number),
            None => self.text(""),
        }
    }

    fn flag(&mut self, field: bool) {
        self.text(if field { "1" } else { "" });
    }
}

/// Which operation a number of `pkg/core.js` means.
const OPERATIONS: [Operation; 15] = [
    Operation::Token,
    Operation::Login,
    Operation::AppPassword,
    Operation::Status,
    Operation::OwnStatus,
    Operation::Store,
    Operation::Revoke,
    Operation::Users,
    Operation::Exists,
    Operation::ServerStatus,
    Operation::LookUp,
    Operation::Probe,
    Operation::ProbeWithoutLogin,
    Operation::ProbeBelowIndexPhp,
    Operation::ProbeBelowIndexPhpWithoutLogin,
];

/// `question`: what is to be done, the setup, and what else that takes, see `pkg/core.js`; `body`: that of an answer.
#[wasm_bindgen]
pub fn ask(question: &str, body: &str) -> String {
    let mut fields = Fields(question);
    let mut answer = Answer(String::new());
    let action = fields.text();
    let setup = read_setup(&mut fields);
    match action {
        "setup" => match setup.checked() {
            Ok(setup) => {
                answer.text(&setup.nextcloud_host);
                answer.text(&setup.cache_key());
                answer.text(&setup.basic_credentials());
            }
            Err(error) => {
                answer.0.push_str("error");
                write_error(&error, &mut answer);
            }
        },
        "diagnose" => diagnose(setup, &mut fields, &mut answer),
        _ => resume(action, setup, &mut fields, body, &mut answer),
    }
    answer.0
}

fn read_setup(fields: &mut Fields<'_>) -> Setup {
    let nextcloud_host = fields.owned();
    let way_in = fields.text();
    let id = fields.owned();
    let secret = Secret::new(fields.text());
    let scope = fields.owned();
    let provider = match (fields.text(), fields.owned()) {
        ("issuer", issuer) => Provider::Issuer(issuer),
        ("discoveryUrl", url) => Provider::DiscoveryUrl(url),
        _ => Provider::Nextcloud,
    };
    let authentication = match fields.text() {
        "post" => Some(ClientAuthentication::Post),
        "basic" => Some(ClientAuthentication::Basic),
        _ => None,
    };
    let mut token_parameters = Vec::new();
    for _ in 0..fields.number() {
        token_parameters.push((fields.owned(), fields.owned()));
    }
    let way_in = match way_in {
        "accessToken" => WayIn::AccessToken(secret),
        "function" => WayIn::TokenFunction,
        "password" => WayIn::Basic { username: id, password: secret },
        _ => WayIn::ClientCredentials(ClientCredentials {
            client_id: id,
            client_secret: secret,
            scope,
            provider,
            authentication,
            token_parameters,
        }),
    };
    Setup { nextcloud_host, way_in, allow_insecure_http: fields.flag(), is_logging: fields.flag() }
}

fn resume(action: &str, setup: Setup, fields: &mut Fields<'_>, body: &str, answer: &mut Answer) {
    let operation = OPERATIONS.get(fields.small() as usize).copied().unwrap_or(Operation::Token);
    let subject = fields.owned();
    let is_probe = operation as usize >= Operation::Probe as usize;
    let task = Task {
        subject: if is_probe { PROBE_USER_ID.to_string() } else { subject },
        limit: fields.small(),
        offset: fields.small(),
        timeout_ms: fields.small(),
        max_retries: fields.small(),
    };
    let token_endpoint = fields.owned();
    let metadata = Metadata { token_endpoint, basic_only: fields.flag() };
    let progress = Progress {
        deadline_ms: fields.number(),
        metadata: Some(metadata).filter(|metadata| !metadata.token_endpoint.is_empty()),
        place: fields.small(),
        redirected_to: fields.owned(),
        redirects: fields.small(),
        platform_follows: fields.flag(),
        tries: fields.small(),
        is_logging_in: fields.flag(),
        is_cached: fields.flag(),
        was_renewed: fields.flag(),
    };
    let now_ms = fields.number();
    let mut call = Call::new(Rc::new(setup), operation, task, progress);
    let event = match action {
        "begin" => {
            // What discovery found earlier comes from a cache.
            if let Some(metadata) = call.progress.metadata.take() {
                call.know(metadata);
            }
            Event::Begun
        }
        "loggedIn" => Event::LoggedIn { is_cached: fields.flag() },
        "waited" => Event::Waited,
        "timedOut" => return write_error(&call.timed_out(), answer),
        _ => return write_next(call.answered(fields, body, action == "answered", now_ms), &call, answer),
    };
    let next = call.resume(event, now_ms, 0);
    write_next(next, &call, answer);
}

impl Call {
    fn answered(&mut self, fields: &mut Fields<'_>, body: &str, is_answer: bool, now_ms: i64) -> Next {
        let random = fields.small();
        let status = fields.small() as u16;
        let event = if is_answer {
            let secret = Secret::new(fields.text());
            let url = fields.owned();
            let mut headers = Vec::new();
            for name in RESPONSE_HEADERS {
                let value = fields.text();
                if !value.is_empty() {
                    headers.push((name, value.to_string()));
                }
            }
            Event::Answered(Response { status, url, headers, body: body.to_string() }, secret)
        } else {
            let error = match fields.text() {
                "network" => Error::network(None),
                "" => Error::new(
                    ErrorCode::UnexpectedResponse,
                    "fetch returned something that is no Response: check the fetch that was given to this client",
                    &[],
                ),
                max_bytes => Error::too_large(max_bytes),
            };
            Event::Failed(error.with(|details| details.status = Some(status).filter(|&status| status > 0)))
        };
        self.resume(event, now_ms, random)
    }
}

fn write_next(next: Next, call: &Call, answer: &mut Answer) {
    let request = match &next {
        Next::Send => call.request().ok(),
        _ => None,
    };
    answer.0.push_str(match &next {
        Next::Send => "send",
        Next::Wait(_) => "wait",
        Next::Login => "login",
        Next::Done(Ok(_)) => "done",
        Next::Done(Err(_)) => "error",
    });
    let progress = &call.progress;
    let metadata = progress.metadata.as_ref();
    answer.optional(metadata.map(|metadata| metadata.token_endpoint.as_str()));
    answer.flag(metadata.is_some_and(|metadata| metadata.basic_only));
    answer.number(progress.deadline_ms);
    answer.number(progress.place.into());
    answer.text(&progress.redirected_to);
    answer.number(progress.redirects.into());
    answer.flag(progress.platform_follows);
    answer.number(progress.tries.into());
    answer.flag(progress.is_logging_in);
    answer.flag(progress.is_cached);
    answer.flag(progress.was_renewed);
    answer.number(call.log.lines.len() as i64);
    for (level, line) in &call.log.lines {
        answer.text(if *level == Level::Info { "info" } else { "debug" });
        answer.text(line);
    }
    match &next {
        Next::Send | Next::Login => {}
        Next::Wait(ms) => answer.number(*ms as i64),
        Next::Done(Ok(output)) => write_output(output, answer),
        Next::Done(Err(error)) => write_error(error, answer),
    }
    if let Some(request) = request {
        answer.text(&request.url);
        answer.text(request.method.as_str());
        answer.flag(request.follow_redirects);
        answer.flag(call.is_logged_in());
        answer.optional(request.body.as_deref());
        for (name, value) in &request.headers {
            answer.text(name);
            answer.text(value);
        }
    }
}

fn write_output(output: &Output, answer: &mut Answer) {
    match output {
        Output::Nothing => {}
        Output::AppPassword(found) => answer.optional(found.app_password.as_ref().map(Secret::expose)),
        Output::Status(BackgroundSyncStatus { has_access, credential_type, provisioned_at_s }) => {
            answer.flag(*has_access);
            answer.optional(credential_type.as_deref());
            answer.optional_number(provisioned_at_s.map(|seconds| seconds * 1000));
        }
        Output::Stored(stored) => {
            answer.flag(stored.partial_success);
            answer.optional(stored.message.as_deref());
        }
        Output::Users(ids) => ids.iter().for_each(|id| answer.text(id)),
        Output::Exists(exists) => answer.flag(*exists),
        Output::Server(server) => {
            answer.text(&server.version);
            answer.flag(server.maintenance);
            answer.flag(server.needs_upgrade);
            answer.optional_number(server.server_ms);
        }
        Output::Metadata(metadata) => answer.text(&metadata.token_endpoint),
        Output::Login { token, metadata } => {
            answer.text(token.access_token.expose());
            answer.optional_number(token.expires_at_ms);
            answer.text(&metadata.token_endpoint);
            answer.flag(metadata.basic_only);
        }
    }
}

fn write_error(error: &Error, answer: &mut Answer) {
    answer.text(&error.message);
    answer.text(error.code.as_str());
    answer.flag(error.retryable);
    answer.optional_number(error.status.map(i64::from));
    answer.optional_number(error.retry_after_ms.map(|ms| ms as i64));
    for field in [&error.oauth_error, &error.oauth_error_description, &error.server_message, &error.route] {
        answer.optional(field.as_deref());
    }
}

/// Goes on from what the last call showed, if there was one, to what is to be asked next.
fn diagnose(setup: Setup, fields: &mut Fields<'_>, answer: &mut Answer) {
    let now_ms = fields.number();
    let mut diagnosis = Diagnosis::at(Rc::new(setup), fields.small(), fields.number(), fields.flag());
    if let "" = fields.text() {
        let message = fields.owned();
        let code = fields.owned();
        let failure = Failure { code, message, retryable: fields.flag() };
        let seen = Seen {
            failure: Some(failure).filter(|failure| !failure.code.is_empty()),
            text: fields.owned(),
            maintenance: fields.flag(),
            needs_upgrade: fields.flag(),
            server_ms: integer(fields.text()),
        };
        diagnosis.take(seen, now_ms);
    }
    let operation = diagnosis.next(now_ms);
    let number = operation.and_then(|operation| OPERATIONS.iter().position(|one| *one == operation));
    answer.optional_number(number.map(|number| number as i64));
    answer.number(diagnosis.stage as i64);
    answer.number(diagnosis.begun_ms);
    answer.flag(diagnosis.has_login);
    for check in &diagnosis.checks {
        answer.text(check.name);
        answer.text(match check.passed {
            Some(true) => "true",
            Some(false) => "false",
            None => "null",
        });
        answer.text(&check.seen);
        answer.optional(check.to_do.as_deref());
    }
}
