//! What is taken for an access key, and that no error repeats one. The keys are AWS's documentation examples.

use super::*;

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SESSION_ID: &str = "ASIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn taken(text: &str) -> (String, String, Option<String>) {
    let secret = parse(text).map_err(|failure| failure.text()).unwrap();
    (secret.access_key_id.clone(), secret.secret_access_key.clone(), secret.session_token.clone())
}

#[test]
fn every_documented_shape_is_taken() {
    let without = (ID.to_owned(), SECRET.to_owned(), None);
    let with = (SESSION_ID.to_owned(), SECRET.to_owned(), Some("token".to_owned()));
    assert_eq!(taken(&format!("{ID}\n{SECRET}\n")), without);
    assert_eq!(taken(&format!("  {ID}\r\n\r\n{SECRET}")), without);
    assert_eq!(taken(&format!("{SESSION_ID}\n{SECRET}\ntoken\n")), with);
    assert_eq!(taken(&format!(r#"{{"access_key_id": "{ID}", "secret_access_key": "{SECRET}"}}"#)), without);
    let aws = format!(
        r#"{{"AccessKeyId": "{SESSION_ID}", "SecretAccessKey": "{SECRET}", "SessionToken": "token"}}"#
    );
    assert_eq!(taken(&aws), with);
    assert_eq!(taken(&format!(r#"{{"Credentials": {aws}}}"#)), with);
}

#[test]
fn nonsense_is_refused_without_being_repeated() {
    for text in [
        "",
        SECRET,
        &format!("{SECRET}\n{ID}"),
        &format!("{ID}\nbPxRfiCY with blanks"),
        &format!("{SESSION_ID}\n{SECRET}"),
        &format!(r#"{{"access_key_id": 17, "secret_access_key": "{SECRET}"}}"#),
        &format!(r#"{{"SecretAccessKey": ["{SECRET}"]}}"#),
    ] {
        let said = parse(text).map(|_| ()).unwrap_err().text();
        assert!(!said.contains("bPxRfiCY") && !said.contains("IOSFODNN7"), "{said}");
    }
}
