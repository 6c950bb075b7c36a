//! The bytes of an answer, as text.

use zeroize::Zeroize;

/// As `text()` of the Fetch standard decodes it: without a byte order mark, and with U+FFFD for what is no UTF-8.
pub(crate) fn text_of(bytes: Vec<u8>) -> String {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    if !bytes.starts_with(BYTE_ORDER_MARK) {
        match String::from_utf8(bytes) {
            Ok(text) => return text,
            Err(error) => return lossy(error.into_bytes()),
        }
    }
    lossy(bytes.get(BYTE_ORDER_MARK.len()..).unwrap_or_default().to_vec())
}

fn lossy(mut bytes: Vec<u8>) -> String {
    let text = String::from_utf8_lossy(&bytes).into_owned();
    bytes.zeroize();
    text
}
