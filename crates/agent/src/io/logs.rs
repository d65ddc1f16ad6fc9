//! Lines into CloudWatch Logs, in batches that it takes.

mod batch;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

pub use self::batch::Left;
use super::aws::{self, Api, Aws, Call, Fault, Kind, Payload};
use super::clock;
use super::http::Deadline;

/// What an answer has.
const MOST: usize = 64 * 1024;
/// One attempt with a batch of a megabyte.
const BOUND: Duration = Duration::from_secs(30);

/// One stream of a group.
#[derive(Debug)]
pub struct Logs {
    aws: Arc<Aws>,
    region: String,
    group: String,
    stream: String,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it was written.
    pub at: Timestamp,
    /// Without its end of line; may not be empty.
    pub text: String,
}

impl Logs {
    /// A stream that is made when the first line is written, with its group where there is none.
    pub fn new(aws: Arc<Aws>, region: &str, group: &str, stream: &str) -> Self {
        Self { aws, region: region.to_owned(), group: group.to_owned(), stream: stream.to_owned() }
    }

    /// Writes lines, in the order of their times, and says which CloudWatch does not take.
    ///
    /// # Errors
    /// The stream cannot be made or written to before the deadline; some batches may have been written.
    pub fn put(&self, lines: &[Line], deadline: &Deadline) -> Result<Left, Fault> {
        let (batches, mut left) = batch::batches(lines, clock::now().wall);
        for batch in &batches {
            let refused = match self.put_batch(batch, deadline) {
                Err(fault) if fault.kind == Kind::NotFound => {
                    self.create(deadline)?;
                    self.put_batch(batch, deadline)?
                }
                put => put?,
            };
            left.add(&refused);
        }
        Ok(left)
    }

    fn put_batch(&self, batch: &[batch::Event<'_>], deadline: &Deadline) -> Result<Left, Fault> {
        let events: Vec<_> =
            batch.iter().map(|event| json!({ "timestamp": event.at, "message": event.text })).collect();
        let body = json!({ "logGroupName": self.group, "logStreamName": self.stream, "logEvents": events });
        let answer = self.ask("PutLogEvents", "write", &body, deadline)?;
        Ok(Left::read(&answer["rejectedLogEventsInfo"], batch.len()))
    }

    fn create(&self, deadline: &Deadline) -> Result<(), Fault> {
        match self.create_stream(deadline) {
            Err(fault) if fault.kind == Kind::NotFound => {
                let group = json!({ "logGroupName": self.group });
                made(self.ask("CreateLogGroup", "make the group of", &group, deadline))?;
                self.create_stream(deadline)
            }
            created => created,
        }
    }

    fn create_stream(&self, deadline: &Deadline) -> Result<(), Fault> {
        let stream = json!({ "logGroupName": self.group, "logStreamName": self.stream });
        made(self.ask("CreateLogStream", "make", &stream, deadline))
    }

    fn ask(&self, action: &str, verb: &str, body: &Value, deadline: &Deadline) -> Result<Value, Fault> {
        let what = format!("{verb} the log stream {} of {}", self.stream, self.group);
        let (target, needs) = (format!("Logs_20140328.{action}"), format!("logs:{action}"));
        let (body, base) = (body.to_string(), self.aws.endpoints().base(Api::Logs, &self.region));
        let call = Call {
            headers: &[("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &target)],
            payload: Payload::Bytes(body.as_bytes()),
            what: &what,
            needs: &needs,
            ..Call::new(Api::Logs, &self.region, "POST", &base)
        };
        self.aws.retry(deadline, |_| {
            let mut answer = self.aws.once(&call, &deadline.within(BOUND))?;
            match aws::text(&call, &mut answer, MOST)? {
                empty if empty.is_empty() => Ok(Value::Null),
                text => serde_json::from_str(&text)
                    .map_err(|_| Fault::new(Kind::Garbled, &what, "the answer is no JSON")),
            }
        })
    }
}

/// That somebody else made it first is no fault.
fn made(asked: Result<Value, Fault>) -> Result<(), Fault> {
    match asked {
        Err(fault) if fault.code == "ResourceAlreadyExistsException" => Ok(()),
        asked => asked.map(drop),
    }
}
