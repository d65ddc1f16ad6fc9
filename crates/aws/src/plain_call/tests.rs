//! What goes over the wire and what comes back, at a connector that notes the one and says the other.

use std::sync::{Arc, Mutex};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use serde_json::{Value, json};

use super::*;

const QUOTAS: Api = Api { id: "Service Quotas", name: "servicequotas", place: Place::Regional };
const IAM: Api = Api { id: "IAM", name: "iam", place: Place::Global };
const FOUND: &str = "<GetInstanceProfileResponse><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>\
                     </GetInstanceProfileResponse>";

#[tokio::test]
async fn a_question_in_json_is_signed_for_its_service_and_region() {
    let wire = Wire::answering(200, r#"{"Quota": {"Value": 5.0}}"#);
    let asked =
        Question::<Value>::json("ServiceQuotasV20190624", "GetServiceQuota", &json!({"QuotaCode": "L-1"}));
    let told = ask(&wire.sdk("eu-west-1").build(), &QUOTAS, asked).await.unwrap();
    assert_eq!(told["Quota"]["Value"], 5.0);
    let request = wire.request();
    assert_eq!((request.method(), request.uri()), ("POST", "https://servicequotas.eu-west-1.amazonaws.com/"));
    assert_eq!(request.headers().get("x-amz-target"), Some("ServiceQuotasV20190624.GetServiceQuota"));
    assert_eq!(request.headers().get("content-type"), Some("application/x-amz-json-1.1"));
    assert_eq!(request.body().bytes(), Some(br#"{"QuotaCode":"L-1"}"#.as_slice()));
    let signature = request.headers().get("authorization").unwrap();
    assert!(signature.contains("/eu-west-1/servicequotas/aws4_request"), "{signature}");
}

#[tokio::test]
async fn iam_is_asked_once_in_each_partition() {
    let check = async |region: &'static str, url: &str, scope: &str| {
        let wire = Wire::answering(200, FOUND);
        let asked =
            Question::query("2010-05-08", "GetInstanceProfile", &[("InstanceProfileName", "a-b")], |_| {
                Some(())
            });
        ask(&wire.sdk(region).build(), &IAM, asked).await.unwrap();
        let request = wire.request();
        assert_eq!(request.uri(), url, "{region}");
        let body = b"Action=GetInstanceProfile&Version=2010-05-08&InstanceProfileName=a-b";
        assert_eq!(request.body().bytes(), Some(body.as_slice()));
        assert!(request.headers().get("authorization").unwrap().contains(scope), "{region}");
    };
    check("eu-west-1", "https://iam.amazonaws.com/", "/us-east-1/iam/").await;
    check("cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn/", "/cn-north-1/iam/").await;
    check("us-gov-east-1", "https://iam.us-gov.amazonaws.com/", "/us-gov-west-1/iam/").await;
}

#[test]
fn a_value_cannot_become_another_parameter() {
    assert_eq!(encoded("curfew-i_1.~"), "curfew-i_1.~");
    assert_eq!(encoded("a&b=c d+é"), "a%26b%3Dc%20d%2B%C3%A9");
}

#[tokio::test]
async fn the_endpoint_is_as_the_user_wants_it() {
    let asked = || Question::<Value>::json("T", "Ask", &json!({}));
    let check = async |change: fn(aws_types::sdk_config::Builder) -> aws_types::sdk_config::Builder,
                       url: &str| {
        let wire = Wire::answering(200, "{}");
        ask(&change(wire.sdk("us-east-2")).build(), &QUOTAS, asked()).await.unwrap();
        assert_eq!(wire.request().uri(), url);
    };
    check(|sdk| sdk.endpoint_url("http://127.0.0.1:4566"), "http://127.0.0.1:4566/").await;
    check(|sdk| sdk.use_fips(true), "https://servicequotas-fips.us-east-2.amazonaws.com/").await;
    check(|sdk| sdk.use_dual_stack(true), "https://servicequotas.us-east-2.api.aws/").await;
}

#[tokio::test]
async fn a_refusal_is_read_in_every_way_it_is_written() {
    let check = async |body: &str, code: Option<&str>, message: Option<&str>| {
        let wire = Wire::answering(400, body);
        let asked = Question::<Value>::json("T", "Ask", &json!({}));
        let error = ask(&wire.sdk("us-east-1").build(), &QUOTAS, asked).await.unwrap_err();
        let refusal = error.as_service_error().unwrap();
        assert_eq!((refusal.code(), refusal.message()), (code, message), "{body}");
    };
    check(r#"{"__type": "ParameterNotFound"}"#, Some("ParameterNotFound"), Some("")).await;
    check(r#"{"__type": "com.amazonaws.x#Bad:http://y/", "message": "no"}"#, Some("Bad"), Some("no")).await;
    check(r#"{"code": "Bad", "Message": "no"}"#, Some("Bad"), Some("no")).await;
    check(r#"{"__type": "Bad", "message": "no", "Message": "no"}"#, Some("Bad"), Some("no")).await;
    check("<html>sign in</html>", None, None).await;
    check("{}", None, None).await;
}

#[tokio::test]
async fn what_is_not_awss_has_no_code() {
    let wire = Wire::answering(200, "<html>sign in</html>");
    let asked = Question::<Value>::json("T", "Ask", &json!({}));
    let error = ask(&wire.sdk("us-east-1").build(), &QUOTAS, asked).await.unwrap_err();
    assert_eq!(error.as_service_error().unwrap().code(), None);
    let asked = Question::query("2010-05-08", "GetInstanceProfile", &[], |_| Some(()));
    let error = ask(&wire.sdk("us-east-1").build(), &IAM, asked).await.unwrap_err();
    assert_eq!(error.as_service_error().unwrap().code(), None);
}

#[tokio::test]
async fn a_refusal_in_xml_is_read() {
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>Instance Profile x cannot be \
                found.</Message></Error><RequestId>1</RequestId></ErrorResponse>";
    let wire = Wire::answering(404, body);
    let asked = Question::query("2010-05-08", "GetInstanceProfile", &[], |_| Some(()));
    let error = ask(&wire.sdk("us-east-1").build(), &IAM, asked).await.unwrap_err();
    let refusal = error.as_service_error().unwrap();
    assert_eq!(refusal.code(), Some("NoSuchEntity"));
    assert_eq!(refusal.message(), Some("Instance Profile x cannot be found."));
}

/// Notes what it is sent and answers all of it the same.
#[derive(Clone, Debug)]
struct Wire {
    status: u16,
    body: String,
    sent: Arc<Mutex<Option<HttpRequest>>>,
}

impl Wire {
    fn answering(status: u16, body: &str) -> Self {
        Self { status, body: body.to_owned(), sent: Arc::default() }
    }

    fn sdk(&self, region: &'static str) -> aws_types::sdk_config::Builder {
        let connector = self.clone();
        let http = http_client_fn(move |_, _| SharedHttpConnector::new(connector.clone()));
        let keys =
            Credentials::from_keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None);
        SdkConfig::builder()
            .region(Region::from_static(region))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .http_client(http)
            .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
    }

    fn request(&self) -> HttpRequest {
        self.sent.lock().unwrap().take().unwrap()
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        *self.sent.lock().unwrap() = Some(request);
        let status = self.status.try_into().expect("tests use statuses that exist");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(self.body.as_str()))))
    }
}
