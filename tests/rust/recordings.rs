//! What a real Nextcloud answered; see tests/nextcloud/recordings.

use serde_json::Value;

use crate::transport::Answer;

pub struct Exchange {
    pub case: String,
    pub method: String,
    /// With the query.
    pub path: String,
    pub request_headers: Vec<(String, String)>,
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

pub fn all() -> Vec<Exchange> {
    let exchanges: Value =
        serde_json::from_str(include_str!("../nextcloud/recordings/exchanges.json")).expect("the recordings are JSON");
    exchanges.as_array().expect("a list").iter().map(Exchange::read).collect()
}

pub fn find(case: &str) -> Exchange {
    all().into_iter().find(|exchange| exchange.case == case).unwrap_or_else(|| panic!("no recording is called {case}"))
}

/// The answer that was recorded under this name.
pub fn recorded(case: &str) -> Answer {
    find(case).answer()
}

impl Exchange {
    fn read(exchange: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let headers = |of: &Value| {
            of["headers"].as_array().expect("a list").iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
        };
        let (request, response) = (&exchange["request"], &exchange["response"]);
        Exchange {
            case: text(&exchange["case"]),
            method: text(&request["method"]),
            path: text(&request["path"]),
            request_headers: headers(request),
            status: text(&response["status"])
                .split(' ')
                .nth(1)
                .and_then(|code| code.parse().ok())
                .expect("a status line"),
            headers: headers(response),
            body: text(&response["body"]),
        }
    }

    pub fn request_header(&self, name: &str) -> Option<&str> {
        header(&self.request_headers, name)
    }

    pub fn response_header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The server that answered.
    pub fn origin(&self) -> String {
        format!("http://{}", self.request_header("host").expect("a host"))
    }

    pub fn answer(&self) -> Answer {
        let content_type = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("content-type");
        let kind = self.headers.iter().find(content_type).map_or("", |(_, value)| value);
        let others = self.headers.iter().filter(|pair| !content_type(pair));
        others
            .fold(Answer::new(self.status, kind, self.body.clone()), |answer, (name, value)| answer.header(name, value))
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}
