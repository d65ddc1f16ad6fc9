//! Lines as `nvidia-smi --query-gpu=index,utilization.gpu,memory.used,memory.total --format=csv,noheader,nounits` writes them.

use super::*;
use crate::io::signals::stage::{Stage, until};

fn check(lines: &[&str], expect: Option<u32>) {
    let mut window = Window::new();
    lines.iter().for_each(|line| fold(&mut window, line));
    match (busiest(&window), expect) {
        (Reading::Is(Load::Percent(share)), Some(tenths)) => {
            assert_eq!(share, Percent::tenths(tenths), "{lines:?}")
        }
        (Reading::Unreadable(_), None) => {}
        (found, expect) => panic!("{lines:?}: {found:?}, expected {expect:?}"),
    }
}

#[test]
fn the_busiest_moment_of_the_busiest_device_counts() {
    check(&["0, 0"], Some(0));
    check(&["0, 3, 10, 16384", "1, 0", "0, 97", "1, 12", "0, 0", "1, 0"], Some(970));
}

#[test]
fn a_device_whose_load_is_not_known_is_not_at_rest() {
    check(&[], None);
    check(&["0, [N/A]"], None);
    check(&["0, 0", "1, [Not Supported]", "0, 1", "1, 0"], None);
    check(&["Unable to determine the device handle for GPU0000:00:1E.0: Unknown Error"], None);
    check(&["No devices were found"], None);
}

#[test]
fn it_is_asked_in_a_loop_by_one_program() {
    let stage = Stage::new();
    stage.program(
        "/usr/bin/nvidia-smi",
        r#"echo "$@" >"${0%/*}/asked"; while :; do echo "0, 42, 4096, 16384"; sleep 1; done"#,
    );
    let mut nvidia = Nvidia::new(Duration::from_secs(60));
    let load = until(|| match nvidia.load(&stage.root(), Duration::ZERO) {
        Reading::Is(load) => Some(load),
        Reading::Absent | Reading::Unreadable(_) => None,
    });
    assert_eq!(load, Load::Percent(Percent::tenths(420)));
    assert_eq!(nvidia.memory(), Some(Percent::tenths(250)));
    let asked = std::fs::read_to_string(stage.path("/usr/bin/asked")).expect("asked");
    assert_eq!(
        asked.trim(),
        "--query-gpu=index,utilization.gpu,memory.used,memory.total --format=csv,noheader,nounits -l 5"
    );
}
