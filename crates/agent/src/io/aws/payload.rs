//! What a request carries: bytes, or a piece of a file that is read at its place and never held whole.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

use crate::io::sign::hash::{self, Sha256};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Payload<'a> {
    Bytes(&'a [u8]),
    Piece { file: &'a File, from: u64, len: u64 },
}

impl<'a> Payload<'a> {
    pub(crate) fn len(self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Piece { len, .. } => len,
        }
    }

    /// Reads it once through: what is sent is checked against this by AWS, so that neither a broken network nor a file
    /// that changes meanwhile goes unseen.
    pub(crate) fn sha256(self) -> io::Result<Sha256> {
        if let Self::Bytes(bytes) = self {
            return Ok(hash::sha256(bytes));
        }
        let (sha256, len) = hash::sha256_of(&mut self.reader())?;
        if len == self.len() { Ok(sha256) } else { Err(shrunk()) }
    }

    pub(crate) fn reader(self) -> Reader<'a> {
        Reader { payload: self, at: 0, fault: None }
    }
}

pub(crate) struct Reader<'a> {
    payload: Payload<'a>,
    at: u64,
    fault: Option<io::Error>,
}

impl Reader<'_> {
    /// What went wrong on this side, which the connection's own error does not tell.
    pub(crate) fn fault(&mut self) -> Option<io::Error> {
        self.fault.take()
    }

    fn next(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.payload.len() - self.at;
        let wanted = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let buffer = &mut buffer[..wanted];
        let read = match self.payload {
            Payload::Bytes(bytes) => {
                let at = usize::try_from(self.at).unwrap_or(usize::MAX);
                buffer.copy_from_slice(&bytes[at..at + wanted]);
                wanted
            }
            Payload::Piece { file, from, .. } => file.read_at(buffer, from + self.at)?,
        };
        if read == 0 && wanted > 0 {
            return Err(shrunk());
        }
        self.at += read as u64;
        Ok(read)
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.next(buffer).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.fault = Some(copy(error));
            }
        })
    }
}

fn shrunk() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter while it was read")
}

/// `io::Error` cannot be cloned.
fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_read_at_its_place_and_a_shorter_file_is_seen() {
        let file = tempfile::tempfile().expect("a file");
        file.write_all_at(b"0123456789", 0).expect("written");
        let piece = Payload::Piece { file: &file, from: 3, len: 4 };
        let mut text = String::new();
        piece.reader().read_to_string(&mut text).expect("read");
        assert_eq!(text, "3456");
        assert_eq!(piece.sha256().expect("a hash"), hash::sha256(b"3456"));
        let past = Payload::Piece { file: &file, from: 8, len: 4 };
        assert_eq!(past.sha256().expect_err("too short").kind(), io::ErrorKind::UnexpectedEof);
        let mut reader = past.reader();
        assert!(reader.read_to_end(&mut Vec::new()).is_err());
        assert!(reader.fault().is_some());
    }
}
