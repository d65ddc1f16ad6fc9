//! Real programs: shell scripts that write lines.

use super::*;
use crate::io::signals::stage::{Stage, until};

fn gauge(places: &'static [&'static str]) -> Gauge<Vec<String>> {
    Gauge::new(Program { name: "meter", places, fold: |lines, line| lines.push(line.to_owned()) })
}

fn read(gauge: &mut Gauge<Vec<String>>, stage: &Stage, seconds: u64) -> Reading<Vec<String>> {
    gauge.read(&stage.root(), &["a b".to_owned()], Duration::from_secs(seconds))
}

fn fault(reading: Reading<Vec<String>>) -> String {
    let Reading::Unreadable(fault) = reading else { panic!("{reading:?}") };
    fault
}

fn lives(pid: u32) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}

#[test]
fn a_machine_without_the_program_has_no_measurement() {
    assert_eq!(read(&mut gauge(&["/usr/bin/meter"]), &Stage::new(), 0), Reading::Absent);
}

#[test]
fn lines_are_folded_until_the_value_is_taken() {
    let stage = Stage::new();
    stage.program("/opt/meter", r#"echo "$1"; echo two; exec sleep 600"#);
    let mut gauge = gauge(&["/usr/bin/meter", "/opt/meter"]);
    assert_eq!(fault(read(&mut gauge, &stage, 0)), "meter was started just now");
    let mut lines = Vec::new();
    until(|| {
        if let Reading::Is(more) = read(&mut gauge, &stage, 1) {
            lines.extend(more);
        }
        (lines.len() == 2).then_some(())
    });
    assert_eq!(lines, ["a b", "two"]);
    assert_eq!(fault(read(&mut gauge, &stage, 2)), "meter has said nothing since the last check");
}

#[test]
fn it_ends_with_everything_that_it_started() {
    let stage = Stage::new();
    stage.program("/opt/meter", "sleep 600 & echo $!; wait");
    let mut gauge = gauge(&["/opt/meter"]);
    let _started = read(&mut gauge, &stage, 0);
    assert!(gauge.settle(Duration::from_secs(20)));
    let Reading::Is(lines) = read(&mut gauge, &stage, 1) else { panic!("nothing said") };
    let grandchild = lines[0].parse().expect("a process");
    let child = gauge.pid().expect("a process");
    assert!(lives(child) && lives(grandchild));
    gauge.rest();
    assert_eq!(gauge.pid(), None);
    until(|| (!lives(child)).then_some(()));
    // Nobody waits for the grandchild but process 1; killed it is in any case.
    until(|| is_over(grandchild).then_some(()));
}

fn is_over(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z'))
}

#[test]
fn a_program_that_ends_is_started_again_only_later() {
    let stage = Stage::new();
    stage.program("/opt/meter", "exit 3");
    let mut gauge = gauge(&["/opt/meter"]);
    let _started = read(&mut gauge, &stage, 0);
    let said = until(|| Some(fault(read(&mut gauge, &stage, 10))).filter(|said| !said.contains("nothing")));
    assert_eq!(said, "meter has ended");
    assert_eq!(fault(read(&mut gauge, &stage, 309)), "meter has ended and is started again later");
    assert_eq!(fault(read(&mut gauge, &stage, 310)), "meter was started just now");
}

#[test]
fn a_program_that_cannot_be_started_is_said() {
    let stage = Stage::new();
    stage.file("/opt/meter", "not a program");
    let said = fault(read(&mut gauge(&["/opt/meter"]), &stage, 0));
    assert!(said.starts_with("meter cannot be started: "), "{said}");
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let stage = Stage::new();
    stage.program("/opt/meter", "head -c 3000000 /dev/zero | tr '\\0' x; exec sleep 600");
    let mut gauge: Gauge<Vec<usize>> = Gauge::new(Program {
        name: "meter",
        places: &["/opt/meter"],
        fold: |sizes, line| sizes.push(line.len()),
    });
    let mut sizes = Vec::new();
    until(|| {
        if let Reading::Is(more) = gauge.read(&stage.root(), &[], Duration::ZERO) {
            sizes.extend(more);
        }
        (sizes.len() == 2).then_some(())
    });
    assert_eq!(sizes, [1024 * 1024, 1024 * 1024]);
}
