//! Closing lines as the runners really print them.

use super::{Counts, Runner};

fn check(runner: Runner, line: &str, (passed, failed, skipped): (u64, u64, u64)) {
    let mut counts = Counts::default();
    counts.take(runner, line);
    assert_eq!(counts, Counts { passed, failed, skipped }, "{line}");
}

#[test]
fn nextest() {
    let check = |line, want| check(Runner::Nextest, line, want);
    check("     Summary [   0.012s] 12 tests run: 12 passed, 3 skipped", (12, 0, 0));
    check(
        "     Summary [  60.012s] 12 tests run: 9 passed (2 slow), 2 failed, 1 timed out, 0 skipped",
        (9, 3, 0),
    );
    check(
        "\u{1b}[32;1m     Summary\u{1b}[0m [   0.012s] \u{1b}[1m4\u{1b}[0m tests run: \u{1b}[1m4\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m skipped",
        (4, 0, 0),
    );
    check("        PASS [   0.005s] domain money::tests::3_passed", (0, 0, 0));
}

#[test]
fn libtest() {
    let check = |line, want| check(Runner::Libtest, line, want);
    check(
        "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.00s",
        (5, 0, 1),
    );
    check(
        "test result: FAILED. 4 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
        (4, 1, 0),
    );
    check("test money::adds ... ok", (0, 0, 0));
}

#[test]
fn pytest() {
    let check = |line, want| check(Runner::Pytest, line, want);
    check("12 passed in 0.31s", (12, 0, 0));
    check("1 failed, 11 passed, 2 skipped in 64.31s (0:01:04)", (11, 1, 2));
    check("===== 3 passed, 2 errors in 0.5s =====", (3, 2, 0));
    check("no tests ran in 0.01s", (0, 0, 0));
}
