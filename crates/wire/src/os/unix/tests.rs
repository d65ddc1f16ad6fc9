//! Who may talk, and what the socket's folder must be.

use super::*;

#[test]
fn only_the_same_user_may_talk() {
    let check = |peer, own, may| assert_eq!(may_talk(peer, own), may, "{peer} to {own}");
    check(1000, 1000, true);
    check(0, 0, true);
    check(1001, 1000, false);
    check(0, 1000, false);
    check(1000, 0, false);
}

#[test]
fn a_folder_of_somebody_else_is_refused() {
    let parent = tempfile::tempdir().expect("a folder");
    let folder = parent.path().join("curfew");
    let place = folder.join("curfew.sock");
    own_folder(&folder, own_uid(), &place).expect("a new folder is ours");
    let fault = own_folder(&folder, own_uid() + 1, &place).expect_err("the folder is not that user's");
    assert!(matches!(fault, BindFault::NotOurs { .. }), "{fault}");
}

#[test]
fn a_link_in_the_folders_place_is_refused() {
    let parent = tempfile::tempdir().expect("a folder");
    let (target, link) = (parent.path().join("target"), parent.path().join("curfew"));
    fs::create_dir(&target).expect("a folder");
    std::os::unix::fs::symlink(&target, &link).expect("a link");
    let fault = own_folder(&link, own_uid(), &link.join("curfew.sock")).expect_err("a link is no folder");
    assert!(matches!(fault, BindFault::NotOurs { .. }), "{fault}");
}

#[test]
fn an_open_folder_is_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("it is ours");
    own_folder(folder.path(), own_uid(), folder.path()).expect("it is ours");
    let mode = fs::metadata(folder.path()).expect("it is there").mode();
    assert_eq!(mode & 0o777, 0o700);
}
