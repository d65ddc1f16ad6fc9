//! What each refusal means, in a table.

use domain::Region;

use super::*;

fn place(region: &str, zone: &str, kind: &str, spot: bool) -> Place {
    Place { region: Region::from(region), zone: zone.into(), kind: kind.into(), spot }
}

#[test]
fn each_code_has_its_meaning() {
    let check = |code: &str, expected: Meaning| {
        let fault = CloudFault::new(FaultKind::Refused { code: code.into() });
        assert_eq!(meaning(&fault), expected, "{code}");
    };
    check("InsufficientInstanceCapacity", Meaning::NotHere("no capacity"));
    check("SpotMaxPriceTooLow", Meaning::NotHere("above the highest price"));
    check("Unsupported", Meaning::NotHere("not offered here"));
    check("VcpuLimitExceeded", Meaning::NotThisFamily("the vCPU quota is used up"));
    check("MaxSpotInstanceCountExceeded", Meaning::NotThisFamily("the spot quota is used up"));
    check("InternalError", Meaning::Lost);
    check("IdempotentParameterMismatch", Meaning::End);
    check("InvalidParameterValue", Meaning::End);
}

#[test]
fn a_quota_rules_out_its_family_market_and_region_alone() {
    let refused = place("us-east-1", "us-east-1a", "g5.xlarge", true);
    let quota = Meaning::NotThisFamily("the spot quota is used up");
    let out = |other: Place| rules_out(&quota, &refused, &other);
    assert!(out(place("us-east-1", "us-east-1b", "g4dn.2xlarge", true)));
    assert!(!out(place("us-east-1", "us-east-1b", "g4dn.2xlarge", false)));
    assert!(!out(place("us-west-2", "us-west-2a", "g5.xlarge", true)));
    assert!(!out(place("us-east-1", "us-east-1b", "p3.2xlarge", true)));
}

#[test]
fn capacity_is_remembered_for_three_minutes() {
    let begin: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    let place = place("us-east-1", "us-east-1a", "g5.xlarge", false);
    let mut refusals = Refusals::default();
    refusals.remember(place.clone(), begin);
    assert!(refusals.is_fresh(&place, begin + Duration::from_secs(179)));
    assert!(!refusals.is_fresh(&place, begin + Duration::from_secs(180)));
}
