//! Files that users name as bundles of authorities.

use std::io::Write;

use super::*;

/// A self-signed authority that vouches for nothing.
const AUTHORITY: &str = "-----BEGIN CERTIFICATE-----
MIIBkjCCATegAwIBAgIUWxQqx5wPjuKjPwfg3MOImy0rH88wCgYIKoZIzj0EAwIw
HTEbMBkGA1UEAwwSQSB0ZXN0J3MgYXV0aG9yaXR5MCAXDTI2MTEyMjEzNDkwMloY
DzIxMjYxMDI5MTM0OTAyWjAdMRswGQYDVQQDDBJBIHRlc3QncyBhdXRob3JpdHkw
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASmLIizr8VGuZPDh5fcMEJ3oktwdZ36
o0YKkMuuPFxTSucn5VJ9x0aHjU7tAHzqwTWLS2LHmDhpA/OopdanoPiLo1MwUTAd
BgNVHQ4EFgQUK+3kbhpxv4Wc+SSY5izzlcoWUTEwHwYDVR0jBBgwFoAUK+3kbhpx
v4Wc+SSY5izzlcoWUTEwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBG
AiEA0s7W2alrs37zVxf3qrmpEV2arBrHNq7KxLBqGMwak44CIQCGSsLqHj/aAhbR
bMpG1RoxaCZZWGMhiDUVHzas4zyRsg==
-----END CERTIFICATE-----
";

#[test]
fn a_bundle_is_taken_whole() {
    let two = AUTHORITY.repeat(2);
    assert_eq!(read(two.as_bytes()).unwrap(), two.as_bytes());
}

#[test]
fn a_bundle_that_cannot_be_used_is_named_with_its_fault() {
    let check = |content: &[u8], why: &str| {
        let fault = read(content).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unreachable);
        assert!(fault.detail.starts_with("AWS_CA_BUNDLE names /"), "{}", fault.detail);
        assert!(fault.detail.ends_with(why), "{}", fault.detail);
    };
    check(b"", "it holds no certificate");
    check(b"nothing of the kind", "it holds no certificate");
    let malformed = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    check(malformed.as_bytes(), "1 of its certificates are malformed");
    let cut = AUTHORITY.split("-----END").next().unwrap();
    assert!(read(cut.as_bytes()).is_err());
}

#[test]
fn a_bundle_that_is_not_there_is_named() {
    let fault = bundle(Path::new("/no/such/file.pem")).unwrap_err();
    assert!(fault.detail.contains("/no/such/file.pem"), "{}", fault.detail);
}

fn read(content: &[u8]) -> Result<Vec<u8>, CloudFault> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    bundle(file.path())
}
