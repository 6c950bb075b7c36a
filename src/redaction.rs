//! What may be shown of a text that a server wrote.

use crate::secret::Secret;
use crate::text::{contains, encode_base64, every, hex, shortened, without_trailing};
use crate::url::Url;

/// A secret of fewer letters stands in texts by chance: an address, the name of a kind.
const TELLING_LENGTH: usize = 6;

/// A name that a program gives to something may be part of a password by chance, and of a parameter by intent.
const TELLING_LENGTH_OF_NAMES: usize = 20;

/// How often over a text may be encoded.
const MOST_ENCODINGS: usize = 3;

/// What is shown of a text, and what a secret that begins in that can take up in any encoding: all that is looked at of it.
const WINDOW_BYTES: usize = 1_024;

const REDACTED: &str = "[redacted]";

/// What was sent, or could have been sent, and that nobody gets to see.
pub(crate) struct Secrets {
    credentials: Vec<Secret>,
    /// Of the token request. Some are secrets; most name something that an address may name, too.
    parameters: Vec<Secret>,
}

impl Secrets {
    /// None of those that are empty is looked for.
    pub(crate) fn new(credentials: Vec<Secret>, parameters: Vec<Secret>) -> Self {
        Secrets { credentials, parameters }
    }

    /// These, too.
    pub(crate) fn with(mut self, more: &[Secret]) -> Self {
        self.credentials.extend_from_slice(more);
        self
    }

    /// `text` in one line that is not endless; nothing of it where it repeats a secret.
    pub(crate) fn shown(&self, text: &str) -> String {
        let shown = shortened(text);
        let mut forms = forms(window(text));
        // As it is shown, too: there a line break is a blank.
        if shown != text {
            forms.extend(self::forms(&shown));
        }
        if self.to_be_hidden().any(|sought| sought.is_in(&forms)) {
            REDACTED.to_string()
        } else {
            shown
        }
    }

    /// The same for two that are shown beside each other, each with a part of the secret, it may be.
    pub(crate) fn shown_beside(&self, one: &str, other: &str) -> [String; 2] {
        let shown = [self.shown(one), self.shown(other)];
        let together = forms(&[window(one), window(other)].concat());
        if self.to_be_hidden().any(|sought| sought.is_in(&together)) || shown.iter().any(|shown| shown == REDACTED) {
            [one, other].map(|text| if text.is_empty() { String::new() } else { REDACTED.to_string() })
        } else {
            shown
        }
    }

    /// Whether an address repeats a secret. A part of one may stand there by chance, and nobody could log in then.
    pub(crate) fn are_in_address(&self, text: &str) -> bool {
        let parameters = self.parameters.iter().filter(|value| !is_name(value.expose()));
        let credentials = self.credentials.iter().filter(|value| value.expose().len() >= TELLING_LENGTH);
        are_in(credentials.chain(parameters), text)
    }

    /// The same for what a program takes for a name of a few letters.
    pub(crate) fn are_in_kind(&self, text: &str) -> bool {
        let telling = |secret: &&Secret| secret.expose().len() >= TELLING_LENGTH_OF_NAMES;
        // No encoding is shorter than what it encodes.
        text.len() >= TELLING_LENGTH_OF_NAMES
            && are_in(self.credentials.iter().chain(&self.parameters).filter(telling), text)
    }

    fn to_be_hidden(&self) -> impl Iterator<Item = Sought<'_>> {
        let part_of = |value: &Secret| if is_name(value.expose()) { Part::Whole } else { Part::Any };
        let parameters = self.parameters.iter().map(move |secret| Sought { secret, part: part_of(secret) });
        self.credentials.iter().map(|secret| Sought { secret, part: Part::Any }).chain(parameters)
    }
}

/// Whether `text` repeats one of these, as a whole.
fn are_in<'a>(mut secrets: impl Iterator<Item = &'a Secret>, text: &str) -> bool {
    let forms = forms(text);
    secrets.any(|secret| Sought { secret, part: Part::Whole }.is_in(&forms))
}

/// Whether a parameter of the token request names something, such as an audience, rather than that it is a secret: it is an
/// address, or is written as names are.
fn is_name(value: &str) -> bool {
    let is_of_names = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._:/-".contains(&byte);
    let has_punctuation = value.bytes().any(|byte| b"._:/-".contains(&byte));
    Url::parse(value).is_some_and(|url| !url.has_query_or_fragment())
        || value.len() < TELLING_LENGTH_OF_NAMES
        || (every(value, is_of_names) && (has_punctuation || value.len() < 32))
}

/// The beginning of a text, as far as it can matter for what is shown of it.
fn window(text: &str) -> &str {
    let mut end = text.len().min(WINDOW_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

/// A secret that is looked for.
struct Sought<'a> {
    secret: &'a Secret,
    part: Part,
}

/// How much of it.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Whole,
    /// So much that it tells: half of it, or of a long one some letters in a row. So it is found where it was cut off or split.
    Any,
}

impl Sought<'_> {
    /// Whether a text of these forms repeats it: as it is, or in an encoding in which one is sent or quoted.
    fn is_in(&self, forms: &[Form]) -> bool {
        let whole = self.secret.expose().as_bytes();
        let secret = without_padding(whole);
        if secret.is_empty() {
            return false;
        }
        let hex = hex(whole);
        let base64 = base64_forms(whole);
        forms.iter().any(|form| {
            self.part.is_in(&form.text, secret)
                || self.part.is_in(&form.lowercase, hex.as_bytes())
                || base64.iter().any(|base64| self.part.is_in(&form.standard_base64, base64.as_bytes()))
        })
    }
}

impl Part {
    fn is_in(self, text: &[u8], secret: &[u8]) -> bool {
        const PART: usize = 16;
        match secret.len() {
            0 => false,
            length if length < PART || self == Part::Whole => contains(text, secret),
            length if length < 4 * PART => secret.windows(length.div_ceil(2)).any(|part| stands_in(text, part)),
            _ => secret.chunks_exact(PART).any(|part| stands_in(text, part)),
        }
    }
}

/// As `contains`, for parts that are short and many.
fn stands_in(text: &[u8], part: &[u8]) -> bool {
    (0..text.len()).any(|at| text.get(at..).is_some_and(|rest| rest.starts_with(part)))
}

/// Base64 of a secret alone; and of one within something: by what stands before it, it begins at the first, second or third
/// letter of a group, and of its last bytes the letters depend on what follows.
fn base64_forms(secret: &[u8]) -> Vec<String> {
    /// In bytes: fewer stand in a text by chance.
    const SHORTEST_WITHIN: usize = 6;
    let within = (0..3).filter_map(|at| secret.get(at..)).filter_map(|rest| rest.get(..rest.len() / 3 * 3));
    let within = within.filter(|groups| groups.len() >= SHORTEST_WITHIN).map(encode_base64);
    let alone = without_trailing(b'=', &encode_base64(secret)).to_string();
    within.chain([alone]).collect()
}

/// Base64 may come back without its padding.
fn without_padding(mut secret: &[u8]) -> &[u8] {
    while let [start @ .., b'='] = secret {
        secret = start;
    }
    secret
}

/// A text with an encoding undone, and that once more as each thing is looked for in it.
struct Form {
    text: Vec<u8>,
    lowercase: Vec<u8>,
    /// In the alphabet of RFC 4648 §4, where it was that of §5.
    standard_base64: Vec<u8>,
}

impl Form {
    fn new(text: Vec<u8>) -> Self {
        let standard = |&byte: &u8| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        };
        Form { lowercase: text.to_ascii_lowercase(), standard_base64: text.iter().map(standard).collect(), text }
    }
}

/// `text`, and what it is with each encoding undone, and with all of them, as often as that changes it.
fn forms(text: &str) -> Vec<Form> {
    let text = text.as_bytes();
    const UNDONE: [Undo; 6] = [
        Undo { percent: true, ..NOTHING },
        Undo { percent: true, plus: true, ..NOTHING },
        Undo { entities: true, ..NOTHING },
        Undo { escapes: true, ..NOTHING },
        Undo { percent: true, plus: false, entities: true, escapes: true },
        Undo { percent: true, plus: true, entities: true, escapes: true },
    ];
    let mut forms = vec![Form::new(text.to_vec())];
    for undo in &UNDONE {
        let mut form = text.to_vec();
        for _ in 0..MOST_ENCODINGS {
            let decoded = undo.decode(&form);
            if decoded == form {
                break;
            }
            forms.push(Form::new(decoded.clone()));
            form = decoded;
        }
    }
    forms
}

/// What is undone in one go.
#[derive(Clone, Copy)]
struct Undo {
    percent: bool,
    /// A plus, which in a form is a blank.
    plus: bool,
    /// Of HTML.
    entities: bool,
    /// With a backslash, of JSON, JavaScript and PHP.
    escapes: bool,
}

const NOTHING: Undo = Undo { percent: false, plus: false, entities: false, escapes: false };

impl Undo {
    fn decode(&self, mut text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        while let Some((&first, after)) = text.split_first() {
            let undone = match first {
                b'%' if self.percent => byte_in_hex(after).map(|(byte, rest)| (Decoded::Byte(byte), rest)),
                b'+' if self.plus => Some((Decoded::Byte(b' '), after)),
                b'&' if self.entities => entity(after).map(|(character, rest)| (Decoded::Character(character), rest)),
                b'\\' if self.escapes => escape(after),
                _ => None,
            };
            let (decoded, rest) = undone.unwrap_or((Decoded::Byte(first), after));
            match decoded {
                Decoded::Byte(byte) => out.push(byte),
                Decoded::Character(character) => {
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
            text = rest;
        }
        out
    }
}

enum Decoded {
    Byte(u8),
    Character(char),
}

/// What follows a percent sign.
fn byte_in_hex(text: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, rest) = text.split_at_checked(2)?;
    Some((number(digits, 16)? as u8, rest))
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits.iter().try_fold(0, |number, &digit| {
        let digit = char::from(digit).to_digit(radix)?;
        // More than any character has, for good.
        Some((number * radix + digit).min(0x11_0000))
    })
}

/// What follows a backslash.
fn escape(text: &[u8]) -> Option<(Decoded, &[u8])> {
    let code = |text: &[u8], length| {
        let (digits, _) = text.split_at_checked(length)?;
        number(digits, 16)
    };
    let (&first, after) = text.split_first()?;
    let is = |character: u8| Some((Decoded::Byte(character), after));
    match first {
        b'n' => is(b'\n'),
        b'r' => is(b'\r'),
        b't' => is(b'\t'),
        b'b' => is(8),
        b'f' => is(12),
        b'0'..=b'7' => {
            let length = text.iter().take(3).take_while(|digit| matches!(digit, b'0'..=b'7')).count();
            let (digits, rest) = text.split_at_checked(length)?;
            Some((Decoded::Character(char::from_u32(number(digits, 8)?)?), rest))
        }
        b'x' => Some((Decoded::Character(char::from_u32(code(after, 2)?)?), after.get(2..)?)),
        b'u' if after.first() == Some(&b'{') => {
            let length = after.iter().take(8).position(|&byte| byte == b'}')?;
            Some((Decoded::Character(char::from_u32(number(after.get(1..length)?, 16)?)?), after.get(length + 1..)?))
        }
        b'u' => {
            let (first, rest) = (code(after, 4)?, after.get(4..)?);
            let low = rest.strip_prefix(b"\\u").and_then(|rest| code(rest, 4)).filter(|low| low & 0xfc00 == 0xdc00);
            match low {
                Some(low) if first & 0xfc00 == 0xd800 => {
                    let code = 0x10000 + ((first & 0x3ff) << 10) + (low & 0x3ff);
                    Some((Decoded::Character(char::from_u32(code)?), rest.get(6..)?))
                }
                _ => Some((Decoded::Character(char::from_u32(first)?), rest)),
            }
        }
        other => is(other),
    }
}

/// What follows an ampersand: the name of a character of ASCII, or a number.
fn entity(text: &[u8]) -> Option<(char, &[u8])> {
    /// More than any name or number has, but for leading zeros that nobody writes: the search for the end of one has an end.
    const LONGEST: usize = 20;
    const NAMES: &[(&str, char)] = &[
        ("lt", '<'),
        ("gt", '>'),
        ("amp", '&'),
        ("LT", '<'),
        ("GT", '>'),
        ("AMP", '&'),
        ("QUOT", '"'),
        ("quot", '"'),
        ("apos", '\''),
        ("Tab", '\t'),
        ("NewLine", '\n'),
        ("excl", '!'),
        ("num", '#'),
        ("dollar", '$'),
        ("percnt", '%'),
        ("lpar", '('),
        ("rpar", ')'),
        ("ast", '*'),
        ("midast", '*'),
        ("plus", '+'),
        ("comma", ','),
        ("hyphen", '-'),
        ("dash", '-'),
        ("period", '.'),
        ("sol", '/'),
        ("colon", ':'),
        ("semi", ';'),
        ("equals", '='),
        ("quest", '?'),
        ("commat", '@'),
        ("lsqb", '['),
        ("lbrack", '['),
        ("bsol", '\\'),
        ("rsqb", ']'),
        ("rbrack", ']'),
        ("Hat", '^'),
        ("lowbar", '_'),
        ("UnderBar", '_'),
        ("grave", '`'),
        ("DiacriticalGrave", '`'),
        ("lcub", '{'),
        ("lbrace", '{'),
        ("verbar", '|'),
        ("vert", '|'),
        ("VerticalLine", '|'),
        ("rcub", '}'),
        ("rbrace", '}'),
    ];
    let length = text.iter().take(LONGEST).position(|&byte| byte == b';')?;
    let (name, rest) = (text.get(..length)?, text.get(length + 1..)?);
    let character = match name {
        [b'#', b'x' | b'X', digits @ ..] if !digits.is_empty() => char::from_u32(number(digits, 16)?)?,
        [b'#', digits @ ..] if !digits.is_empty() => char::from_u32(number(digits, 10)?)?,
        _ => NAMES.iter().find_map(|(known, character)| (known.as_bytes() == name).then_some(*character))?,
    };
    Some((character, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(secret: &str, text: &str) -> bool {
        Secrets::new(vec![Secret::new(secret)], Vec::new()).shown(text) == REDACTED
    }

    #[test]
    fn undoes_percent_and_form_encoding() {
        let percent = Undo { percent: true, ..NOTHING };
        assert_eq!(Undo { plus: true, ..percent }.decode(b"a%20b+c%2Fd%2f&f%zz%2"), b"a b c/d/&f%zz%2");
        assert_eq!(percent.decode(b"a%20b+c"), b"a b+c");
    }

    #[test]
    fn finds_what_is_there_and_nothing_else() {
        for text in ["", "a", "ab", "aab", "abab", "aaab", "ababac", "abcabcabd"] {
            for part in ["a", "b", "ab", "aab", "abac", "abcabd", "aaaa"] {
                assert_eq!(contains(text.as_bytes(), part.as_bytes()), text.contains(part), "{part} in {text}");
            }
        }
    }

    #[test]
    fn is_found_in_every_form() {
        let secret = "a&b c/+%41";
        let quoted = "S3cr\"et<x>'y";
        for text in [
            "S3cr&quot;et&lt;x&gt;&#039;y",
            "S3cr&#34;et&lt;x&gt;&#39;y",
            "S3cr&#x22;et&#60;x&#X3e;&#x0027;y",
            r#"{"client_secret":"S3cr\"et<x>'y"}"#,
            "S3cr%2522et%253Cx%253E%2527y",
        ] {
            assert!(is_in(quoted, text), "{text}");
        }
        for text in ["a&b c/+%41", "no: a%26b+c%2F%2B%2541!", "a%26b%20c%2f%2b%2541", "<p>a&amp;b c/+%41"] {
            assert!(is_in(secret, text), "{text}");
        }
        assert!(!is_in(secret, "a&b"));
        assert!(!is_in("", "x"));
    }

    #[test]
    fn is_found_in_encodings_of_one_another() {
        let secret = r#"pä$$w/rd_\"x"#;
        for text in [
            r#"p\u00e4$$w\/rd_\\\"x"#,
            r#"\\u0070\\u00e4$$w/rd_\\\\\\\"x"#,
            r#"p\xe4\x24\x24w/rd_\x5c\x22x"#,
            r#"p&#xe4;&dollar;&dollar;w&sol;rd&lowbar;&bsol;&quot;x"#,
            r#"p%25C3%25A4%252524$w%2Frd_%5C%22x"#,
            r#"70c3a42424772f72645f5c2278"#,
            r#"70C3A42424772F72645F5C2278"#,
            r#"cMOkJCR3L3JkX1wieA"#,
            r#"&#38;#112;ä$$w/rd_&#38;#92;&#38;quot;x"#,
        ] {
            assert!(is_in(secret, text), "{text}");
        }
        assert!(is_in("???>>>???>>>", "Pz8_Pj4-Pz8_Pj4-"));
        assert!(is_in("pw$_|*", "\\160\\u{77}&dollar;&UnderBar;&VerticalLine;&midast;"));
        for before in ["", "x", "xy", "client_secret="] {
            let text = encode_base64([before, "s3cret-of-the-service", "&y"].concat().as_bytes());
            assert!(is_in("s3cret-of-the-service", &text), "{text}");
        }
    }

    #[test]
    fn is_found_where_it_was_cut_or_split() {
        let secret = "0123456789abcdefghij";
        assert!(is_in(secret, "0123456789") && is_in(secret, "9abcdefghij") && is_in(secret, "x56789abcdex"));
        assert!(!is_in(secret, "012345678") && is_in("correct horse battery", "correct\nhorse\tbattery"));
        let token: String = (0..500).map(|n| char::from(b'!' + (n * n % 90) as u8)).collect();
        assert!(is_in(&token, &token[200..240]) && is_in(&token, &[&token, "x"].concat()[469..]));
        let secrets = Secrets::new(vec![Secret::new("S3cret!pw")], vec![Secret::new("a-parameter")]);
        for [one, other] in [["S3cr", "et!pw"], ["a-par", "ameter"], ["x S3cret!pw", ""], ["", "a-parameter"]] {
            let shown = secrets.shown_beside(one, other);
            assert!(shown.iter().all(|shown| shown.is_empty() || shown == REDACTED), "{shown:?}");
        }
        assert_eq!(secrets.shown_beside("invalid_client", ""), ["invalid_client", ""]);
    }

    #[test]
    fn what_a_parameter_names_may_stand_in_addresses() {
        let secret = "An-assertion-of-thirty-letters";
        let values = [
            "https://cloud.example.com",
            "nextcloud",
            "nextcloud.mycompany.com",
            "urn:my-company:nextcloud-production",
            "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "https://x.example/?assertion-of-letters",
            "0123456789abcdef0123456789abcdef",
            secret,
        ];
        let secrets = Secrets::new(vec![Secret::new("hunter2-keycloak")], values.map(Secret::new).to_vec());
        for address in [
            "https://cloud.example.com/nextcloud/token",
            "https://x.example/",
            "https://nextcloud.mycompany.com/urn:my-company:nextcloud-production",
            "https://id.example/3f2504e0-4f89-41d3-9a0c-0305e82c3301/token",
            "https://keycloak.example/An-assertion-of",
        ] {
            assert!(!secrets.are_in_address(address), "{address}");
        }
        let query = "https%3A%2F%2Fx.example%2F%3Fassertion-of-letters";
        for part in ["hunter2-keycloak", secret, query, "0123456789abcdef0123456789abcdef"] {
            assert!(secrets.are_in_address(&["https://id.example.com/", part].concat()), "{part}");
        }
        // A half of a name hides no message.
        assert_eq!(secrets.shown("unknown host cloud.example.com"), "unknown host cloud.example.com");
        assert_eq!(secrets.shown("unknown host https://cloud.example.com"), REDACTED);
    }

    #[test]
    fn looks_at_no_more_than_what_is_shown() {
        let secret = "S3cret".repeat(2);
        let far = [&"x".repeat(WINDOW_BYTES), secret.as_str()].concat();
        assert!(!is_in(&secret, &far));
        assert_eq!(Secrets::new(vec![Secret::new(secret.as_str())], Vec::new()).shown(&far), shortened(&far));
        assert_eq!(window(&["x", &"ü".repeat(WINDOW_BYTES)].concat()).len(), WINDOW_BYTES - 1);
    }
}
