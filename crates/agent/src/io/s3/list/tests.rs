//! Pages, and what is none.

use super::*;

const PAGE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>a%2F</Prefix>
<NextContinuationToken>1/x+y=</NextContinuationToken><KeyCount>2</KeyCount><EncodingType>url</EncodingType>
<Contents><Key>a/b+c%2Bd%0A</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;1&quot;</ETag>
<ChecksumAlgorithm>SHA256</ChecksumAlgorithm><Size>12</Size><Owner><ID>x</ID></Owner><StorageClass>STANDARD</StorageClass></Contents>
<Contents><Key>%C3%BC</Key><Size>0</Size></Contents><IsTruncated>true</IsTruncated></ListBucketResult>"#;

#[test]
fn a_page_is_read() {
    let page = read(PAGE).expect("a page");
    assert_eq!(page.next.as_deref(), Some("1/x+y="));
    let first = Object {
        key: "a/b c+d\n".into(),
        size: 12,
        etag: "\"1\"".into(),
        modified: Some("2026-01-02T03:04:05Z".parse().expect("a time")),
    };
    let second = Object { key: "ü".into(), ..Object::default() };
    assert_eq!(page.objects, [first, second]);
}

#[test]
fn what_is_no_listing_is_refused() {
    assert!(read("<html><body>Sign in</body></html>").is_err());
    assert!(read(&PAGE[..PAGE.len() - 30]).is_err());
    assert!(read(&PAGE.replace("<Size>12", "<Size>twelve")).is_err());
    assert!(read(&PAGE.replace("%0A", "%0")).is_err());
    assert!(read(&PAGE.replace("%C3%BC", "%C3")).is_err());
    assert!(read("").is_err());
}

#[test]
fn keys_that_were_not_encoded_are_left_alone() {
    let plain = "<ListBucketResult><Contents><Key>a+b%</Key></Contents></ListBucketResult>";
    assert_eq!(read(plain).expect("a page").objects[0].key, "a+b%");
}
