//! The file: whole, one's own, and never in place of another.

use super::*;

#[test]
fn a_key_is_ones_own_and_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("key.pem");
    write(&out, b"secret").unwrap();
    assert_eq!(fs::read(&out).unwrap(), b"secret\n");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&out).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(write(&out, b"other").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&out).unwrap(), b"secret\n");
    let ended = folder.path().join("ended.pem");
    write(&ended, b"secret\n").unwrap();
    assert_eq!(fs::read(&ended).unwrap(), b"secret\n");
}

#[test]
fn only_an_id_is_taken_for_one() {
    for (text, good) in
        [("key-0123456789abcdef0", true), ("key-", false), ("my-key", false), ("key-../x", false)]
    {
        assert_eq!(is_key_pair_id(text), good, "{text}");
    }
}
