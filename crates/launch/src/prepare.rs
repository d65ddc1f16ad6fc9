//! What a region needs before anything is launched there, as one CloudFormation stack: made, brought up to date, removed.
//!
//! Each step follows from how the stack stands, so that a second `curfew prepare`, or one after a crash, goes on where
//! the stack is. Knows CloudFormation's states and nothing of its interface.

use std::collections::BTreeMap;

use domain::{Problem, Region, Zone};

/// The stack's name, the same in every region.
pub const STACK: &str = "curfew-region";

/// The template, as it is shipped.
pub const TEMPLATE: &str = include_str!("../../../bundle/cloudformation/region.yaml");

/// What is wanted of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The stack is there, as the template is now.
    Prepared,
    /// It is gone; the bucket stays.
    Gone,
}

/// A stack as CloudFormation describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// Its id: a new one for each stack of the name, so that events of an older one are told apart.
    pub id: String,
    /// How it stands.
    pub status: Status,
    /// Why, in CloudFormation's words; may be empty.
    pub reason: String,
    /// What it has made: `SubnetId`, `BucketName`, ...
    pub outputs: BTreeMap<String, String>,
}

/// How a stack stands, by what can be done about it.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// On its way to somewhere: `..._IN_PROGRESS`.
    Moving,
    /// `CREATE_COMPLETE`, `UPDATE_COMPLETE`.
    Complete,
    /// `UPDATE_ROLLBACK_COMPLETE`: as it was before a change that failed.
    AsBefore,
    /// `ROLLBACK_COMPLETE`, `CREATE_FAILED`, `ROLLBACK_FAILED`: never came to be, and is in the way.
    Stillborn,
    /// `DELETE_FAILED`, `UPDATE_ROLLBACK_FAILED`: somebody has to look.
    Stuck,
    /// `DELETE_COMPLETE`.
    Deleted,
}

/// A change of the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is made.
    Create {
        /// Where its subnet is.
        zone: Zone,
        /// Whether it makes the bucket; an earlier one's bucket is taken as it is.
        bucket: bool,
    },
    /// It is brought up to date, with what it was given when it was made.
    Update,
    /// It is removed; its bucket stays.
    Delete,
}

/// Whose bucket has a name: names are unique among everybody's buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BucketOwner {
    /// There is none.
    Nobody,
    /// The account itself.
    Us,
    /// Another account: what is put there is theirs.
    Somebody,
}

/// How a stack is made where the bucket stands so.
///
/// # Errors
/// The name is taken by another account, or there is no zone.
pub fn creation(
    region: &Region,
    zones: &[Zone],
    bucket: &str,
    owner: BucketOwner,
) -> Result<Change, Problem> {
    let zone = zones.first().cloned().ok_or_else(|| {
        Problem::new(
            "no-zone",
            format!("{region} has no zone that this account may use"),
            "Choose another region.",
        )
    })?;
    match owner {
        BucketOwner::Nobody => Ok(Change::Create { zone, bucket: true }),
        BucketOwner::Us => Ok(Change::Create { zone, bucket: false }),
        BucketOwner::Somebody => Err(Problem::new(
            "bucket-taken",
            format!("the bucket {bucket} belongs to another account, or you may not see it"),
            "If it is yours, you need s3:ListBucket on it, which `curfew policy prepare` grants. If not, make a bucket of \
             another name and put that into the profiles as run.bucket. Nothing was made.",
        )),
    }
}

/// One resource's change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Unique.
    pub id: String,
    /// The resource's name in the template.
    pub resource: String,
    /// `AWS::EC2::VPC`.
    pub kind: String,
    /// `CREATE_COMPLETE`.
    pub status: String,
    /// Why; may be empty.
    pub reason: String,
}

/// What was done so far in this attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// CreateStack was sent.
    pub created: bool,
    /// UpdateStack was sent, or there was nothing to change.
    pub updated: bool,
    /// DeleteStack was sent.
    pub deleted: bool,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// CreateStack.
    Create,
    /// UpdateStack, which does nothing when nothing is to change.
    Update,
    /// DeleteStack.
    Delete,
    /// It is on its way.
    Wait,
    /// The goal is reached.
    Reached,
    /// It is not to be reached, and why.
    Failed(Problem),
}

impl Status {
    /// By CloudFormation's word; an unknown one is taken for a change that goes on.
    pub fn of(word: &str) -> Self {
        match word {
            "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => Self::Complete,
            "UPDATE_ROLLBACK_COMPLETE" | "UPDATE_FAILED" => Self::AsBefore,
            "ROLLBACK_COMPLETE" | "CREATE_FAILED" | "ROLLBACK_FAILED" => Self::Stillborn,
            "DELETE_FAILED" | "UPDATE_ROLLBACK_FAILED" => Self::Stuck,
            "DELETE_COMPLETE" => Self::Deleted,
            _ => Self::Moving,
        }
    }
}

impl Event {
    /// Whether this is where it went wrong; what is cancelled because another failed is not.
    pub fn is_failure(&self) -> bool {
        self.status.ends_with("_FAILED") && !self.reason.contains("cancelled")
    }
}

/// What comes next on the way to a goal.
pub fn next(goal: Goal, region: &Region, stack: Option<&Stack>, events: &[Event], done: Done) -> Step {
    let status = stack.map_or(Status::Deleted, |stack| stack.status);
    match (goal, status) {
        (_, Status::Moving) => Step::Wait,
        (Goal::Gone, Status::Deleted) => Step::Reached,
        (Goal::Gone, Status::Complete | Status::AsBefore | Status::Stillborn) => Step::Delete,
        (Goal::Gone, Status::Stuck) if !done.deleted => Step::Delete,
        (Goal::Prepared, Status::Deleted) if !done.created => Step::Create,
        (Goal::Prepared, Status::Complete) if done.created || done.updated => Step::Reached,
        (Goal::Prepared, Status::Complete) => Step::Update,
        (Goal::Prepared, Status::AsBefore) if !done.updated => Step::Update,
        // What an earlier attempt left is cleared away once; of this one it is the end.
        (Goal::Prepared, Status::Stillborn) if !done.created && !done.deleted => Step::Delete,
        (Goal::Gone | Goal::Prepared, Status::Stuck)
        | (Goal::Prepared, Status::Deleted | Status::AsBefore | Status::Stillborn) => {
            Step::Failed(failure(goal, region, stack, events))
        }
    }
}

fn failure(goal: Goal, region: &Region, stack: Option<&Stack>, events: &[Event]) -> Problem {
    let what = match goal {
        Goal::Prepared => "preparing",
        Goal::Gone => "removing what was prepared in",
    };
    let first = events.iter().find(|event| event.is_failure());
    let why = match (first, stack) {
        (Some(event), _) => format!("{} ({}): {}", event.resource, event.kind, event.reason),
        (None, Some(stack)) if !stack.reason.is_empty() => stack.reason.clone(),
        (None, _) => "CloudFormation gives no reason".into(),
    };
    let hint = match goal {
        Goal::Prepared => {
            "What was made has been removed again. Mend the cause, then prepare the region again."
        }
        Goal::Gone => {
            "Something that the stack did not make uses it: instances, or a network interface. End that, then try again."
        }
    };
    Problem::new("stack", format!("{what} {region} failed at {why}"), hint)
}

#[cfg(test)]
mod tests;
