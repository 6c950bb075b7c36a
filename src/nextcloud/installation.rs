use crate::http::{Method, Request};

const INDEX_PHP: &str = "/index.php";

/// Where a Nextcloud is: an address without a slash at its end, and with `/index.php` where URLs are not rewritten.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Installation {
    host: String,
}

impl Installation {
    pub(crate) fn new(host: impl Into<String>) -> Self {
        Installation { host: host.into() }
    }

    /// As it was given.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The address of the installation itself: files such as `status.php` and the OCS API are no routes below `index.php`.
    fn root(&self) -> &str {
        self.host.strip_suffix(INDEX_PHP).unwrap_or(&self.host)
    }

    pub(crate) fn is_below_index_php(&self) -> bool {
        self.root() != self.host
    }

    /// The form of the address that works without URL rewriting.
    pub(crate) fn below_index_php(&self) -> Self {
        Installation { host: [self.root(), INDEX_PHP].concat() }
    }

    /// A route of Astrolabe's.
    pub(super) fn astrolabe(&self, method: Method, path: &str) -> Request {
        api_request(method, [&self.host, "/apps/astrolabe/api/v1/background-sync/", path].concat())
    }

    /// A route of the user directory, OCS v2. (v1 answers failures with status 200.)
    pub(super) fn users(&self, path: &str) -> Request {
        api_request(Method::Get, [self.root(), "/ocs/v2.php/cloud/users", path].concat())
    }

    pub(super) fn file(&self, name: &str) -> Request {
        Request::new(Method::Get, [self.root(), "/", name].concat())
    }

    pub(crate) fn discovery(&self) -> String {
        [&self.host, "/.well-known/openid-configuration"].concat()
    }
}

/// Without `OCS-APIRequest` Nextcloud takes the request for a forged one and answers 412.
fn api_request(method: Method, url: String) -> Request {
    Request::new(method, url).with_header("OCS-APIRequest", "true")
}
