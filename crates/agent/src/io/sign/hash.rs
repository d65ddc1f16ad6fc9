//! SHA-256, of bytes and of what is read.

use std::io::{self, Read};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN, digest};

/// 256 bits.
pub type Sha256 = [u8; SHA256_OUTPUT_LEN];

/// A hash that grows.
#[derive(Clone)]
pub struct Hasher(Context);

impl Default for Hasher {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl Hasher {
    /// Takes more.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Of all that it took.
    pub fn finish(self) -> Sha256 {
        fixed(self.0.finish().as_ref())
    }
}

/// Of bytes.
pub fn sha256(bytes: &[u8]) -> Sha256 {
    fixed(digest(&SHA256, bytes).as_ref())
}

/// Of all that can be read, in little memory; with its length.
///
/// # Errors
/// It cannot be read.
pub fn sha256_of(reader: &mut dyn Read) -> io::Result<(Sha256, u64)> {
    let (mut hasher, mut buffer, mut len) = (Hasher::default(), vec![0; 64 * 1024], 0);
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((hasher.finish(), len)),
            Ok(read) => {
                hasher.update(&buffer[..read]);
                len += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// In small letters.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// As S3 writes checksums.
pub fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

fn fixed(digest: &[u8]) -> Sha256 {
    let mut fixed = [0; SHA256_OUTPUT_LEN];
    fixed.copy_from_slice(digest);
    fixed
}
