//! `GET /ocs/v2.php/cloud/capabilities`

use super::reply::member;
use super::{Endpoint, Installation, Reply};
use crate::error::ErrorKind;
use crate::http::Request;
use crate::json::{Array, Object, Value};

/// What Astrolabe lets services index, for the account that asks.
pub(crate) struct GetSearchCapabilities;

/// What a service may index for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchCapabilities {
    /// The kinds of documents that may be indexed, such as `file`: of the apps that this account has, those that administrators
    /// and the account itself have not ruled out.
    pub enabled_doc_types: Vec<String>,
    /// Of each app that this account has.
    pub sources: Vec<SearchSource>,
}

/// An app whose documents can be indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchSource {
    /// Its name, such as `files`.
    pub app: String,
    /// The kinds of documents that it has.
    pub doc_types: Vec<String>,
    /// Whether it may be indexed.
    pub is_enabled: bool,
}

const CAPABILITIES: &str = "ocs.data.capabilities";
const SEARCH: &str = "semantic_search";

impl Endpoint for GetSearchCapabilities {
    /// `None` where Astrolabe says nothing: to nobody that is logged in, and as an older one.
    type Answer = Option<SearchCapabilities>;

    fn request(&self, at: &Installation) -> Request {
        at.ocs("/cloud/capabilities")
    }

    fn read(&self, reply: &Reply<'_>) -> Result<Self::Answer, ErrorKind> {
        let answer = reply.ocs()?;
        let data = answer.object("ocs").and_then(|ocs| ocs.object("data"));
        let capabilities = data.and_then(|data| data.get("capabilities"));
        let of_astrolabe = match capabilities {
            Some(Value::Object(capabilities)) => member(capabilities, "astrolabe"),
            // PHP's way to write that there are none.
            Some(Value::Array(_)) => None,
            _ => return Err(ErrorKind::UnexpectedField(CAPABILITIES)),
        };
        match of_astrolabe {
            Some(Value::Object(astrolabe)) => member(astrolabe, SEARCH).map(read_search).transpose(),
            Some(Value::Array(_)) | None => Ok(None),
            Some(_) => Err(ErrorKind::UnexpectedField("astrolabe")),
        }
    }
}

fn read_search(search: Value<'_>) -> Result<SearchCapabilities, ErrorKind> {
    let Value::Object(search) = search else { return Err(ErrorKind::UnexpectedField(SEARCH)) };
    let sources = array(search, "sources")?.items().map(|source| match source {
        Value::Object(source) => Ok(SearchSource {
            app: source.text("app").ok_or(ErrorKind::UnexpectedField("app"))?,
            doc_types: texts(source, "doc_types")?,
            is_enabled: match source.get("enabled") {
                Some(Value::Bool(is_enabled)) => is_enabled,
                _ => return Err(ErrorKind::UnexpectedField("enabled")),
            },
        }),
        _ => Err(ErrorKind::UnexpectedField("sources")),
    });
    Ok(SearchCapabilities {
        enabled_doc_types: texts(search, "enabled_doc_types")?,
        sources: sources.collect::<Result<_, _>>()?,
    })
}

fn array<'a>(of: Object<'a>, name: &'static str) -> Result<Array<'a>, ErrorKind> {
    of.array(name).ok_or(ErrorKind::UnexpectedField(name))
}

fn texts(of: Object<'_>, name: &'static str) -> Result<Vec<String>, ErrorKind> {
    let text = |item| match item {
        Value::Text(text) => Ok(text.decode()),
        _ => Err(ErrorKind::UnexpectedField(name)),
    };
    array(of, name)?.items().map(text).collect()
}
