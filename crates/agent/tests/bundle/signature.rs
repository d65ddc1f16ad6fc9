//! AWS Signature Version 4, from the side that checks it. Written after the API reference ("Authenticating Requests:
//! Using the Authorization Header"), and not after the script that it checks.

use sha2::{Digest, Sha256};

use crate::bucket::Request;

const REGION: &str = "us-east-2";

/// What an instance's role has.
pub(crate) struct Keys {
    pub(crate) id: &'static str,
    pub(crate) secret: &'static str,
    pub(crate) token: &'static str,
}

impl Keys {
    /// Why S3 would refuse the request; none if it would not.
    pub(crate) fn refuse(&self, request: &Request) -> Result<(), String> {
        let header = |name: &str| request.header(name).ok_or(format!("{name} is missing"));
        if header("x-amz-security-token")? != self.token {
            return Err("the session's token is wrong".into());
        }
        let authorization = header("authorization")?;
        let fields = authorization.strip_prefix("AWS4-HMAC-SHA256 ").ok_or("another algorithm")?;
        let field = |name: &str| {
            let found = fields.split(", ").find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
            found.ok_or(format!("{name} is missing"))
        };
        let time = header("x-amz-date")?;
        let scope = format!("{}/{REGION}/s3/aws4_request", time.get(..8).ok_or("an odd time")?);
        if field("Credential")? != format!("{}/{scope}", self.id) {
            return Err(format!("another scope: {}", field("Credential")?));
        }
        let names: Vec<&str> = field("SignedHeaders")?.split(';').collect();
        // S3 answers AccessDenied with HeadersNotSigned otherwise.
        let amazons = request.headers.iter().filter(|(name, _)| name.starts_with("x-amz-") || name == "host");
        for (name, _) in amazons {
            if !names.contains(&name.as_str()) {
                return Err(format!("{name} is not signed"));
            }
        }
        let mut canonical = format!("{}\n{}\n\n", request.method, request.path);
        for name in &names {
            canonical += &format!("{name}:{}\n", header(name)?.trim());
        }
        canonical += &format!("\n{}\n{}", names.join(";"), header("x-amz-content-sha256")?);
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hexadecimal(&Sha256::digest(canonical)));
        let key =
            scope.split('/').fold(format!("AWS4{}", self.secret).into_bytes(), |key, part| hmac(&key, part));
        let signature = hexadecimal(&hmac(&key, &text));
        if field("Signature")? == signature {
            Ok(())
        } else {
            Err(format!("the signature should be {signature}"))
        }
    }
}

/// RFC 2104 with SHA-256, for keys of at most 64 bytes.
fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let padded = |pad: u8| -> Vec<u8> { (0..64).map(|at| key.get(at).unwrap_or(&0) ^ pad).collect() };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().to_vec()
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 4231, test case 2.
#[test]
fn the_checks_own_hmac_is_right() {
    let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(hexadecimal(&hmac(b"Jefe", "what do ya want for nothing?")), expected);
}
