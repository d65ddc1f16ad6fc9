//! `curfew prepare` and `curfew unprepare`: a region's stack, made or removed, with every resource's progress.

use std::{collections::BTreeSet, time::Duration};

use aws::Ec2;
use domain::{AccountConfig, CloudFault, Problem, Region};
use engine::{Cloud, Ground};
use launch::{
    prepare::{self, Change, Done, Event, Goal, Stack, Step},
    prepared,
};

use crate::{failure::Failure, terminal::note};

/// Between two looks at the stack.
const EVERY: Duration = Duration::from_secs(2);
/// A stack of ours takes two to four minutes; this is a stack that hangs.
const BOUND: Duration = Duration::from_secs(30 * 60);

/// Brings the regions to the goal, one after the other; the first that fails ends it.
pub(crate) async fn run(
    cloud: &Ec2,
    account: &AccountConfig,
    regions: &[Region],
    goal: Goal,
) -> Result<(), Failure> {
    for region in regions {
        let attempt = Attempt { cloud, account, region, goal };
        let reached = tokio::time::timeout(BOUND, attempt.run()).await;
        reached.unwrap_or_else(|_| Err(attempt.too_slow()))?;
    }
    Ok(())
}

struct Attempt<'a> {
    cloud: &'a Ec2,
    account: &'a AccountConfig,
    region: &'a Region,
    goal: Goal,
}

impl Attempt<'_> {
    async fn run(&self) -> Result<(), Problem> {
        let mut done = Done::default();
        let mut told = BTreeSet::new();
        let mut known: Option<Stack> = None;
        loop {
            let stack = self.look().await?;
            let events = match &stack {
                Some(stack) => self.events(stack).await?,
                None => Vec::new(),
            };
            // What happened before this attempt is not its progress.
            let first_look = known.is_none() && !done.created;
            tell(&events, &mut told, first_look);
            match prepare::next(self.goal, self.region, stack.as_ref(), &events, done) {
                Step::Create => {
                    self.create().await?;
                    done.created = true;
                }
                Step::Update => {
                    self.change(&Change::Update).await?;
                    done.updated = true;
                }
                Step::Delete => {
                    self.change(&Change::Delete).await?;
                    done.deleted = true;
                }
                Step::Wait => tokio::time::sleep(EVERY).await,
                Step::Reached => return self.report(stack.as_ref()),
                Step::Failed(problem) => return Err(problem),
            }
            known = stack.or(known);
        }
    }

    async fn look(&self) -> Result<Option<Stack>, Problem> {
        self.cloud.stack(self.account, self.region).await.map_err(|fault| self.problem(&fault))
    }

    async fn events(&self, stack: &Stack) -> Result<Vec<Event>, Problem> {
        self.cloud.events(self.account, self.region, stack).await.map_err(|fault| self.problem(&fault))
    }

    async fn create(&self) -> Result<(), Problem> {
        let problem = |fault: CloudFault| self.problem(&fault);
        let identity = self.cloud.identity(self.account).await.map_err(problem)?;
        let bucket = prepared::bucket(&identity.number, self.region);
        let zones = self.cloud.zones(self.account, self.region).await.map_err(problem)?;
        let owner = self.cloud.bucket_owner(self.account, self.region, &bucket).await.map_err(problem)?;
        self.change(&prepare::creation(self.region, &zones, &bucket, owner)?).await
    }

    async fn change(&self, change: &Change) -> Result<(), Problem> {
        self.cloud.change(self.account, self.region, change).await.map_err(|fault| self.problem(&fault))
    }

    fn report(&self, stack: Option<&Stack>) -> Result<(), Problem> {
        let region = self.region;
        match (self.goal, stack) {
            (Goal::Prepared, Some(stack)) => {
                println!("{region} is prepared; it costs nothing while nothing runs there.");
                for (name, value) in &stack.outputs {
                    println!("  {name:<20} {value}");
                }
            }
            (Goal::Prepared | Goal::Gone, _) => {
                println!("{region}: what was prepared is gone. The bucket stays, with what is in it.");
            }
        }
        Ok(())
    }

    fn problem(&self, fault: &CloudFault) -> Problem {
        let what = match self.goal {
            Goal::Prepared => "preparing",
            Goal::Gone => "removing what was prepared in",
        };
        fault.problem(&format!("{what} {}", self.region))
    }

    fn too_slow(&self) -> Problem {
        let minutes = BOUND.as_secs() / 60;
        let message = format!("the stack of {} has not arrived within {minutes} minutes", self.region);
        Problem::new("stack-slow", message, "Run the same command again: it goes on where the stack is.")
    }
}

/// Says each change of a resource once.
fn tell(events: &[Event], told: &mut BTreeSet<String>, silently: bool) {
    for event in events {
        if told.insert(event.id.clone()) && !silently {
            let reason = if event.reason.is_empty() { String::new() } else { format!(": {}", event.reason) };
            note(&format!("{:<28} {:<20} {}{reason}", event.kind, event.resource, event.status));
        }
    }
}
