//! Nothing is left to fill in, and what is filled in is where it belongs.

use super::*;

#[test]
fn every_place_is_filled() {
    let region = Region::new("us-east-1");
    for which in [PolicyName::Desktop, PolicyName::Instance, PolicyName::Prepare] {
        let places = Places { account: "123456789012", region: Some(&region), bucket: None };
        let text = filled(text(which), &places);
        assert!(!text.contains('@'), "{which:?}: {text}");
        assert!(text.contains("123456789012"), "{which:?}");
        let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert!(json["Statement"].as_array().is_some_and(|it| !it.is_empty()), "{which:?}");
    }
}

#[test]
fn the_bucket_is_the_prepared_one_or_the_named_one() {
    let region = Region::new("eu-west-1");
    let places = Places { account: "123456789012", region: Some(&region), bucket: None };
    assert!(filled(INSTANCE, &places).contains("arn:aws:s3:::curfew-123456789012-eu-west-1/*"));
    let named = Places { bucket: Some("mine"), ..places };
    assert!(filled(INSTANCE, &named).contains("arn:aws:s3:::mine/*"));
}

#[test]
fn china_and_the_government_have_partitions_of_their_own() {
    assert_eq!(
        ["cn-north-1", "us-gov-west-1", "us-east-1"].map(|region| partition(&Region::new(region))),
        ["aws-cn", "aws-us-gov", "aws"]
    );
}
