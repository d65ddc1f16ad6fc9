//! What a test does to AWS behind the agent's back, and what it finds there.

use std::collections::BTreeMap;

use agent::io::{ec2::Ec2, http::Deadline};

use super::{Cloud, Life, SOON};
use crate::parts::{
    stand_in::{REGION, aws_at},
    until,
};

impl Cloud {
    /// EC2 ends an instance, whatever runs on it.
    pub(crate) fn terminate(&self, instance: &str) {
        let ec2 = Ec2::new(aws_at(self.stand_in.url()), REGION);
        ec2.terminate(&instance.parse().expect("an id"), &Deadline::after(SOON))
            .expect("it can be terminated");
        let state =
            || ec2.state(&instance.parse().expect("an id"), &Deadline::after(SOON)).expect("it is known");
        until::holds(SOON, || state() == "terminated").expect("it is terminated in the end");
    }

    /// The metrics that CloudWatch took: of each run by name, with all of its values.
    pub(crate) fn metrics(&self, life: &Life) -> BTreeMap<String, Vec<f64>> {
        let answer = self.stand_in.ask("calls?action=PutMetricData");
        let calls = answer["calls"].as_array().expect("calls").iter().filter(|call| call["status"] == 200);
        let mut found = BTreeMap::<String, Vec<f64>>::new();
        for call in calls {
            let text = |key: String| call["parameters"][key].as_str().map(str::to_owned);
            for member in (1..100).map(|number| format!("MetricData.member.{number}")) {
                let Some(name) = text(format!("{member}.MetricName")) else { break };
                let instance = text(format!("{member}.Dimensions.member.1.Value"));
                if instance.as_deref() == Some(&life.machine.instance) {
                    let value = text(format!("{member}.Value")).expect("a value");
                    found.entry(name).or_default().push(value.parse().expect("a number"));
                }
            }
        }
        found
    }
}
