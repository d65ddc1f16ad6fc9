//! A secret as one entry's bytes: lines of text, because Windows takes 2560 bytes and a session token takes most of them.

use engine::secret::Secret;
use zeroize::Zeroizing;

/// The first line: how what follows is written.
const FORM: &str = "1";

/// The entry's bytes; `None` when a field is no single line.
pub(super) fn write(secret: &Secret) -> Option<Zeroizing<Vec<u8>>> {
    let Secret { access_key_id, secret_access_key, session_token } = secret;
    let fields = [Some(access_key_id), Some(secret_access_key), session_token.as_ref()];
    let fields: Vec<&String> = fields.into_iter().flatten().collect();
    if fields.iter().any(|field| field.is_empty() || field.contains('\n')) {
        return None;
    }
    // Reserved whole: a buffer that grows leaves copies behind that nobody wipes.
    let length = FORM.len() + fields.iter().map(|field| field.len() + 1).sum::<usize>();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    bytes.extend_from_slice(FORM.as_bytes());
    for field in fields {
        bytes.push(b'\n');
        bytes.extend_from_slice(field.as_bytes());
    }
    Some(bytes)
}

/// The secret in an entry; `None` when Curfew did not write it.
pub(super) fn read(bytes: &[u8]) -> Option<Secret> {
    let mut lines = std::str::from_utf8(bytes).ok()?.split('\n');
    if lines.next() != Some(FORM) {
        return None;
    }
    let secret = Secret {
        access_key_id: lines.next()?.to_owned(),
        secret_access_key: lines.next()?.to_owned(),
        session_token: lines.next().map(str::to_owned),
    };
    lines.next().is_none().then_some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(id: &str, key: &str, token: Option<&str>) -> Secret {
        Secret {
            access_key_id: id.into(),
            secret_access_key: key.into(),
            session_token: token.map(str::to_owned),
        }
    }

    #[test]
    fn a_secret_survives_its_entry() {
        let check = |secret: Secret| {
            let bytes = write(&secret).expect("it can be written");
            assert!(read(&bytes).is_some_and(|back| back == secret));
            assert_eq!(bytes.len(), bytes.capacity(), "no copy was left behind");
        };
        check(secret("AKIAEXAMPLE", "a/b+c", None));
        check(secret("ASIAEXAMPLE", "a/b+c", Some("token==")));
    }

    #[test]
    fn a_long_session_fits_into_windows() {
        let bytes = write(&secret(&"A".repeat(20), &"s".repeat(40), Some(&"t".repeat(2048))));
        assert!(bytes.expect("it can be written").len() <= 2560);
    }

    #[test]
    fn what_is_no_line_is_not_written() {
        assert!(write(&secret("A\nB", "s", None)).is_none());
        assert!(write(&secret("", "s", None)).is_none());
        assert!(write(&secret("A", "s", Some(""))).is_none());
    }

    #[test]
    fn what_others_wrote_is_not_read() {
        for bytes in ["", "1", "1\nA", "2\nA\ns", "A\ns", "1\nA\ns\nt\nmore"] {
            assert!(read(bytes.as_bytes()).is_none(), "{bytes}");
        }
        assert!(read(b"1\nA\n\xff").is_none());
    }
}
