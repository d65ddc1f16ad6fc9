//! Who is trusted.

use super::*;

use std::fs;

#[test]
fn the_named_file_goes_before_the_machines() {
    let root = Root::at("/elsewhere");
    let named = Roots::find(&root, |name| (name == "AWS_CA_BUNDLE").then(|| "/my/ca.pem".to_owned()));
    assert!(matches!(&named, Roots::Named(file) if file == Path::new("/my/ca.pem")), "{named:?}");
    let fault = build(&named).expect_err("no roots").to_string();
    assert!(fault.contains("/my/ca.pem") && fault.contains("AWS_CA_BUNDLE"), "{fault}");
    let found = Roots::find(&root, |_| None);
    let Roots::Machine(files) = &found else { panic!("{found:?}") };
    assert_eq!(files.first(), Some(&PathBuf::from("/elsewhere/etc/ssl/certs/ca-certificates.crt")));
}

#[test]
fn a_machine_without_certificates_says_what_to_install() {
    let folder = tempfile::tempdir().expect("a folder");
    let roots = Roots::find(&Root::at(folder.path()), |_| None);
    let path = folder.path().join("etc/ssl/certs");
    fs::create_dir_all(&path).expect("folders");
    let broken = "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n";
    fs::write(path.join("ca-certificates.crt"), broken).expect("a file");
    let fault = build(&roots).expect_err("no roots").to_string();
    assert!(
        fault.contains("install its package ca-certificates") && fault.contains("AWS_CA_BUNDLE"),
        "{fault}"
    );
}
