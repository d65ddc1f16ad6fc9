//! One launch from its first question to the agent's first word: answers and `now` in, calls out.
//!
//! The order of things: everything is looked at; the agent is brought to the bucket; the launch is tried without
//! launching; then one place after another is asked, each by an order of its own that is on disk before it is sent.
//! What happened to an order whose answer was lost is asked for by its token before anything else is tried.

mod confirm;
mod draft;
mod follow;
mod grow;
mod preflight;
mod removal;
mod request;
mod view;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use domain::{
    AccountName, Actor, CloudFault, LaunchId, Problem, Region, Target, Timestamp,
    launch::{Estimate, Made, Place, Refused, Wish},
    time::after,
};
use protocol::userdata::{Architecture, Download};

use crate::{
    Answer, Call, Order, Profile, Record,
    call::Found,
    order::{End, RecordState},
    refusal::Refusals,
    survey::Survey,
};

pub(crate) use follow::Following;
use grow::Growing;
use removal::{Removal, Taken};

/// What a course wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Ask AWS; the answer goes to [`Course::answered`].
    Ask(Call),
    /// Keep this on disk; how that went goes to [`Course::kept`].
    Keep(Box<Record>),
}

/// One launch.
#[derive(Clone, Debug)]
pub struct Course {
    id: LaunchId,
    /// The launch whose order this goes on with, after a crash; else its own.
    kept_as: LaunchId,
    account: AccountName,
    actor: Actor,
    profile: Profile,
    begun: Timestamp,
    dry_run: bool,
    survey: Survey,
    places: Vec<Place>,
    refused: Vec<Refused>,
    refusals: Refusals,
    downloads: BTreeMap<Region, BTreeMap<Architecture, Download>>,
    estimate: Option<Estimate>,
    made: Option<Made>,
    state: State,
}

/// Where it is.
#[derive(Clone, Debug)]
enum State {
    /// Answers of the pre-flight are out.
    Surveying,
    /// The agent is on its way to so many buckets.
    Delivering(usize),
    /// The launch is tried without launching.
    Permitting,
    /// All is well, and no more was asked.
    Checked,
    /// The order for a place is being written to disk.
    Keeping(Box<Order>),
    /// The order is out, or its fate is being asked for.
    Ordering(Box<Ordering>),
    /// An instance is there.
    Made(Box<Following>),
    /// A fleet is there.
    Grown(Box<Growing>),
    /// What was made is being taken back.
    Removing(Removal),
    /// It was called off and nothing is left.
    Cancelled,
    /// Nothing was launched.
    Failed(Problem),
}

/// An order on its way.
#[derive(Clone, Debug)]
struct Ordering {
    order: Box<Order>,
    /// When it was first sent, perhaps by a program that was killed.
    sent: Timestamp,
    /// Since when an answer is waited for.
    since: Timestamp,
    /// How often it was sent or asked for.
    tries: u32,
    /// What comes next.
    step: Step,
    /// A person called it off while it was out.
    cancelled: bool,
}

/// What is out, or what is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The request is out.
    Requested,
    /// What became of it is being asked.
    Finding,
    /// Until then; then it is asked what became of it.
    FindAt(Timestamp),
    /// Until then; then the same request again.
    RequestAt(Timestamp),
}

/// After this long without a certain answer a launch is given up; what it may have made is asked for at the next one.
const PATIENCE: Duration = Duration::from_secs(120);

/// An order older than this is not sent again: the URLs in it have expired, and the token may be forgotten.
const FRESH: Duration = Duration::from_secs(10 * 60);

impl Course {
    /// Begins: the first questions. Places that had no capacity a moment ago are known.
    pub fn begin(wish: &Wish, profile: Profile, refusals: Refusals, now: Timestamp) -> (Self, Vec<Move>) {
        let (survey, calls) = Survey::begin(&profile);
        let course = Self::new(wish, profile, survey, refusals, State::Surveying, now);
        (course, calls.into_iter().map(Move::Ask).collect())
    }

    /// Goes on with a launch that a crash left open: first of all, what became of its order?
    pub fn resume(
        wish: &Wish,
        profile: Profile,
        kept_as: LaunchId,
        order: Order,
        sent: Timestamp,
        now: Timestamp,
    ) -> (Self, Vec<Move>) {
        let state = State::Checked;
        let mut course =
            Self::new(wish, profile.clone(), Survey::empty(&profile), Refusals::default(), state, now);
        let moves = course.take_up(kept_as, order, sent, now);
        (course, moves)
    }

    /// What an interrupted launch left has led nowhere: from the beginning, as a launch of its own.
    fn start_over(&mut self) -> Vec<Move> {
        let mut moves = vec![self.forget("nothing came of it")];
        moves.extend(self.sweep());
        self.kept_as = self.id.clone();
        moves.extend(self.look_around());
        moves
    }

    /// Of an order for a fleet a template may be left where the group is not.
    fn sweep(&self) -> Option<Move> {
        let State::Ordering(ordering) = &self.state else { return None };
        let (order, fleet) = (&ordering.order, ordering.order.fleet.as_ref()?);
        Some(Move::Ask(Call::RemoveGroup { group: self.group(order, fleet), token: order.token.clone() }))
    }

    fn is_resumed(&self) -> bool {
        self.kept_as != self.id
    }

    fn new(
        wish: &Wish,
        profile: Profile,
        survey: Survey,
        refusals: Refusals,
        state: State,
        now: Timestamp,
    ) -> Self {
        Self {
            id: wish.id.clone(),
            kept_as: wish.id.clone(),
            account: wish.account.clone(),
            actor: wish.actor,
            profile,
            begun: now,
            dry_run: wish.dry_run,
            survey,
            places: Vec::new(),
            refused: Vec::new(),
            refusals,
            downloads: BTreeMap::new(),
            estimate: None,
            made: None,
            state,
        }
    }

    /// Takes an answer.
    pub fn answered(&mut self, call: &Call, result: Result<Answer, CloudFault>, now: Timestamp) -> Vec<Move> {
        match (&self.state, call) {
            // Asked for by the way, and waited for by nobody.
            (State::Surveying, Call::RemoveGroup { .. }) => Vec::new(),
            (State::Surveying, _) => self.surveyed(call, result, now),
            (State::Delivering(_), Call::Deliver { region, .. }) => self.delivered(region, call, result, now),
            (State::Permitting, Call::Permission(_)) => self.permitted(call, result, now),
            (State::Ordering(_), Call::Request(_) | Call::Find { .. } | Call::FindGroup { .. }) => {
                self.ordered(result, now)
            }
            (State::Made(_), Call::Alarm { .. } | Call::Listen { .. } | Call::Find { .. }) => {
                self.followed(call, result)
            }
            (State::Grown(_), Call::FindGroup { .. }) => self.counted(result, now),
            (State::Removing(_), Call::Remove { .. } | Call::RemoveGroup { .. }) => self.removed(result, now),
            // An answer that nobody waits for any more: the launch was called off or has gone on.
            _ => Vec::new(),
        }
    }

    /// Takes whether a record is on disk.
    pub fn kept(&mut self, result: Result<(), Problem>, now: Timestamp) -> Vec<Move> {
        let State::Keeping(order) = &self.state else { return Vec::new() };
        let order = order.clone();
        match result {
            Ok(()) => self.send(order, now),
            // Without the token on disk a crash could launch twice.
            Err(problem) => {
                self.state = State::Failed(problem);
                Vec::new()
            }
        }
    }

    /// Whether nothing more comes of itself.
    pub fn is_over(&self) -> bool {
        self.stage().is_over()
    }

    /// The instance that is watched on its way, while there is one.
    fn following(&self) -> Option<&Following> {
        match &self.state {
            State::Made(following) => Some(following),
            State::Surveying
            | State::Delivering(_)
            | State::Permitting
            | State::Checked
            | State::Keeping(_)
            | State::Ordering(_)
            | State::Grown(_)
            | State::Removing(_)
            | State::Cancelled
            | State::Failed(_) => None,
        }
    }

    /// When it wants to be woken.
    pub fn next(&self) -> Option<Timestamp> {
        match &self.state {
            State::Ordering(ordering) => ordering.next(),
            State::Made(following) => following.next(),
            State::Grown(growing) => growing.next(),
            State::Removing(removal) => removal.next(),
            State::Surveying
            | State::Delivering(_)
            | State::Permitting
            | State::Checked
            | State::Keeping(_)
            | State::Cancelled
            | State::Failed(_) => None,
        }
    }

    /// What time alone has made due.
    pub fn due(&mut self, now: Timestamp) -> Vec<Move> {
        match &mut self.state {
            State::Ordering(ordering) => ordering.due(now).into_iter().map(Move::Ask).collect(),
            State::Made(following) => following.due(now).into_iter().map(Move::Ask).collect(),
            State::Grown(growing) => growing.due(now).into_iter().map(Move::Ask).collect(),
            State::Removing(_) => self.remove_again(now),
            State::Surveying
            | State::Delivering(_)
            | State::Permitting
            | State::Checked
            | State::Keeping(_)
            | State::Cancelled
            | State::Failed(_) => Vec::new(),
        }
    }

    /// Calls it off. What is out cannot be called back: its answer is waited for, and what it made is removed.
    pub fn cancel(&mut self) -> Vec<Move> {
        match &mut self.state {
            State::Surveying | State::Delivering(_) | State::Permitting | State::Checked => {
                self.state = State::Cancelled;
                Vec::new()
            }
            State::Keeping(_) => {
                self.state = State::Cancelled;
                vec![self.forget("called off")]
            }
            State::Ordering(ordering) => {
                ordering.cancelled = true;
                Vec::new()
            }
            State::Made(following) => {
                let target = following.target().clone();
                self.remove(Taken::Instance(target))
            }
            State::Grown(_) => self.remove_group(),
            State::Removing(_) | State::Cancelled | State::Failed(_) => Vec::new(),
        }
    }

    /// Places without capacity that it learned of.
    pub fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    fn fail(&mut self, problem: Problem) -> Vec<Move> {
        self.state = State::Failed(problem);
        Vec::new()
    }

    /// Nothing of the last order is there.
    fn forget(&self, why: &str) -> Move {
        self.keep(RecordState::Ended(End::Nothing(why.to_owned())))
    }

    fn keep(&self, state: RecordState) -> Move {
        Move::Keep(Box::new(Record {
            id: self.kept_as.clone(),
            account: self.account.clone(),
            profile: self.profile.name.to_string(),
            actor: self.actor,
            at: self.begun,
            state,
        }))
    }

    /// Whoever asked is about to be told for good: a crash from here on has nothing to find.
    pub fn told(&self) -> Option<Move> {
        if let State::Grown(growing) = &self.state {
            return Some(self.keep(RecordState::Ended(growing.end())));
        }
        let target = self.following()?.target().clone();
        Some(self.keep(RecordState::Ended(End::Launched(target))))
    }

    fn made(&mut self, order: &Order, found: Found, now: Timestamp) -> Vec<Move> {
        let target =
            Target { account: self.account.clone(), region: order.place.region.clone(), id: found.id };
        let mut moves = vec![self.keep(RecordState::Made(Box::new(order.clone()), target.clone()))];
        let following =
            Following::begin(target.clone(), order, found.lifecycle, self.profile.alarm.is_some(), now);
        self.made = Some(Made::Instance(target.clone()));
        if let Some(wish) = self.profile.alarm {
            moves.push(Move::Ask(Call::Alarm { target, wish }));
        }
        self.state = State::Made(Box::new(following));
        moves
    }
}

/// Asks what became of an order.
fn find(order: &Order) -> Call {
    let (region, token) = (order.place.region.clone(), order.token.clone());
    match &order.fleet {
        Some(fleet) => Call::FindGroup { region, name: fleet.name.clone(), token },
        None => Call::Find { region, token },
    }
}

fn later(now: Timestamp, tries: u32) -> Timestamp {
    after(now, Duration::from_millis(500) * 2_u32.saturating_pow(tries.min(5)))
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> usize {
    items.collect::<BTreeSet<T>>().len()
}

#[cfg(test)]
mod tests;
