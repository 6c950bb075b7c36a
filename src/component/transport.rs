//! One request by `wasi:http`.

use std::rc::Rc;

use super::bindings::wasi::http::outgoing_handler::handle;
use super::bindings::wasi::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest, Scheme,
};
use super::bindings::wasi::io::streams::{OutputStream, StreamError};
use super::executor::Ready;
use super::Wasi;
use crate::http::{self, headers_of, text_of, Request, Response, USER_AGENT};
use crate::platform::{Cause, Transport, TransportError};
use crate::text::{decimal, path_segment};
use crate::url::Url;

/// How much is asked for at a time.
const PART_BYTES: usize = 16 * 1024;

impl Transport for Wasi {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let failed = |code| network(None, code);
        let outgoing = outgoing_request(&request).map_err(|()| failed(Some(ErrorCode::HttpRequestUriInvalid)))?;
        let body = outgoing.body().map_err(|()| failed(None))?;
        let future = handle(outgoing, None).map_err(|code| failed(Some(code)))?;
        // A failure here is one of the answer, which says more.
        if write(&body, request.body.as_deref().unwrap_or("").as_bytes()).await.is_ok() {
            let _ = OutgoingBody::finish(body, None);
        }
        drop(request);
        Ready::new(future.subscribe()).await;
        let answer = future.get().and_then(Result::ok).ok_or_else(|| failed(None))?;
        self.read(&answer.map_err(|code| failed(Some(code)))?).await
    }

    fn reason(&self, cause: &Cause) -> Option<String> {
        // In capitals, as the platforms of the other faces name theirs.
        cause.downcast_ref::<ErrorCode>().map(|code| name(code).to_ascii_uppercase())
    }
}

fn network(status: Option<u16>, code: Option<ErrorCode>) -> TransportError {
    TransportError::Network { status, cause: code.map(|code| Rc::new(code) as Cause) }
}

fn outgoing_request(request: &Request) -> Result<OutgoingRequest, ()> {
    let url = Url::parse(&request.url).ok_or(())?;
    let headers = Fields::new();
    let set = |name: &str, value: &str| headers.append(name, value.as_bytes()).map_err(drop);
    for (name, value) in &request.headers {
        set(name, value)?;
    }
    set("User-Agent", USER_AGENT)?;
    // Without it what is no GET would be sent in chunks, which not every server in front of PHP takes.
    if request.method != http::Method::Get {
        set("Content-Length", &decimal(request.body.as_ref().map_or(0, String::len) as u64))?;
    }
    let outgoing = OutgoingRequest::new(headers);
    outgoing.set_method(&match request.method {
        http::Method::Get => Method::Get,
        http::Method::Post => Method::Post,
        http::Method::Delete => Method::Delete,
    })?;
    outgoing.set_scheme(Some(if url.is_https { &Scheme::Https } else { &Scheme::Http }))?;
    // "https://a:" is an address as well.
    outgoing.set_authority(Some(url.authority().trim_end_matches(':')))?;
    outgoing.set_path_with_query(Some(&in_ascii(url.path_and_query())))?;
    Ok(outgoing)
}

/// As `fetch` writes it on its way.
fn in_ascii(path: &str) -> String {
    let mut out = String::new();
    if !path.starts_with('/') {
        out.push('/');
    }
    for character in path.chars() {
        // The path percent-encode set of the URL standard; what it has besides, no URL here holds.
        match character.is_ascii() && !matches!(character, '"' | '<' | '>' | '^' | '`' | '{' | '}') {
            true => out.push(character),
            false => out.push_str(&path_segment(character.encode_utf8(&mut [0; 4]))),
        }
    }
    out
}

async fn write(body: &OutgoingBody, mut bytes: &[u8]) -> Result<(), StreamError> {
    let Ok(stream) = body.write() else { return Err(StreamError::Closed) };
    while !bytes.is_empty() {
        let room = ready_to_write(&stream).await?;
        let (part, rest) = bytes.split_at(bytes.len().min(room));
        stream.write(part)?;
        bytes = rest;
    }
    stream.flush()?;
    ready_to_write(&stream).await?;
    Ok(())
}

async fn ready_to_write(stream: &OutputStream) -> Result<usize, StreamError> {
    loop {
        let room = stream.check_write()?;
        if room > 0 {
            return Ok(usize::try_from(room).unwrap_or(usize::MAX));
        }
        Ready::new(stream.subscribe()).await;
    }
}

impl Wasi {
    async fn read(&self, answer: &IncomingResponse) -> Result<Response, TransportError> {
        let status = answer.status();
        let fields = answer.headers();
        let value = |name: &str| fields.get(name).into_iter().next().and_then(|value| String::from_utf8(value).ok());
        let headers = headers_of(status).iter().filter_map(|&name| Some((name, value(name)?))).collect();
        let body = answer.consume().map_err(|()| network(Some(status), None))?;
        let body = self.read_body(&body, status).await?;
        Ok(Response { status, url: String::new(), headers, body })
    }

    /// Counted: what headers say of the length need not be so.
    async fn read_body(&self, body: &IncomingBody, status: u16) -> Result<String, TransportError> {
        let stream = body.stream().map_err(|()| network(Some(status), None))?;
        let max_response_bytes = self.max_response_bytes;
        let mut bytes = Vec::new();
        let mut counted = 0;
        loop {
            Ready::new(stream.subscribe()).await;
            match stream.read(PART_BYTES as u64) {
                // What is empty counts, too: there may be no end of it.
                Ok(part) => {
                    counted += part.len().max(1);
                    bytes.extend_from_slice(&part);
                }
                Err(StreamError::Closed) => return Ok(text_of(bytes)),
                // Not asked for its `error-code`: that of a broken connection is none in some hosts (jco), which then trap.
                Err(StreamError::LastOperationFailed(_)) => return Err(network(Some(status), None)),
            }
            if counted > max_response_bytes as usize {
                return Err(TransportError::TooLarge { status, max_response_bytes });
            }
        }
    }
}

/// As WASI names it; what hosts say beside it may be anything.
pub(super) fn name(code: &ErrorCode) -> &'static str {
    match code {
        ErrorCode::DnsTimeout => "DNS-timeout",
        ErrorCode::DnsError(_) => "DNS-error",
        ErrorCode::DestinationNotFound => "destination-not-found",
        ErrorCode::DestinationUnavailable => "destination-unavailable",
        ErrorCode::DestinationIpProhibited => "destination-IP-prohibited",
        ErrorCode::DestinationIpUnroutable => "destination-IP-unroutable",
        ErrorCode::ConnectionRefused => "connection-refused",
        ErrorCode::ConnectionTerminated => "connection-terminated",
        ErrorCode::ConnectionTimeout => "connection-timeout",
        ErrorCode::ConnectionReadTimeout => "connection-read-timeout",
        ErrorCode::ConnectionWriteTimeout => "connection-write-timeout",
        ErrorCode::ConnectionLimitReached => "connection-limit-reached",
        ErrorCode::TlsProtocolError => "TLS-protocol-error",
        ErrorCode::TlsCertificateError => "TLS-certificate-error",
        ErrorCode::TlsAlertReceived(_) => "TLS-alert-received",
        ErrorCode::HttpRequestDenied => "HTTP-request-denied",
        ErrorCode::HttpRequestLengthRequired => "HTTP-request-length-required",
        ErrorCode::HttpRequestBodySize(_) => "HTTP-request-body-size",
        ErrorCode::HttpRequestMethodInvalid => "HTTP-request-method-invalid",
        ErrorCode::HttpRequestUriInvalid => "HTTP-request-URI-invalid",
        ErrorCode::HttpRequestUriTooLong => "HTTP-request-URI-too-long",
        ErrorCode::HttpRequestHeaderSectionSize(_) => "HTTP-request-header-section-size",
        ErrorCode::HttpRequestHeaderSize(_) => "HTTP-request-header-size",
        ErrorCode::HttpRequestTrailerSectionSize(_) => "HTTP-request-trailer-section-size",
        ErrorCode::HttpRequestTrailerSize(_) => "HTTP-request-trailer-size",
        ErrorCode::HttpResponseIncomplete => "HTTP-response-incomplete",
        ErrorCode::HttpResponseHeaderSectionSize(_) => "HTTP-response-header-section-size",
        ErrorCode::HttpResponseHeaderSize(_) => "HTTP-response-header-size",
        ErrorCode::HttpResponseBodySize(_) => "HTTP-response-body-size",
        ErrorCode::HttpResponseTrailerSectionSize(_) => "HTTP-response-trailer-section-size",
        ErrorCode::HttpResponseTrailerSize(_) => "HTTP-response-trailer-size",
        ErrorCode::HttpResponseTransferCoding(_) => "HTTP-response-transfer-coding",
        ErrorCode::HttpResponseContentCoding(_) => "HTTP-response-content-coding",
        ErrorCode::HttpResponseTimeout => "HTTP-response-timeout",
        ErrorCode::HttpUpgradeFailed => "HTTP-upgrade-failed",
        ErrorCode::HttpProtocolError => "HTTP-protocol-error",
        ErrorCode::LoopDetected => "loop-detected",
        ErrorCode::ConfigurationError => "configuration-error",
        ErrorCode::InternalError(_) => "internal-error",
    }
}
