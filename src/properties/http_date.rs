use std::time::{Duration, UNIX_EPOCH};

use httpdate::{fmt_http_date, parse_http_date};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::{cases, text};
use crate::http::Response;
use crate::platform::UnixTime;

/// The last second of the year 9999.
const MAX_S: u64 = 253_402_300_799;

fn parse_ms(date: &str) -> Option<i64> {
    let headers = vec![("date", date.to_string())];
    let response = Response { status: 200, url: String::new(), headers, body: String::new() };
    response.date().map(UnixTime::as_millis)
}

fn written(second: u64) -> String {
    fmt_http_date(UNIX_EPOCH + Duration::from_secs(second))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_date_that_httpdate_writes_is_read(second in prop_oneof![0..=MAX_S, 1_700_000_000..2_000_000_000u64]) {
        prop_assert_eq!(parse_ms(&written(second)), Some(second as i64 * 1000));
    }

    #[test]
    fn what_httpdate_reads_is_the_same_here(second in 0..=MAX_S, at: Index, byte in "[ -~]") {
        let mut text = written(second);
        let at = at.index(text.len());
        text.replace_range(at..=at, &byte);
        if let Ok(time) = parse_http_date(&text) {
            let ms = time.duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as i64;
            prop_assert_eq!(parse_ms(&text), Some(ms), "{}", text);
        }
    }

    #[test]
    fn what_is_read_is_written_so_by_httpdate(
        day in 0..33u8, month in "Jan|Feb|Dec|jan|anF", year in 1969..2500u16, (hour, minute, second) in (0..26u8, 0..62u8, 0..62u8),
    ) {
        let date = format!("{day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT");
        let is_date = (1..=31).contains(&day) && ["Jan", "Feb", "Dec"].contains(&month.as_str()) && hour < 24 && minute < 60 && second < 61;
        let found = parse_ms(&format!("Xyz, {date}"));
        prop_assert_eq!(found.is_some(), is_date, "{}", date);
        // The last days of a short month are the first of the next, and so is a leap second; httpdate begins in 1970.
        if let (Some(ms), 1..=28, ..=59, 1970..) = (found, day, second, year) {
            let same = written(ms as u64 / 1000);
            prop_assert_eq!(&same[5..], date);
        }
    }

    #[test]
    fn anything_else_is_no_date(characters in vec(any::<char>(), 0..40), text in text()) {
        prop_assert_eq!(parse_ms(&String::from_iter(characters)), None);
        prop_assert_eq!(parse_ms(&text), None);
    }
}
