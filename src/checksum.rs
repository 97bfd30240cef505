//! The SHA-256 of a content: what tells whether a file is the one that was read or written.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The hash of `content` in hexadecimal digits.
pub fn sha256(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
