//! Tables and properties of `price`.

use super::builtin;

#[test]
fn the_types_of_the_worked_examples_are_known() {
    let check = |region, kind, micros| {
        assert_eq!(builtin::on_demand(region, kind), Some(micros), "{kind} in {region}")
    };
    check("us-east-1", "g5.xlarge", 1_006_000);
    check("us-west-2", "g5.xlarge", 1_006_000);
    check("us-east-1", "g4dn.2xlarge", 752_000);
}

#[test]
fn what_is_not_in_the_table_is_unknown() {
    assert_eq!(builtin::on_demand("us-east-1", "z9.huge"), None);
    assert_eq!(builtin::on_demand("mars-north-1", "g5.xlarge"), None);
    assert_eq!(builtin::on_demand("us-east-1", "g5xlarge"), None);
    assert_eq!(builtin::spot("us-east-1", "m5.large"), None);
}
