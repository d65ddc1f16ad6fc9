//! S3 in a region, and where a bucket lies.

use aws_sdk_s3::{
    Client,
    config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation},
    error::SdkError,
    operation::head_bucket::{HeadBucketError, HeadBucketOutput},
};
use domain::{CloudFault, FaultKind, Region};

use super::{absent, garbled};
use crate::account::Account;

/// The header that says where a bucket lies, in every answer but "there is none".
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html>.
const REGION: &str = "x-amz-bucket-region";
/// The permission that HeadBucket needs.
const ACTION: &str = "s3:ListBucket";

/// S3 in a region, for one bucket. Checksums are those that a call asks for, so that any server that speaks S3 will do.
///
/// A bucket's name with dots stays out of the host's: AWS's certificates are not for such names, and with an endpoint
/// that is an address the SDK would make a host that does not exist.
pub(super) fn s3(account: &Account, region: &Region, bucket: &str) -> Client {
    let config = Builder::from(&account.sdk_in(region))
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .force_path_style(bucket.contains('.'));
    Client::from_conf(config.build())
}

/// Where the bucket lies, once it has been seen that it may be used.
pub(super) async fn region(account: &Account, name: &str) -> Result<Region, CloudFault> {
    let asked = account.home_region();
    let first = head(account, &asked, name).await;
    let lies = match &first {
        Ok(answer) => answer.bucket_region().map(Region::new),
        Err(error) => error.raw_response().and_then(|raw| raw.headers().get(REGION)).map(Region::new),
    };
    match (first, lies) {
        (_, Some(lies)) if lies != asked => {
            // Only the bucket's own region says whether it may be used.
            let second = head(account, &lies, name).await;
            second.map(|_| lies.clone()).map_err(|error| refused(account, name, &lies, &error))
        }
        (Ok(_), Some(lies)) => Ok(lies),
        (Ok(_), None) => Err(silent(name)),
        (Err(error), _) => Err(refused(account, name, &asked, &error)),
    }
}

async fn head(
    account: &Account,
    region: &Region,
    name: &str,
) -> Result<HeadBucketOutput, SdkError<HeadBucketError>> {
    s3(account, region, name).head_bucket().bucket(name).send().await
}

/// An answer to HEAD has no body, and so no code: its status says everything.
fn refused(account: &Account, name: &str, region: &Region, error: &SdkError<HeadBucketError>) -> CloudFault {
    match error.raw_response().map(|raw| raw.status().as_u16()) {
        Some(404) => {
            absent(format!("bucket {name}"), "Check run.bucket, or leave it out and run `curfew prepare`.")
        }
        Some(403) => {
            let kind = FaultKind::Denied { action: ACTION.into() };
            CloudFault::with_detail(kind, format!("{name} in {region} may belong to another account"))
        }
        Some(301 | 307 | 400) => silent(name),
        Some(503) => CloudFault::new(FaultKind::Throttled),
        Some(status @ 500..) => CloudFault::new(FaultKind::Refused { code: format!("HTTP status {status}") }),
        Some(_) | None => account.fault(ACTION, error),
    }
}

fn silent(name: &str) -> CloudFault {
    garbled(&format!("nobody says in which region the bucket {name} lies"))
}
