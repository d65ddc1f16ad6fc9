//! Brings the agent to the bucket, once for each build, and signs URLs for it.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use aws_sdk_s3::{
    Client, config::timeout::TimeoutConfig, presigning::PresigningConfig, primitives::ByteStream,
};
use domain::{CloudFault, FaultKind, Region};
use engine::ports::{Build, Builds};
use protocol::{
    layout,
    userdata::{Architecture, Download},
};

use super::{absent_if, bucket, garbled};
use crate::account::Account;

/// Longer than an instance takes to boot; after it the instance's own role is tried.
const URL_HOLDS: Duration = Duration::from_secs(60 * 60);
/// A few MiB over a slow uplink; a little less than the engine waits, so that the call says why it failed.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(110);

/// Where the agent comes from, for each architecture.
pub(super) async fn downloads(
    account: &Account,
    bucket: &str,
    region: &Region,
    architectures: &[Architecture],
    builds: &dyn Builds,
) -> Result<BTreeMap<Architecture, Download>, CloudFault> {
    let delivery = Delivery { account, s3: bucket::s3(account, region, bucket), bucket, region };
    let each = architectures.iter().map(async |architecture| {
        let download = delivery.download(*architecture, builds).await?;
        Ok((*architecture, download))
    });
    futures::future::try_join_all(each).await.map(BTreeMap::from_iter)
}

struct Delivery<'a> {
    account: &'a Account,
    s3: Client,
    bucket: &'a str,
    region: &'a Region,
}

impl Delivery<'_> {
    async fn download(
        &self,
        architecture: Architecture,
        builds: &dyn Builds,
    ) -> Result<Download, CloudFault> {
        let build = builds.build(architecture)?;
        let key = layout::agent(&build.sha256, architecture);
        let sha256 = build.sha256.clone();
        if !self.is_there(&key, &build).await {
            self.put(&key, build).await?;
        }
        Ok(Download { url: self.signed(&key).await?, region: self.region.to_string(), sha256 })
    }

    /// Only a certain yes is one: whatever else is wrong, the upload says it better than HEAD, which has no words.
    async fn is_there(&self, key: &str, build: &Build) -> bool {
        let answer = self.s3.head_object().bucket(self.bucket).key(key).send().await;
        let bytes = answer.ok().and_then(|it| it.content_length()).and_then(|it| usize::try_from(it).ok());
        bytes == Some(build.bytes.len())
    }

    async fn put(&self, key: &str, build: Build) -> Result<(), CloudFault> {
        let timeout = TimeoutConfig::builder().operation_attempt_timeout(UPLOAD_TIMEOUT).build();
        let patient = aws_sdk_s3::config::Builder::default().timeout_config(timeout);
        let call = self
            .s3
            .put_object()
            .bucket(self.bucket)
            .key(key)
            .if_none_match("*")
            .set_checksum_sha256(checksum(&build.sha256))
            .content_type("application/octet-stream")
            .body(ByteStream::from(build.bytes));
        match call.customize().config_override(patient).send().await {
            Ok(answer) if answer.e_tag().is_some() => Ok(()),
            // S3 says what it keeps an object by; a page to sign in at does not.
            Ok(_) => Err(garbled("the upload was answered without an ETag")),
            Err(error) => self.unless_there(self.account.fault_in(self.region, "s3:PutObject", error).await),
        }
    }

    /// Somebody was faster with the same build.
    fn unless_there(&self, fault: CloudFault) -> Result<(), CloudFault> {
        let there = ["PreconditionFailed", "ConditionalRequestConflict"];
        if matches!(&fault.kind, FaultKind::Refused { code } if there.contains(&code.as_str())) {
            return Ok(());
        }
        let what = format!("bucket {}", self.bucket);
        Err(absent_if(fault, &["NoSuchBucket"], &what, "Check run.bucket, or run `curfew prepare` again."))
    }

    async fn signed(&self, key: &str) -> Result<String, CloudFault> {
        let signing = PresigningConfig::builder()
            .start_time(SystemTime::from(self.account.clock.now()))
            .expires_in(URL_HOLDS)
            .build()
            .expect("an hour is less than the week that AWS allows");
        let call = self.s3.get_object().bucket(self.bucket).key(key);
        match call.presigned(signing).await {
            Ok(request) => Ok(request.uri().to_owned()),
            Err(error) => Err(self.account.fault_in(self.region, "s3:GetObject", error).await),
        }
    }
}

/// S3 writes it in base64; none if it is no SHA-256 in hexadecimal.
fn checksum(sha256: &str) -> Option<String> {
    let byte = |at: usize| u8::from_str_radix(sha256.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..sha256.len()).step_by(2).map(byte).collect();
    bytes.map(aws_smithy_types::base64::encode)
}

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn a_sum_is_written_as_s3_reads_it() {
        let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(checksum(of_nothing).as_deref(), Some("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
        assert_eq!(checksum("é0"), None);
        assert_eq!(checksum("abc"), None);
    }
}
