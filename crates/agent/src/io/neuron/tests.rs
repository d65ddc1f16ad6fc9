//! The driver's files and neuron-monitor's reports, in the forms that their sources and guides show.

use super::*;
use crate::{
    decide::idle::Percent,
    io::signals::stage::{Stage, until},
};

const CORE: &str = "/sys/devices/virtual/neuron_device/neuron0/neuron_core1/stats";
const POWER: &str = "/sys/devices/virtual/neuron_device/neuron0/stats/power/utilization";

fn now(seconds: u64) -> Now {
    Now { wall: Timestamp::from_second(1_781_370_720).expect("a time"), up: Duration::from_secs(seconds) }
}

/// The files of one device of one core, in the layout of driver 2.27.
fn device() -> Stage {
    let stage = Stage::new();
    for counter in ["status/success", "other_info/nc_time_in_use", "other_info/flop_count"] {
        stage.file(&format!("{CORE}/{counter}/total"), "0\n");
        stage.file(&format!("{CORE}/{counter}/present"), "0\n");
    }
    stage.file(
        &format!("{CORE}/tensor_engine/pe_cntrs"),
        "xrow_grp,mm_active,wl_active,idle\n0,10,5,900\n1,10,5,900\n",
    );
    stage.file(&format!("{CORE}/memory_usage/device_mem/total"), "5\n");
    stage.file(POWER, "POWER_STATUS_VALID,1781370700,0.00,2.06,0.56\n");
    stage.link("/sys/devices/virtual/neuron_device/neuron0/subsystem", "..");
    stage
}

fn worked(neuron: &mut Neuron, stage: &Stage) -> Option<String> {
    match neuron.load(&stage.root(), now(0)) {
        Reading::Is(Load::Worked(shown)) => Some(shown),
        Reading::Is(Load::Percent(_)) | Reading::Absent | Reading::Unreadable(_) => None,
    }
}

#[test]
fn files_that_do_not_move_show_nothing() {
    let stage = device();
    let mut neuron = Neuron::new(5);
    for _ in 0..3 {
        assert_eq!(neuron.load(&stage.root(), now(0)), Reading::Absent, "there is no neuron-monitor");
    }
}

#[test]
fn a_counter_that_moved_shows_work_once() {
    let stage = device();
    let mut neuron = Neuron::new(5);
    assert_eq!(worked(&mut neuron, &stage), None);
    stage.file(&format!("{CORE}/other_info/nc_time_in_use/total"), "7\n");
    let shown = worked(&mut neuron, &stage);
    assert_eq!(shown.as_deref(), Some("neuron0/neuron_core1/stats/other_info/nc_time_in_use/total moved"));
    assert_eq!(worked(&mut neuron, &stage), None);
    // Cleared by somebody who wrote to it.
    stage.file(&format!("{CORE}/other_info/nc_time_in_use/total"), "0\n");
    assert_eq!(worked(&mut neuron, &stage), None);
    stage.file(
        &format!("{CORE}/tensor_engine/pe_cntrs"),
        "xrow_grp,mm_active,wl_active,idle\n0,10,5,990\n1,11,5,990\n",
    );
    assert_eq!(
        worked(&mut neuron, &stage).as_deref(),
        Some("neuron0/neuron_core1/stats/tensor_engine/pe_cntrs moved")
    );
    // Rest alone is no work.
    stage.file(
        &format!("{CORE}/tensor_engine/pe_cntrs"),
        "xrow_grp,mm_active,wl_active,idle\n0,10,5,9990\n1,11,5,9990\n",
    );
    assert_eq!(worked(&mut neuron, &stage), None);
}

#[test]
fn power_above_the_limit_shows_work_while_it_is_fresh() {
    let cases = [
        ("POWER_STATUS_VALID,1781370700,0.86,25.00,18.86", Some("it draws 18.9 % of its power")),
        ("POWER_STATUS_VALID,1781370000,0.86,25.00,18.86", None),
        ("POWER_STATUS_NO_DATA,1781370700,0.00,0.00,18.86", None),
        ("POWER_STATUS_VALID,1781370700,0.86,25.00,5.00", None),
        ("", None),
    ];
    for (text, expect) in cases {
        let stage = device();
        stage.file(POWER, text);
        assert_eq!(worked(&mut Neuron::new(5), &stage).as_deref(), expect, "{text}");
    }
}

#[test]
fn files_are_found_where_another_driver_put_them() {
    let stage = Stage::new();
    let elsewhere = "/sys/devices/virtual/neuron_device/neuron3/cores/0/telemetry/nc_time_in_use";
    stage.file(elsewhere, "1\n");
    let mut neuron = Neuron::new(5);
    assert_eq!(worked(&mut neuron, &stage), None);
    stage.file(elsewhere, "2\n");
    assert!(worked(&mut neuron, &stage).is_some());
}

fn report(cores: &str, error: &str) -> String {
    format!(
        r#"{{"neuron_runtime_data":[{{"pid":9,"neuron_runtime_tag":"9","error":"","report":{{"neuroncore_counters":{{"period":5.0,"neuroncores_in_use":{cores},"error":"{error}"}},"execution_stats":{{"period":5}}}}}}],"system_data":{{}},"instance_info":{{}}}}"#
    )
}

#[test]
fn the_busiest_core_of_all_reports_counts() {
    let mut window = monitor::Window::default();
    let cores = r#"{"0":{"neuroncore_utilization":2.926414908153532},"1":{"neuroncore_utilization":0}}"#;
    monitor::fold(&mut window, &report(cores, ""));
    monitor::fold(&mut window, &report(r#"{"0":{"neuroncore_utilization":89.4}}"#, ""));
    monitor::fold(&mut window, &report(r#"{"0":{"neuroncore_utilization":0}}"#, ""));
    assert_eq!(window.busiest(), Reading::Is(Load::Percent(Percent::tenths(894))));
}

#[test]
fn a_report_with_a_fault_or_without_a_process_is_no_rest() {
    let faulty = [
        "not json".to_owned(),
        r#"{"neuron_runtime_data":[]}"#.to_owned(),
        "{}".to_owned(),
        report("{}", ""),
        report(r#"{"0":{"neuroncore_utilization":0}}"#, "cannot attach"),
        r#"{"neuron_runtime_data":[{"pid":9,"error":"gone","report":null}]}"#.to_owned(),
    ];
    for line in faulty {
        let mut window = monitor::Window::default();
        monitor::fold(&mut window, &line);
        assert!(matches!(window.busiest(), Reading::Unreadable(_)), "{line}");
    }
}

#[test]
fn neuron_monitor_is_asked_where_the_files_show_nothing() {
    let stage = device();
    let line = report(r#"{"0":{"neuroncore_utilization":1.5}}"#, "");
    stage.file("/line", line);
    let script = r#"cp "$2" "${0%/*}/orders"; while :; do cat "${0%/opt/*}/line"; echo; sleep 1; done"#;
    stage.program("/opt/aws/neuron/bin/neuron-monitor", script);
    let mut neuron = Neuron::new(5);
    let load = until(|| match neuron.load(&stage.root(), now(0)) {
        Reading::Is(load) => Some(load),
        Reading::Absent | Reading::Unreadable(_) => None,
    });
    assert_eq!(load, Load::Percent(Percent::tenths(15)));
    let orders = std::fs::read_to_string(stage.path("/opt/aws/neuron/bin/orders")).expect("orders");
    let orders: serde_json::Value = serde_json::from_str(&orders).expect("JSON");
    assert_eq!(orders["neuron_runtimes"][0]["metrics"][0]["type"], "neuroncore_counters");
}
