//! The first files of a machine, as the kernel unpacks them: an archive in cpio's "new" format (the kernel's
//! `Documentation/driver-api/early-userspace/buffer-format.rst`).

use std::io::Write;

const FOLDER: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;

/// Folders and programs, in the order in which they are unpacked.
#[derive(Default)]
pub(crate) struct Initramfs {
    bytes: Vec<u8>,
    count: u32,
}

impl Initramfs {
    pub(crate) fn folder(&mut self, path: &str) {
        self.entry(path, FOLDER, &[]);
    }

    /// Its folder must be there.
    pub(crate) fn program(&mut self, path: &str, body: &[u8]) {
        self.entry(path, PROGRAM, body);
    }

    /// The whole archive.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", 0, &[]);
        self.bytes
    }

    fn entry(&mut self, path: &str, mode: u32, body: &[u8]) {
        self.count += 1;
        let (name, size) = (path.trim_start_matches('/'), u32::try_from(body.len()).expect("it is small"));
        let name_size = u32::try_from(name.len() + 1).expect("it is short");
        // Number, mode, owner, group, links, time, size, four of devices, size of the name, checksum.
        let head = [self.count, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name_size, 0];
        let head: String = head.iter().map(|field| format!("{field:08x}")).collect();
        write!(self.bytes, "070701{head}{name}\0").expect("memory takes it");
        self.align();
        self.bytes.extend_from_slice(body);
        self.align();
    }

    /// To four bytes.
    fn align(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}
