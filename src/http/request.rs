use std::borrow::Cow;

use zeroize::Zeroize;

use crate::url::without_query;

/// The methods that this client uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Asks for a token, stores, revokes.
    Post,
    /// Takes away what another has.
    Delete,
}

impl Method {
    /// As it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        }
    }
}

/// What to send. Has no `Debug`, because headers and body hold secrets; they are cleared when it is dropped, which is best done
/// as soon as it is on its way.
pub struct Request {
    /// How.
    pub method: Method,
    /// Where to: absolute, `http` or `https`.
    pub url: String,
    /// Names and values. No name is there twice.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// Of the type that `Content-Type` among the headers names.
    pub body: Option<String>,
    /// Whether the platform itself follows redirects. Only for discovery, and only where the platform does not let
    /// a program read a redirect (browsers).
    pub follow_redirects: bool,
    /// Whether sending it twice does no more than sending it once.
    pub(crate) is_repeatable: bool,
    /// Whether it carries the password of an account, of which wrong ones are counted.
    pub(crate) sends_password: bool,
}

impl Request {
    pub(crate) fn new(method: Method, url: String) -> Self {
        Request {
            method,
            url,
            headers: vec![("Accept", "application/json".into())],
            body: None,
            follow_redirects: false,
            is_repeatable: method == Method::Get,
            sends_password: false,
        }
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.set_header(name, value.into());
        self
    }

    /// Takes the place of one of the same name.
    pub(crate) fn set_header(&mut self, name: &'static str, value: Cow<'static, str>) {
        match self.headers.iter_mut().find(|(header, _)| *header == name) {
            Some((_, before)) => clear(&mut core::mem::replace(before, value)),
            None => self.headers.push((name, value)),
        }
    }

    pub(crate) fn with_body(self, content_type: &'static str, body: String) -> Self {
        let mut request = self.with_header("Content-Type", content_type);
        request.body = Some(body);
        request
    }

    pub(crate) fn with_redirects(mut self, follow_redirects: bool) -> Self {
        self.follow_redirects = follow_redirects;
        self
    }

    pub(crate) fn route(&self) -> String {
        route(self.method, &self.url)
    }
}

/// A request, as errors name it: method and URL without query.
pub(crate) fn route(method: Method, url: &str) -> String {
    [method.as_str(), " ", without_query(url)].concat()
}

fn clear(value: &mut Cow<'static, str>) {
    if let Cow::Owned(value) = value {
        value.zeroize();
    }
}

impl Drop for Request {
    #[inline(never)]
    fn drop(&mut self) {
        self.headers.iter_mut().for_each(|(_, value)| clear(value));
        self.body.zeroize();
    }
}
