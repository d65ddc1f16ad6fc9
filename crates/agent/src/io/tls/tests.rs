use super::*;

use std::fs;

#[test]
fn the_named_file_goes_before_the_machines() {
    let root = Root::at("/elsewhere");
    let named = Roots::find(&root, |name| (name == "AWS_CA_BUNDLE").then(|| "/my/ca.pem".to_owned()));
    assert_eq!(named.files, [PathBuf::from("/my/ca.pem")]);
    let found = Roots::find(&root, |_| None);
    assert_eq!(found.files.first(), Some(&PathBuf::from("/elsewhere/etc/ssl/certs/ca-certificates.crt")));
}

#[test]
fn nobody_to_trust_is_said_with_what_helps() {
    let folder = tempfile::tempdir().expect("a folder");
    let roots = Roots::find(&Root::at(folder.path()), |_| None);
    let path = folder.path().join("etc/ssl/certs");
    fs::create_dir_all(&path).expect("folders");
    fs::write(
        path.join("ca-certificates.crt"),
        "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n",
    )
    .expect("a file");
    let fault = build(&roots).expect_err("no roots").to_string();
    assert!(fault.contains("ca-certificates") && fault.contains("AWS_CA_BUNDLE"), "{fault}");
}
