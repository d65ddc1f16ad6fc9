//! Figures into CloudWatch over the query protocol, which AWS and its stand-ins both speak.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::aws::{Api, Aws, Call, Fault, Kind, Payload};
use super::http::Deadline;
use super::sign::encode_query;

const VERSION: &str = "2010-08-01";
/// CloudWatch takes a thousand in a request of a megabyte; a hundred never come near that.
const AT_ONCE: usize = 100;
/// CloudWatch's own limit for one metric.
const MOST_DIMENSIONS: usize = 30;
const BOUND: Duration = Duration::from_secs(15);

/// Metrics of one region and namespace.
#[derive(Debug)]
pub struct Metrics {
    aws: Arc<Aws>,
    region: String,
    namespace: String,
}

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// `CPUUtilization`.
    pub name: String,
    /// What it is measured in.
    pub unit: Unit,
    /// Finite.
    pub value: f64,
    /// What it is of: `InstanceId` and the id.
    pub dimensions: Vec<(String, String)>,
    /// When; CloudWatch takes two weeks back and two hours ahead.
    pub at: Timestamp,
}

/// Units of CloudWatch that the agent's figures have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Of 100.
    Percent,
    /// A number alone.
    None,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Percent => "Percent",
            Self::None => "None",
        }
    }
}

impl Metrics {
    /// Metrics below `namespace`.
    pub fn new(aws: Arc<Aws>, region: &str, namespace: &str) -> Self {
        Self { aws, region: region.to_owned(), namespace: namespace.to_owned() }
    }

    /// Writes figures.
    ///
    /// # Errors
    /// [`Kind::Refused`] for a figure that CloudWatch has no place for; what every call can come to.
    pub fn put(&self, figures: &[Figure], deadline: &Deadline) -> Result<(), Fault> {
        let what = format!("write metrics of {}", self.namespace);
        let odd = |figure: &&Figure| !figure.value.is_finite() || figure.dimensions.len() > MOST_DIMENSIONS;
        if let Some(figure) = figures.iter().find(odd) {
            let why =
                format!("{} is {} with {} dimensions", figure.name, figure.value, figure.dimensions.len());
            return Err(Fault::new(Kind::Refused, &what, why));
        }
        figures.chunks(AT_ONCE).try_for_each(|some| self.put_some(some, &what, deadline))
    }

    fn put_some(&self, figures: &[Figure], what: &str, deadline: &Deadline) -> Result<(), Fault> {
        let form = form(&self.namespace, figures);
        let pairs: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (body, base) = (encode_query(&pairs), self.aws.endpoints().base(Api::Metrics, &self.region));
        let call = Call {
            headers: &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
            payload: Payload::Bytes(body.as_bytes()),
            what,
            needs: "cloudwatch:PutMetricData",
            ..Call::new(Api::Metrics, &self.region, "POST", &base)
        };
        self.aws.retry(deadline, |_| self.aws.once(&call, &deadline.within(BOUND)).map(drop))
    }
}

fn form(namespace: &str, figures: &[Figure]) -> Vec<(String, String)> {
    let mut form = vec![
        ("Action".into(), "PutMetricData".into()),
        ("Version".into(), VERSION.into()),
        ("Namespace".into(), namespace.to_owned()),
    ];
    for (number, figure) in figures.iter().enumerate() {
        let member = format!("MetricData.member.{}", number + 1);
        form.push((format!("{member}.MetricName"), figure.name.clone()));
        form.push((format!("{member}.Unit"), figure.unit.name().into()));
        form.push((format!("{member}.Value"), figure.value.to_string()));
        form.push((format!("{member}.Timestamp"), figure.at.to_string()));
        for (number, (name, value)) in figure.dimensions.iter().enumerate() {
            let dimension = format!("{member}.Dimensions.member.{}", number + 1);
            form.push((format!("{dimension}.Name"), name.clone()));
            form.push((format!("{dimension}.Value"), value.clone()));
        }
    }
    form
}
