//! What the account's owner did before: buckets, parameters and so on, made by bare signed calls. Not by the crate that
//! is tested.

use std::time::SystemTime;

use anyhow::{Result, ensure};
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use curfew_tests::stand_in::{KEY, StandIn};
use engine::{Clock, SystemClock};
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, StatusCode, body::Bytes};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

/// Signs as the stand-in's administrator.
pub(crate) struct Admin<'a>(pub(crate) &'a StandIn);

/// An answer as it came.
pub(super) type Answer = (StatusCode, String);

impl Admin<'_> {
    /// A bucket in a region.
    pub(crate) async fn bucket(&self, name: &str, region: &str) -> Result<()> {
        let body = match region {
            "us-east-1" => String::new(),
            other => format!(
                "<CreateBucketConfiguration><LocationConstraint>{other}</LocationConstraint></CreateBucketConfiguration>"
            ),
        };
        done(self.s3(Method::PUT, region, &format!("/{name}"), &body).await?).map(drop)
    }

    /// An object in a bucket.
    pub(crate) async fn object(&self, region: &str, bucket: &str, key: &str, body: &str) -> Result<()> {
        done(self.s3(Method::PUT, region, &format!("/{bucket}/{key}"), body).await?).map(drop)
    }

    /// One EC2 operation with its parameters, and what it answers.
    pub(super) async fn ec2(&self, region: &str, action: &str, parameters: &str) -> Result<String> {
        self.query("ec2", region, &format!("Action={action}&Version=2016-11-15&{parameters}")).await
    }

    /// The same of IAM.
    pub(crate) async fn iam(&self, action: &str, parameters: &str) -> Result<String> {
        self.query("iam", "us-east-1", &format!("Action={action}&Version=2010-05-08&{parameters}")).await
    }

    /// A role for instances, in an instance profile of its name.
    pub(crate) async fn role(&self, name: &str) -> Result<()> {
        self.iam("CreateInstanceProfile", &format!("InstanceProfileName={name}")).await?;
        let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";
        self.iam("CreateRole", &format!("RoleName={name}&AssumeRolePolicyDocument={trust}")).await?;
        let both = format!("RoleName={name}&InstanceProfileName={name}");
        self.iam("AddRoleToInstanceProfile", &both).await.map(drop)
    }

    /// A parameter of SSM that holds a secret.
    pub(crate) async fn secret(&self, region: &str, name: &str, value: &str) -> Result<()> {
        let headers =
            [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AmazonSSM.PutParameter")];
        let body = serde_json::json!({ "Name": name, "Value": value, "Type": "SecureString" }).to_string();
        done(self.send(Method::POST, "ssm", region, "/", &headers, &body).await?).map(drop)
    }

    /// The Auto Scaling groups of a region.
    pub(crate) async fn groups(&self, region: &str) -> Result<String> {
        self.query(
            "autoscaling",
            region,
            "Action=DescribeAutoScalingGroups&Version=2011-01-01&MaxRecords=100",
        )
        .await
    }

    /// What is to be done with them, and when.
    pub(crate) async fn schedules(&self, region: &str) -> Result<String> {
        self.query("autoscaling", region, "Action=DescribeScheduledActions&Version=2011-01-01").await
    }

    /// The launch templates of a region.
    pub(crate) async fn templates(&self, region: &str) -> Result<String> {
        self.ec2(region, "DescribeLaunchTemplates", "MaxResults=200").await
    }

    /// The alarms of a region, as CloudWatch lists them.
    pub(crate) async fn alarms(&self, region: &str) -> Result<String> {
        self.query("monitoring", region, "Action=DescribeAlarms&Version=2010-08-01").await
    }

    async fn query(&self, service: &str, region: &str, body: &str) -> Result<String> {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        done(self.send(Method::POST, service, region, "/", &headers, body).await?)
    }

    async fn s3(&self, method: Method, region: &str, path: &str, body: &str) -> Result<Answer> {
        self.send(method, "s3", region, path, &[], body).await
    }

    async fn send(
        &self,
        method: Method,
        service: &str,
        region: &str,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &str,
    ) -> Result<Answer> {
        let uri = format!("{}{path}", self.0.url());
        let mut request = Request::builder().method(method).uri(&uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Full::<Bytes>::from(body.to_owned()))?;
        let identity = Credentials::from_keys(KEY.0, KEY.1, None).into();
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service)
            .time(SystemTime::from(SystemClock.now()))
            .settings(settings)
            .build()?
            .into();
        let body = SignableBody::Bytes(body.as_bytes());
        let method = request.method().as_str().to_owned();
        let signable = SignableRequest::new(&method, &uri, headers.iter().copied(), body)?;
        let (instructions, _) = sign(signable, &parameters)?.into_parts();
        instructions.apply_to_request_http1x(&mut request);
        exchange(request).await
    }
}

/// Fetches a URL as it is, unsigned.
pub(super) async fn fetch(url: &str) -> Result<Answer> {
    exchange(Request::get(url).body(Full::<Bytes>::default())?).await
}

async fn exchange(request: Request<Full<Bytes>>) -> Result<Answer> {
    let answer = Client::builder(TokioExecutor::new()).build_http().request(request).await?;
    let status = answer.status();
    Ok((status, String::from_utf8(answer.into_body().collect().await?.to_bytes().to_vec())?))
}

fn done((status, body): Answer) -> Result<String> {
    ensure!(status.is_success(), "{status}: {body}");
    Ok(body)
}

/// The text between the first `<name>` and its end.
pub(crate) fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}
