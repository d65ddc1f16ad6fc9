//! Which folders are chosen from the environment, and whose they may be.

use std::collections::BTreeMap;

use super::*;

fn choose(variables: &[(&str, &str)]) -> Folders {
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    let platform = ProjectDirs::from_path("curfew".into());
    Folders::choose(|name| variables.get(name).map(Into::into), platform.as_ref()).expect("a home folder")
}

#[test]
fn the_variables_come_before_the_platform() {
    let folders = choose(&[("CURFEW_CONFIG_DIR", "/my config"), ("CURFEW_DATA_DIR", "/my data")]);
    assert_eq!(folders.config(), Path::new("/my config"));
    assert_eq!(folders.data(), Path::new("/my data"));
    assert_eq!(folders.runtime(), Path::new("/my data/run"));
}

#[test]
fn without_them_it_is_the_platforms() {
    let unset = choose(&[]);
    assert_eq!(unset, choose(&[("CURFEW_CONFIG_DIR", ""), ("CURFEW_DATA_DIR", "")]));
    assert!(unset.config().is_absolute() && unset.config().ends_with("curfew"), "{unset:?}");
    assert_eq!(choose(&[("CURFEW_CONFIG_DIR", "/c")]).data(), unset.data());
    assert_eq!(choose(&[("CURFEW_CONFIG_DIR", "/c")]).runtime(), unset.runtime());
}

#[test]
fn a_relative_folder_is_meant_from_here() {
    let here = std::env::current_dir().expect("a folder");
    assert_eq!(choose(&[("CURFEW_DATA_DIR", "mine")]).data(), here.join("mine"));
}

#[test]
fn without_a_home_the_variables_are_asked_for() {
    let check = |set: Option<&str>, missing: &str| {
        let variable = |name: &str| set.filter(|set| *set == name).map(|_| "/x".into());
        let fault = Folders::choose(variable, None).expect_err("nothing says where");
        assert!(fault.to_string().contains(missing), "{fault}");
    };
    check(None, "CURFEW_CONFIG_DIR");
    check(Some("CURFEW_CONFIG_DIR"), "CURFEW_DATA_DIR");
}

#[cfg(unix)]
#[test]
fn any_name_makes_a_folder_for_the_user_alone() {
    use std::os::unix::{ffi::OsStringExt, fs::MetadataExt};
    let parent = tempfile::tempdir().expect("a folder");
    let name = OsString::from_vec(b"with space \xff\n \xf0\x9f\x8c\x99".to_vec());
    let folder = parent.path().join(name).join("deep");
    make(&folder).expect("it can be made");
    make(&folder).expect("it is there already");
    assert_eq!(fs::metadata(&folder).expect("it is there").mode() & 0o777, 0o700);
}

#[test]
fn what_is_no_folder_is_told() {
    let parent = tempfile::tempdir().expect("a folder");
    let file = parent.path().join("file");
    fs::write(&file, "").expect("it can be written");
    let fault = make(&file.join("folder")).expect_err("a file has no folders");
    assert!(fault.to_string().contains("file/folder"), "{fault}");
}
