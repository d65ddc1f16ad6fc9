//! The name of a file as text, and back. Linux takes any bytes but `/` and NUL for a name; a manifest, a key and a log line
//! want text. So a path is written with `%XX` for each byte that is no printable text, and for `%` itself; everything else,
//! emoji included, stays as it is.
//!
//! Every path has one such text, and only that one is taken back: nothing read from a bucket can name a file twice, or one
//! outside the folder.

use std::{
    ffi::{OsStr, OsString},
    fmt::Write,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// A path below a folder, as text: at least one part, `/` between them, none empty, `.` or `..`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl TryFrom<String> for Name {
    type Error = NotBelow;

    fn try_from(text: String) -> Result<Self, NotBelow> {
        Self::parse(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

/// A text that names no file below a folder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no path below a folder")]
pub struct NotBelow(String);

impl Name {
    /// The name of one entry of the folder itself.
    pub fn of_part(part: &OsStr) -> Self {
        Self(encoded(part.as_bytes()))
    }

    /// The name of an entry of the folder that has this name.
    #[must_use]
    pub fn child(&self, part: &OsStr) -> Self {
        Self(format!("{}/{}", self.0, encoded(part.as_bytes())))
    }

    /// Text that was written by [`Name::as_str`].
    pub fn parse(text: &str) -> Result<Self, NotBelow> {
        let fits = |part: &str| decoded(part).is_some_and(|bytes| is_part(&bytes) && encoded(&bytes) == part);
        if text.split('/').all(fits) { Ok(Self(text.to_owned())) } else { Err(NotBelow(text.to_owned())) }
    }

    /// A key's own text below a prefix, which nobody encoded.
    pub fn of_key(text: &str) -> Result<Self, NotBelow> {
        if !text.split('/').all(|part| is_part(part.as_bytes())) {
            return Err(NotBelow(text.to_owned()));
        }
        Ok(Self(text.split('/').map(|part| encoded(part.as_bytes())).collect::<Vec<_>>().join("/")))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a path below the folder.
    pub fn to_path(&self) -> PathBuf {
        // What does not decode cannot have come in: see `parse`.
        let part = |text: &str| OsString::from_vec(decoded(text).unwrap_or_default());
        self.0.split('/').map(part).collect()
    }

    /// How many folders lie between it and the folder.
    pub fn depth(&self) -> usize {
        self.0.matches('/').count()
    }

    /// The folders that it lies in, the outermost first.
    pub fn parents(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a link at `depth` with this target leads to something below the folder: first `..` as often as there are folders
/// around it, then names. A `..` behind a name is refused, because that name may itself be a link.
pub fn is_inside(target: &Path, depth: usize) -> bool {
    use std::path::Component;
    let mut parts = target.components().skip_while(|part| *part == Component::CurDir).peekable();
    let mut up = 0;
    while parts.next_if(|part| *part == Component::ParentDir).is_some() {
        up += 1;
    }
    up <= depth && parts.all(|part| matches!(part, Component::Normal(_))) && !target.as_os_str().is_empty()
}

fn is_part(bytes: &[u8]) -> bool {
    !matches!(bytes, b"" | b"." | b"..") && !bytes.contains(&b'/') && !bytes.contains(&0)
}

fn encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            if is_plain(char) {
                text.push(char)
            } else {
                push_bytes(&mut text, char.encode_utf8(&mut [0; 4]).as_bytes())
            }
        }
        push_bytes(&mut text, chunk.invalid());
    }
    without_outer_blanks(text)
}

/// What XML 1.0, in which S3 lists keys, and a line of text can both hold.
fn is_plain(char: char) -> bool {
    !char.is_control() && !matches!(char, '%' | '\u{fffe}' | '\u{ffff}' | '\u{2028}' | '\u{2029}')
}

/// Blanks at the ends are lost by some readers of XML.
fn without_outer_blanks(text: String) -> String {
    let inner = text.trim_matches(' ');
    if inner.len() == text.len() {
        return text;
    }
    let before = text.len() - text.trim_start_matches(' ').len();
    let after = text.len() - before - inner.len();
    format!("{}{inner}{}", "%20".repeat(before), "%20".repeat(after))
}

fn push_bytes(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "%{byte:02X}");
    }
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes().iter();
    while let Some(&byte) = rest.next() {
        let plain = byte != b'%';
        bytes.push(if plain { byte } else { digit(rest.next()?)? << 4 | digit(rest.next()?)? });
    }
    Some(bytes)
}

fn digit(byte: &u8) -> Option<u8> {
    char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
