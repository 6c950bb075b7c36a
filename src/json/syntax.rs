//! Whether a text is JSON (RFC 8259).

/// Whether `text` is one valid JSON object.
pub(super) fn is_object(text: &str) -> bool {
    let mut reader = Reader { text, at: 0 };
    reader.peek() == Some(b'{') && reader.nested().is_some() && reader.peek().is_none()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    /// The next byte that is not white space, which stays where it is.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn literal(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    /// An array or an object with all that is in it; a loop, because the text decides how deep it goes.
    fn nested(&mut self) -> Option<()> {
        // What closes each of those that are open.
        let mut open = Vec::new();
        loop {
            // Here a value is due.
            match self.peek()? {
                first @ (b'{' | b'[') => {
                    self.at += 1;
                    let close = if first == b'{' { b'}' } else { b']' };
                    open.push(close);
                    if self.peek()? != close {
                        if first == b'{' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                _ => {
                    self.scalar()?;
                }
            }
            // Here a value has ended.
            loop {
                let close = *open.last()?;
                let next = self.peek()?;
                if next == close {
                    self.at += 1;
                    open.pop();
                    if open.is_empty() {
                        return Some(());
                    }
                } else if next == b',' {
                    self.at += 1;
                    if close == b'}' {
                        self.key()?;
                    }
                    break;
                } else {
                    return None;
                }
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.string()?;
        self.expect(b':')
    }

    fn scalar(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string(),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            _ => self.number(),
        }
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.text.as_bytes().get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn skip_if(&mut self, bytes: &[u8]) -> bool {
        let found = self.text.as_bytes().get(self.at).is_some_and(|byte| bytes.contains(byte));
        self.at += usize::from(found);
        found
    }

    fn number(&mut self) -> Option<()> {
        self.skip_if(b"-");
        if !self.skip_if(b"0") {
            self.digits()?;
        }
        if self.skip_if(b".") {
            self.digits()?;
        }
        if self.skip_if(b"eE") {
            self.skip_if(b"+-");
            self.digits()?;
        }
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        self.expect(b'"')?;
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            self.at += 1;
            match byte {
                b'"' => return Some(()),
                b'\\' => self.escape()?,
                0..=0x1f => return None,
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        let escape = *self.text.as_bytes().get(self.at)?;
        self.at += 1;
        if escape == b'u' {
            let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
            self.at += 4;
            return digits.iter().all(u8::is_ascii_hexdigit).then_some(());
        }
        b"\"\\/bfnrt".contains(&escape).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_objects() {
        for text in ["{}", " { } ", r#"{"a":[1,-2.5e+3,{"b":"\u00fc\n\/"}],"c":null,"d":true,"e":false}"#] {
            assert!(is_object(text), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_json_object() {
        for text in [
            "",
            " ",
            "null",
            "[]",
            "\"a\"",
            "{",
            "}",
            "{}x",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{,}",
            "{\"a\":1 \"b\":2}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":.5}",
            "{\"a\":1e}",
            "{\"a\":+1}",
            "{\"a\":NaN}",
            "{\"a\":tru}",
            "{\"a\":[1,]}",
            "{\"a\":[1 2]}",
            "{\"a\":[}",
            "{\"a\":\"\t\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12\"}",
            "{\"a\":\"\\u+123\"}",
            "{\"a\":\"b",
            "<!DOCTYPE html>",
            "{\"a\":1}{}",
        ] {
            assert!(!is_object(text), "{text}");
        }
    }

    #[test]
    fn depth_does_not_matter() {
        let nested =
            |depth: usize| ["{\"a\":".to_string(), "[".repeat(depth), "]".repeat(depth), "}".to_string()].concat();
        assert!(is_object(&nested(10_000)));
        assert!(!is_object(&"{\"a\":".repeat(100_000)));
    }
}
