//! Who may know whom. Held over what the manifests say, so that a wrong arrow fails here before
//! anything is built on it. Dev-dependencies between our own crates are free: a test may use what
//! the code it tests must not know.

use std::collections::BTreeMap;

use cargo_metadata::{Dependency, DependencyKind, MetadataCommand, Package};

/// Our crates and the ones of ours that each may use.
const ARROWS: [(&str, &[&str]); 15] = [
    ("document", &[]),
    ("domain", &["document"]),
    ("protocol", &["document"]),
    ("launch", &["document", "domain", "protocol"]),
    ("agent", &["document", "protocol"]),
    ("wire", &["domain"]),
    ("engine", &["domain", "launch", "protocol"]),
    ("store", &["domain", "launch", "protocol", "engine"]),
    ("aws", &["domain", "launch", "protocol", "engine"]),
    ("demo", &["domain", "launch", "protocol", "engine"]),
    ("cli", &["domain", "launch", "wire", "engine", "store", "aws", "demo"]),
    ("curfew-app", &["domain", "launch", "wire", "engine", "store", "aws", "demo"]),
    ("curfew-ui", &["domain"]),
    ("xtask", &[]),
    ("curfew-tests", &["domain", "launch", "protocol", "wire", "engine", "store", "aws", "demo", "cli"]),
];

/// Other people's crates that only one of ours may name, by the beginning of their names.
const NAMED_ONCE: [(&str, &str); 8] = [
    ("aws-", "aws"),
    ("tauri", "curfew-app"),
    ("notify-rust", "curfew-app"),
    ("yew", "curfew-ui"),
    ("web-sys", "curfew-ui"),
    ("rusqlite", "store"),
    ("keyring", "store"),
    ("clap_complete", "cli"),
];

/// What some crate's tests alone hold our code against.
const FOR_TESTS: [(&str, &str); 4] = [
    ("agent", "aws-sigv4"),
    ("agent", "aws-credential-types"),
    ("curfew-tests", "aws-sigv4"),
    ("curfew-tests", "aws-credential-types"),
];

/// What makes code impure. `domain` also compiles to wasm; these would not, or not usefully.
const NOT_IN_DOMAIN: [&str; 9] =
    ["tokio", "async", "futures", "reqwest", "hyper", "rusqlite", "directories", "tracing", "rand"];

#[test]
fn our_crates_use_only_whom_they_may() {
    let packages = packages();
    let known: Vec<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let mut wrong = Vec::new();
    for (name, package) in &packages {
        let Some((_, may)) = ARROWS.iter().find(|(known, _)| known == name) else {
            wrong.push(format!("{name} is a new crate: say in ARROWS whom it may use"));
            continue;
        };
        let ours = shipped(package).filter(|it| known.contains(&it.name.as_str()));
        wrong.extend(
            ours.filter(|it| !may.contains(&it.name.as_str()))
                .map(|it| format!("{name} must not use {}", it.name)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(packages.len(), ARROWS.len(), "a crate of ARROWS is gone");
}

#[test]
fn a_foreign_interface_is_named_by_one_crate() {
    let mut wrong = Vec::new();
    for (name, package) in &packages() {
        for dependency in &package.dependencies {
            let tests_alone = dependency.kind == DependencyKind::Development
                && FOR_TESTS.contains(&(name.as_str(), dependency.name.as_str()));
            if tests_alone {
                continue;
            }
            let owner = NAMED_ONCE.iter().find(|(prefix, _)| dependency.name.starts_with(prefix));
            if let Some((_, owner)) = owner.filter(|(_, owner)| owner != name) {
                wrong.push(format!("{name} names {}, which is {owner}'s alone", dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_domain_stays_pure() {
    let packages = packages();
    let named: Vec<_> = shipped(&packages["domain"])
        .map(|it| it.name.as_str())
        .filter(|name| NOT_IN_DOMAIN.iter().any(|impure| name.starts_with(impure)))
        .collect();
    assert!(named.is_empty(), "domain must not know {}", named.join(", "));
}

/// What goes into the program, and what builds it.
fn shipped(package: &Package) -> impl Iterator<Item = &Dependency> {
    package.dependencies.iter().filter(|it| match it.kind {
        DependencyKind::Normal | DependencyKind::Build => true,
        DependencyKind::Development | DependencyKind::Unknown => false,
    })
}

fn packages() -> BTreeMap<String, Package> {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap();
    metadata.packages.into_iter().map(|it| (it.name.to_string(), it)).collect()
}
