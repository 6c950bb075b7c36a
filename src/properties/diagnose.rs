use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::config;
use super::questions::{Outcome, Question};
use crate::exchange::{action, Field};

const CHECKS: [&str; 11] = [
    "server",
    "version",
    "maintenance",
    "clock",
    "discovery",
    "grant",
    "token",
    "url_rewriting",
    "astrolabe",
    "login",
    "admin",
];

proptest! {
    #![proptest_config(config())]

    /// Each call fails in one way or another, or brings something.
    #[test]
    fn however_the_calls_end_every_check_is_made_once(
        way_in in select(vec!["client", "accessToken", "function", "password"]),
        codes in vec(
            prop_oneof![
                3 => Just(""),
                2 => select(vec!["app_not_available", "unauthorized", "forbidden", "grant_not_supported"]),
                1 => select(vec!["network", "timeout", "server_error", "unexpected_response", "discovery_failed", "rate_limited"]),
            ],
            8,
        ),
        host in select(vec!["https://a.example", "https://a.example/index.php"]),
        (maintenance, upgrade) in any::<(bool, bool)>(),
        server_ms in prop::option::of(-8_640_000_000_000_000..8_640_000_000_000_000i64),
    ) {
        let flag = |is: bool| if is { "1" } else { "" };
        let base = Question::new().with(Field::WayIn, way_in).with(Field::NextcloudHost, host);
        let base = base.with(Field::InMaintenance, flag(maintenance)).with(Field::NeedsUpgrade, flag(upgrade));
        let base = base.with(Field::BegunMs, "1795422076000").with(Field::NowMs, "1795422076500").with(Field::Seen, "32.0.1");
        let base = base.with(Field::ServerMs, server_ms.map_or(String::new(), |ms| ms.to_string()));
        let (mut checks, mut question, mut is_over) = (Vec::new(), base.clone(), false);
        for code in codes {
            let mut fields = Outcome::read(&question.ask(action::DIAGNOSE, "")).fields();
            let has_no_login = fields.pop().expect("whether there is a login");
            let next = fields.pop().expect("what is next");
            prop_assert_eq!(fields.len() % 4, 0);
            checks.extend(fields.chunks_exact(4).map(<[String]>::to_vec));
            is_over = next == " ";
            if is_over {
                break;
            }
            let message = if code.is_empty() { "" } else { "what went: wrong: what to do" };
            question = base.clone().with(Field::Operation, next).with(Field::HasNoLogin, has_no_login).with(Field::Code, code);
            question = question.with(Field::Message, message);
        }
        prop_assert!(is_over, "it goes on and on");
        let mut names: Vec<&str> = checks.iter().map(|check| check[0].as_str()).collect();
        names.sort_unstable();
        let mut expected = CHECKS;
        expected.sort_unstable();
        prop_assert_eq!(names, expected);
        for check in checks {
            prop_assert!(["true", "false", "null"].contains(&check[1].as_str()));
            prop_assert!(!check[2].is_empty(), "{check:?}");
            prop_assert_eq!(check[3].is_empty(), check[1] != "false", "{:?}", check);
        }
    }
}
