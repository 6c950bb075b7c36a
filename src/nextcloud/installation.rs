use super::UserId;
use crate::http::{Method, Request};
use crate::url::Url;

const INDEX_PHP: &str = "/index.php";

/// What follows the address of an installation in those of its pages and of WebDAV.
const PAGES: [&str; 4] = ["/remote.php", "/status.php", "/apps/dashboard", "/apps/files"];

/// The address of the installation where `address` is that of one of its pages, copied out of a browser or a WebDAV client.
pub(crate) fn without_page(address: &str) -> &str {
    const SHORTEST_ORIGIN: usize = "http://a".len();
    let end_of = |part: &str| {
        let is_at = |at: &usize| address.get(*at..).is_some_and(|rest| rest.starts_with(part));
        let at = (SHORTEST_ORIGIN..address.len()).find(is_at)?;
        let after = at + part.len();
        matches!(address.as_bytes().get(after), None | Some(b'/')).then_some((at, after))
    };
    let page = PAGES.into_iter().filter_map(end_of).map(|(at, _)| at);
    let index_php = end_of(INDEX_PHP).map(|(_, after)| after);
    let end = page.chain(index_php).min().unwrap_or(address.len());
    address.get(..end).unwrap_or(address)
}

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

    /// Astrolabe's route by which administrators give and take a user's access.
    pub(super) fn user_provisioning(&self, method: Method, user_id: &UserId) -> Request {
        self.astrolabe(method, &["admin/users/", &user_id.segment()].concat())
    }

    /// A route of the OCS API, v2. (v1 answers failures with status 200.)
    pub(super) fn ocs(&self, path: &str) -> Request {
        api_request(Method::Get, [self.root(), "/ocs/v2.php", path].concat())
    }

    /// A route of the user directory.
    pub(super) fn users(&self, path: &str) -> Request {
        self.ocs(&["/cloud/users", path].concat())
    }

    pub(super) fn file(&self, name: &str) -> Request {
        Request::new(Method::Get, [self.root(), "/", name].concat())
    }

    /// Where its own provider's metadata is. A web server that is set up as the manual says leads from the well-known address
    /// of the domain to the one below `index.php`, but not from that of a folder.
    pub(crate) fn discovery(&self) -> Vec<String> {
        let is_in_folder = Url::parse(&self.host).is_some_and(|url| url.has_path()) && !self.is_below_index_php();
        let below = is_in_folder.then(|| self.below_index_php().host);
        let hosts = [self.host.clone()].into_iter().chain(below);
        hosts.map(|host| [&host, "/.well-known/openid-configuration"].concat()).collect()
    }
}

/// Without `OCS-APIRequest` Nextcloud takes the request for a forged one and answers 412.
fn api_request(method: Method, url: String) -> Request {
    Request::new(method, url).with_header("OCS-APIRequest", "true")
}

#[cfg(test)]
mod tests {
    use super::without_page;

    #[test]
    fn a_page_is_not_the_address() {
        let pages = ["", "/remote.php/dav/files/admin", "/status.php", "/apps/dashboard", "/apps/files/favorites"];
        for base in ["https://a", "https://a/nextcloud", "https://a:8443/apps/nextcloud"] {
            for page in pages {
                assert_eq!(without_page(&[base, page].concat()), base, "{page}");
            }
            for page in ["", "/login", "/apps/files", "/apps/dashboard"] {
                let below = [base, "/index.php"].concat();
                assert_eq!(without_page(&[&below, page].concat()), below, "{page}");
            }
        }
        for address in ["https://a/apps/filesharing", "https://a/index.phpx", "https://status.php"] {
            assert_eq!(without_page(address), address);
        }
    }
}
