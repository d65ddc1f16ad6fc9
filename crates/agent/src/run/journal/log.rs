//! One file of lines, and what the disk has no room for: the newest of it waits in memory, goes to the file when there is
//! room again, and to the bucket in any case.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// The most that waits, in bytes.
const WAITING: usize = 256 << 10;
/// Longer files are not written: the instance's disk is for the work.
const LONGEST: u64 = 512 << 20;

/// Lines for a file.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// None if it cannot be opened.
    file: Option<File>,
    length: u64,
    waiting: Vec<u8>,
}

impl Log {
    /// Goes on where the file ends.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { length: file.metadata()?.len(), file: Some(file), waiting: Vec::new() })
    }

    /// Takes lines, after those that wait.
    ///
    /// # Errors
    /// They wait too.
    pub(super) fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        let mut waiting = std::mem::take(&mut self.waiting);
        let (count, written) = self.put(&waiting);
        waiting.drain(..count);
        self.waiting = waiting;
        if let Err(error) = written {
            self.keep(lines);
            return Err(error);
        }
        let (count, written) = self.put(lines);
        self.keep(&lines[count..]);
        written
    }

    /// What the file does not have.
    pub(super) fn waiting(&self) -> &[u8] {
        &self.waiting
    }

    /// As much of it as there is room for.
    fn put(&mut self, bytes: &[u8]) -> (usize, io::Result<()>) {
        let mut count = 0;
        while count < bytes.len() {
            match self.put_some(&bytes[count..]) {
                Ok(more) => count += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return (count, Err(error)),
            }
        }
        (count, Ok(()))
    }

    fn put_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = self.file.as_mut().ok_or_else(|| io::Error::other("it could not be opened"))?;
        if self.length >= LONGEST {
            return Err(io::Error::other("the logs of one run have no more room"));
        }
        match file.write(bytes)? {
            0 => Err(io::ErrorKind::WriteZero.into()),
            count => {
                self.length += count as u64;
                Ok(count)
            }
        }
    }

    /// The newest lines, as many as may wait.
    fn keep(&mut self, lines: &[u8]) {
        self.waiting.extend_from_slice(lines);
        if self.waiting.len() > WAITING {
            let over = self.waiting.len() - WAITING;
            let line =
                self.waiting.iter().skip(over).position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            self.waiting.drain(..over + line);
            self.waiting.shrink_to(WAITING);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_full_disk_does_not_take_waits_and_no_more_than_has_room() {
        let mut log = Log::open(Path::new("/dev/full")).expect("Linux");
        let fault = log.write(b"epoch 1\n").expect_err("it is full");
        assert_eq!(fault.kind(), io::ErrorKind::StorageFull);
        assert_eq!(log.waiting(), b"epoch 1\n");
        for epoch in 2..50_000 {
            log.write(format!("epoch {epoch}\n").as_bytes()).expect_err("it is full");
        }
        assert!(log.waiting().len() <= WAITING, "{}", log.waiting().len());
        assert!(log.waiting().starts_with(b"epoch ") && log.waiting().ends_with(b"epoch 49999\n"));
    }

    #[test]
    fn when_there_is_room_again_the_file_has_it_all_in_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        std::fs::write(&path, "before\n").expect("a file");
        let mut log = Log::open(&path).expect("it is there");
        let room = std::mem::replace(&mut log.file, File::options().append(true).open("/dev/full").ok());
        log.write(b"one\n").expect_err("it is full");
        log.file = room;
        log.write(b"two\n").expect("there is room");
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), "before\none\ntwo\n");
        assert_eq!(log.waiting(), b"");
    }
}
