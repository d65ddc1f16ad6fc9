//! Against AWS's own example and its own crate.

use super::*;

use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode,
};
use proptest::prelude::*;

fn credentials(token: Option<&str>) -> Credentials {
    Credentials {
        access_key: "AKIDEXAMPLE".into(),
        secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
        token: token.map(str::to_owned),
        expires: None,
    }
}

/// The suite's "get-vanilla": <https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite/v4>.
#[test]
fn awss_own_example_is_signed_as_aws_does() {
    let headers = [("host".to_owned(), "example.amazonaws.com".to_owned())];
    let request = Canonical {
        method: "GET",
        path: "/",
        query: "",
        headers: &headers,
        body_sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    };
    let at = "2015-08-30T12:36:00Z".parse().expect("a time");
    let scope = Scope { region: "us-east-1", service: "service", at };
    let signed = sign(&request, &scope, &credentials(None));
    let expected = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
        SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    assert_eq!(signed.last(), Some(&("authorization".to_owned(), expected.to_owned())));
}

/// What AWS's own crate makes of the same request.
fn theirs(
    method: &str,
    key: &str,
    query: &[(String, String)],
    value: &str,
    body: &[u8],
    token: Option<&str>,
) -> String {
    let pairs: Vec<_> = query.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let mark = if pairs.is_empty() { "" } else { "?" };
    let uri = format!("https://b.s3.amazonaws.com/{}{mark}{}", encode_path(key), encode_query(&pairs));
    let identity = aws_credential_types::Credentials::new(
        "AKIDEXAMPLE",
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        token.map(str::to_owned),
        None,
        "test",
    )
    .into();
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let params = aws_sigv4::sign::v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-west-1")
        .name("s3")
        .time(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000))
        .settings(settings)
        .build()
        .expect("parameters")
        .into();
    let headers = [("host", "b.s3.amazonaws.com"), ("x-amz-meta-value", value)];
    let request =
        SignableRequest::new(method, uri, headers.into_iter(), SignableBody::Bytes(body)).expect("a request");
    let (instructions, _) =
        aws_sigv4::http_request::sign(request, &params).expect("a signature").into_parts();
    let (headers, _) = instructions.into_parts();
    headers.iter().find(|header| header.name() == "authorization").expect("a header").value().to_owned()
}

fn ours(
    method: &str,
    key: &str,
    query: &[(String, String)],
    value: &str,
    body: &[u8],
    token: Option<&str>,
) -> String {
    let pairs: Vec<_> = query.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let body_sha256 = hex(&sha256(body));
    let headers =
        [("host", "b.s3.amazonaws.com"), ("x-amz-content-sha256", &body_sha256), ("x-amz-meta-value", value)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let request = Canonical {
        method,
        path: &format!("/{}", encode_path(key)),
        query: &encode_query(&pairs),
        headers: &headers,
        body_sha256: &body_sha256,
    };
    let at = Timestamp::from_second(1_700_000_000).expect("a time");
    let scope = Scope { region: "eu-west-1", service: "s3", at };
    sign(&request, &scope, &credentials(token)).pop().expect("a header").1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_request_is_signed_as_awss_own_crate_does(
        method in "GET|PUT|POST|DELETE|HEAD",
        key in "[^/\\PC][\\PC\n]{0,40}",
        query in prop::collection::vec(("[a-zA-Z-]{1,8}", "[\\PC]{0,12}"), 0..4),
        value in "[!-~]( ?[!-~]){0,20}",
        body in prop::collection::vec(any::<u8>(), 0..64),
        token in prop::option::of("[!-~]{1,30}"),
    ) {
        let token = token.as_deref();
        prop_assert_eq!(ours(&method, &key, &query, &value, &body, token), theirs(&method, &key, &query, &value, &body, token));
    }
}
