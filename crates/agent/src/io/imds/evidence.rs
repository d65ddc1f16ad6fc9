//! Whether the hardware says that this is EC2, without asking anybody.
//!
//! Source: EC2 user guide, "Detect whether a host is an EC2 instance": Nitro's maker is `Amazon EC2`; of Xen, the UUID
//! begins with `ec2`. A wrong yes costs a few seconds of asking; a wrong no, that a silent metadata service is taken for
//! the absence of one.

use std::fs;

use crate::io::machine::Root;

/// The files that tell, and how what they hold begins.
const EVIDENCE: [(&str, &str); 4] = [
    ("/sys/class/dmi/id/sys_vendor", "amazon ec2"),
    ("/sys/class/dmi/id/board_vendor", "amazon ec2"),
    ("/sys/hypervisor/uuid", "ec2"),
    ("/sys/class/dmi/id/product_uuid", "ec2"),
];

/// Whether this machine is made by EC2.
pub fn looks_like_ec2(root: &Root) -> bool {
    EVIDENCE.iter().any(|(file, beginning)| {
        fs::read_to_string(root.path(file)).is_ok_and(|text| text.to_ascii_lowercase().starts_with(beginning))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_maker_or_the_uuid_tells() {
        for (file, text, is_ec2) in [
            ("sys/class/dmi/id/sys_vendor", "Amazon EC2\n", true),
            ("sys/hypervisor/uuid", "ec2e1916-9099-7caf-fd21-012345abcdef\n", true),
            ("sys/class/dmi/id/product_uuid", "EC2E1916-9099-7CAF\n", true),
            ("sys/class/dmi/id/sys_vendor", "Google\n", false),
            ("sys/class/dmi/id/unrelated", "Amazon EC2\n", false),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, text).expect("a file");
            assert_eq!(looks_like_ec2(&Root::at(folder.path())), is_ec2, "{file}: {text}");
        }
    }
}
