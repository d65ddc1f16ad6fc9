//! `curfew prepare` and `curfew unprepare`: a region's stack, made or removed, with every resource's progress.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use aws::Ec2;
use domain::{AccountConfig, AccountName, CloudFault, Problem, Region};
use engine::{Cloud, Ground, SystemClock};
use launch::{
    prepare::{self, Change, Done, Event, Goal, Stack, Step},
    prepared,
};
use store::OsKeychain;

use crate::{
    account,
    args::{Prepare, Unprepare},
    failure::Failure,
    home::Home,
    terminal::{Terminal, note, print},
};

/// Between two looks at the stack.
const EVERY: Duration = Duration::from_secs(2);
/// A stack of ours takes two to four minutes; this is a stack that hangs.
const BOUND: Duration = Duration::from_secs(30 * 60);

/// `curfew prepare`.
pub(crate) async fn prepare(args: &Prepare, demo: bool) -> Result<u8, Failure> {
    run(args, demo, Goal::Prepared).await
}

/// `curfew unprepare`.
pub(crate) async fn unprepare(args: &Unprepare, demo: bool, terminal: &Terminal) -> Result<u8, Failure> {
    let names: Vec<&str> = args.place.regions.iter().map(Region::as_str).collect();
    let names = names.join(", ");
    if !args.yes && !terminal.answers {
        let line = format!("what was prepared in {names} would be removed, and nobody is there to be asked");
        return Err(Failure::failed(line, "Add --yes if you are sure."));
    }
    if !args.yes {
        note(&format!("Network and role of Curfew in {names} are removed; the bucket stays.\n"));
        let answer = terminal.ask("Remove? [y/N]")?;
        if !answer.eq_ignore_ascii_case("y") && !answer.eq_ignore_ascii_case("yes") {
            return Err(Failure::failed("nothing was removed", ""));
        }
    }
    run(&args.place, demo, Goal::Gone).await
}

/// An account and the way to AWS, for what needs no engine.
pub(crate) fn connect(named: Option<&AccountName>, demo: bool) -> Result<(Ec2, AccountConfig), Failure> {
    if demo {
        return Err(Failure::usage("the demo has nothing to prepare and no keys", "Leave --demo out."));
    }
    let account = account::choose(&Home::find()?.config()?, named)?;
    Ok((Ec2::new(Arc::new(OsKeychain), Arc::new(SystemClock)), account))
}

/// Brings the regions to the goal, one after the other; the first that fails ends it.
async fn run(args: &Prepare, demo: bool, goal: Goal) -> Result<u8, Failure> {
    let (cloud, account) = connect(args.account.as_ref(), demo)?;
    for region in &args.regions {
        let attempt = Attempt { cloud: &cloud, account: &account, region, goal };
        let reached = tokio::time::timeout(BOUND, attempt.run()).await;
        print(&reached.unwrap_or_else(|_| Err(attempt.too_slow()))?)?;
    }
    Ok(0)
}

struct Attempt<'a> {
    cloud: &'a Ec2,
    account: &'a AccountConfig,
    region: &'a Region,
    goal: Goal,
}

impl Attempt<'_> {
    async fn run(&self) -> Result<String, Problem> {
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
                Step::Reached => return Ok(self.report(stack.as_ref())),
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

    fn report(&self, stack: Option<&Stack>) -> String {
        let region = self.region;
        match (self.goal, stack) {
            (Goal::Prepared, Some(stack)) => {
                let outputs = stack.outputs.iter().map(|(name, value)| format!("  {name:<20} {value}\n"));
                let head = format!("{region} is prepared; it costs nothing while nothing runs there.\n");
                [head].into_iter().chain(outputs).collect()
            }
            (Goal::Prepared | Goal::Gone, _) => {
                format!("{region}: what was prepared is gone. The bucket stays, with what is in it.\n")
            }
        }
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
            note(&format!("{:<34} {:<20} {}{reason}\n", event.kind, event.resource, event.status));
        }
    }
}
