//! What is on the screen and what should be: the difference is ordered, and nothing twice.
//!
//! Level-triggered like everything that derives from the fleet: an alert whose instance was stopped takes its
//! notification with it, and one that a person put away stays away.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Actor, AlertId, Command, Fleet, Problem, Target, Timestamp, Verb,
    action::Progress,
    command::Pace,
    view::{
        launcher::Outcome,
        notice::{self, Button, SNOOZE},
        window::Sight,
    },
};

use super::{Heard, Order, Post, Topic};

/// How many alerts have a notification of their own at a time; the others share one.
const ROOM: usize = 3;

/// What is on the screen, and what was.
#[derive(Debug, Default)]
pub(crate) struct Board {
    daemon: Daemon,
    slots: BTreeMap<Topic, Slot>,
    /// Those on which a button was pressed: some daemons leave them on the screen.
    pressed: Vec<u32>,
}

/// Whether somebody shows notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Daemon {
    #[default]
    Absent,
    Ready,
}

/// One topic's notification, kept as long as its cause lasts.
#[derive(Debug)]
struct Slot {
    cause: Cause,
    post: Post,
    state: State,
}

/// Why it is shown: another cause is another notification, the same one is never shown twice.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cause {
    Alerts(BTreeSet<AlertId>),
    Moment(Timestamp),
    Outcome(Outcome),
    /// It was said once; it stays as long as its reader wants.
    Said,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Ordered and not yet answered.
    Ordered,
    /// On the screen.
    Up(u32),
    /// Shown and gone.
    Away,
    /// Gone, and to come back: what was begun from it was undone.
    Back,
}

/// What follows from something heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reaction {
    /// Nothing.
    None,
    /// A wish to the engine.
    Send(Command),
    /// Open the window.
    OpenWindow,
    /// Open the window at this.
    Show(Sight),
    /// Nobody knows of it any more: take it away.
    Close(u32),
}

impl Board {
    /// What must be ordered so that the screen shows what the fleet asks for.
    pub(crate) fn look(&mut self, fleet: &Fleet, now: Timestamp) -> Vec<Order> {
        if self.daemon == Daemon::Absent {
            return Vec::new();
        }
        self.slots.retain(|topic, slot| *topic != Topic::Refusal || slot.state != State::Away);
        let mut wanted = actions(fleet, now);
        wanted.extend(launches(fleet));
        wanted.extend(
            self.slots
                .get(&Topic::Refusal)
                .map(|slot| (Topic::Refusal, (slot.cause.clone(), slot.post.clone()))),
        );
        wanted.extend(self.alerts(fleet, now));
        let mut orders: Vec<Order> = self.pressed.drain(..).map(Order::Close).collect();
        orders.extend(self.close_unwanted(&wanted));
        for (topic, (cause, post)) in wanted {
            orders.extend(self.put_up(topic, cause, post));
        }
        orders
    }

    /// Tells why a wish was not taken.
    pub(crate) fn say(&mut self, problem: &Problem) -> Vec<Order> {
        if self.daemon == Daemon::Absent {
            return Vec::new();
        }
        // Said again, it is a new one, also when it reads the same.
        let replaces = self.slots.remove(&Topic::Refusal).and_then(|slot| slot.state.number());
        let post = Post::refusal(problem);
        let slot = Slot { cause: Cause::Said, post: post.clone(), state: State::Ordered };
        self.slots.insert(Topic::Refusal, slot);
        vec![Order::Show { topic: Topic::Refusal, post, replaces }]
    }

    /// Takes everything away: another fleet is about to be shown.
    pub(crate) fn clear(&mut self) -> Vec<Order> {
        self.close_unwanted(&BTreeMap::new())
    }

    /// Takes in what the daemon said.
    pub(crate) fn hear(&mut self, heard: Heard) -> Reaction {
        match heard {
            Heard::Ready => self.meet(Daemon::Ready),
            Heard::Absent(_) => self.meet(Daemon::Absent),
            Heard::Shown(topic, id) => self.shown(&topic, id),
            Heard::Pressed(id, key) => self.pressed(id, &key),
            Heard::Closed(id) => self.closed(id),
        }
    }

    /// A new daemon knows nothing of what the old one showed: what was on the screen is gone, what was only ordered
    /// was never seen.
    fn meet(&mut self, daemon: Daemon) -> Reaction {
        self.daemon = daemon;
        self.slots.retain(|_, slot| slot.state != State::Ordered);
        self.slots.values_mut().for_each(|slot| slot.state = State::Away);
        Reaction::None
    }

    fn shown(&mut self, topic: &Topic, id: u32) -> Reaction {
        let Some(slot) = self.slots.get_mut(topic) else { return Reaction::Close(id) };
        slot.state = State::Up(id);
        match &slot.cause {
            Cause::Alerts(alerts) => {
                Reaction::Send(Command::Shown { alerts: alerts.iter().cloned().collect() })
            }
            Cause::Moment(_) | Cause::Outcome(_) | Cause::Said => Reaction::None,
        }
    }

    fn pressed(&mut self, id: u32, key: &str) -> Reaction {
        let Some(topic) = self.topic(id) else { return Reaction::None };
        self.pressed.push(id);
        self.closed(id);
        match (topic, Button::from_key(key)) {
            (Topic::Alert(target) | Topic::Countdown(target), Some(button)) => {
                if button == Button::Undo {
                    self.bring_back(&target);
                }
                Reaction::Send(wish(button, target))
            }
            (Topic::Launch(_), Some(_) | None) => Reaction::Show(Sight::Launcher),
            (Topic::Failure(_) | Topic::More | Topic::Refusal, Some(_)) | (_, None) => Reaction::OpenWindow,
        }
    }

    /// An undone termination leaves the person where they were: with the alert and its buttons before them.
    fn bring_back(&mut self, target: &Target) {
        if let Some(slot) = self.slots.get_mut(&Topic::Alert(target.clone()))
            && slot.state == State::Away
        {
            slot.state = State::Back;
        }
    }

    fn closed(&mut self, id: u32) -> Reaction {
        let slot = self.slots.values_mut().find(|slot| slot.state == State::Up(id));
        slot.into_iter().for_each(|slot| slot.state = State::Away);
        Reaction::None
    }

    fn topic(&self, id: u32) -> Option<Topic> {
        let up = |(_, slot): &(&Topic, &Slot)| slot.state == State::Up(id);
        self.slots.iter().find(up).map(|(topic, _)| topic.clone())
    }

    /// The alerts' notifications: those that stand, and those that are new.
    fn alerts(&self, fleet: &Fleet, now: Timestamp) -> Vec<(Topic, (Cause, Post))> {
        let standing: BTreeSet<AlertId> = standing(fleet, now);
        let kept: BTreeMap<Topic, (Cause, Post)> = self
            .slots
            .iter()
            .filter_map(|(topic, slot)| Some((topic.clone(), slot.kept(&standing)?)))
            .collect();
        let told: BTreeSet<&AlertId> = kept.values().flat_map(|(cause, _)| cause.alerts()).collect();
        let mut new: Vec<notice::Notice> = notice::due(fleet, now);
        new.retain(|notice| notice.alert.as_ref().is_some_and(|alert| !told.contains(alert)));

        let up = |topic: &&Topic| matches!(topic, Topic::Alert(_)) && self.is_up(topic);
        let room = ROOM.saturating_sub(kept.keys().filter(up).count());
        // A summary of a single one would take the same place and say less.
        let own = if new.len() <= room + 1 { new.len() } else { room };
        let rest: BTreeSet<AlertId> =
            new.split_off(own).into_iter().filter_map(|notice| notice.alert).collect();
        let more = self.more(&kept, rest, fleet, now);
        let alone = new.into_iter().filter_map(|notice| {
            let cause = Cause::Alerts(BTreeSet::from([notice.alert.clone()?]));
            Some((Topic::Alert(notice.target.clone()), (cause, Post::of(notice))))
        });
        let alone: Vec<_> = alone.collect();
        kept.into_iter().chain(alone).chain(more).collect()
    }

    /// The summary, when there are alerts that found no room: together with those that it already tells of.
    fn more(
        &self,
        kept: &BTreeMap<Topic, (Cause, Post)>,
        mut rest: BTreeSet<AlertId>,
        fleet: &Fleet,
        now: Timestamp,
    ) -> Option<(Topic, (Cause, Post))> {
        if rest.is_empty() {
            return None;
        }
        if let Some((cause, _)) = kept.get(&Topic::More).filter(|_| self.is_up(&Topic::More)) {
            let still = standing(fleet, now);
            rest.extend(cause.alerts().filter(|alert| still.contains(alert)).cloned());
        }
        let post = Post::summary(fleet, &rest, now);
        Some((Topic::More, (Cause::Alerts(rest), post)))
    }

    fn is_up(&self, topic: &Topic) -> bool {
        self.slots.get(topic).is_some_and(|slot| slot.state != State::Away)
    }

    fn close_unwanted(&mut self, wanted: &BTreeMap<Topic, (Cause, Post)>) -> Vec<Order> {
        // What was only just ordered is closed by the first look after its number has come.
        let unwanted =
            |topic: &Topic, slot: &mut Slot| !wanted.contains_key(topic) && slot.state != State::Ordered;
        let gone = self.slots.extract_if(.., unwanted);
        gone.filter_map(|(_, slot)| slot.state.number()).map(Order::Close).collect()
    }

    fn put_up(&mut self, topic: Topic, cause: Cause, post: Post) -> Option<Order> {
        let replaces = match self.slots.get(&topic) {
            // One order at a time, so that answers are never mixed up; the next look catches up.
            Some(Slot { state: State::Ordered, .. }) => return None,
            Some(Slot { state: State::Back, .. }) => None,
            Some(slot) if slot.cause == cause && (slot.post == post || slot.state == State::Away) => {
                return None;
            }
            Some(slot) => slot.state.number(),
            None => None,
        };
        let slot = Slot { cause, post: post.clone(), state: State::Ordered };
        self.slots.insert(topic.clone(), slot);
        Some(Order::Show { topic, post, replaces })
    }
}

impl Slot {
    /// The same notification again, if any of the alerts that it tells of still stands.
    fn kept(&self, standing: &BTreeSet<AlertId>) -> Option<(Cause, Post)> {
        let stands = self.cause.alerts().any(|alert| standing.contains(alert));
        stands.then(|| (self.cause.clone(), self.post.clone()))
    }
}

impl Cause {
    fn alerts(&self) -> impl Iterator<Item = &AlertId> {
        match self {
            Self::Alerts(alerts) => Some(alerts),
            Self::Moment(_) | Self::Outcome(_) | Self::Said => None,
        }
        .into_iter()
        .flatten()
    }
}

impl State {
    fn number(self) -> Option<u32> {
        match self {
            Self::Up(id) => Some(id),
            Self::Ordered | Self::Away | Self::Back => None,
        }
    }
}

/// The alerts that ask for a person now, told or not.
fn standing(fleet: &Fleet, now: Timestamp) -> BTreeSet<AlertId> {
    let asking = fleet.instances.values().filter(|seen| seen.needs_attention(now));
    asking.filter_map(|seen| seen.alert.as_ref()).map(|alert| alert.id.clone()).collect()
}

/// Countdowns and failures.
fn actions(fleet: &Fleet, now: Timestamp) -> BTreeMap<Topic, (Cause, Post)> {
    let wanted = |(target, progress): (&Target, &Progress)| match progress {
        Progress::CountingDown { acts_at, .. } => {
            let post = Post::of(notice::countdown(fleet, target, *acts_at, now)?);
            Some((Topic::Countdown(target.clone()), (Cause::Moment(*acts_at), post)))
        }
        Progress::Failed { at, problem, .. } => {
            let post = Post::failure(fleet, target, problem);
            Some((Topic::Failure(target.clone()), (Cause::Moment(*at), post)))
        }
        Progress::Acting { .. } | Progress::Arriving { .. } => None,
    };
    fleet.progress.iter().filter_map(wanted).collect()
}

/// What came of launches that were asked for here: who launches at the command line is told there.
fn launches(fleet: &Fleet) -> BTreeMap<Topic, (Cause, Post)> {
    let wanted = fleet.launches.iter().filter_map(|(id, launch)| {
        let (outcome, post) = match launch.actor {
            Actor::Tray | Actor::Window | Actor::Notification => Post::launched(fleet, launch)?,
            Actor::CommandLine => return None,
        };
        Some((Topic::Launch(id.clone()), (Cause::Outcome(outcome), post)))
    });
    wanted.collect()
}

/// What a button asks of the engine.
fn wish(button: Button, target: Target) -> Command {
    let actor = Actor::Notification;
    match button {
        Button::Stop => Command::Act { verb: Verb::Stop, target, actor, pace: Pace::AtOnce },
        Button::Snooze => Command::Snooze { target, time: SNOOZE },
        Button::Terminate => Command::Act { verb: Verb::Terminate, target, actor, pace: Pace::WithUndo },
        Button::Undo => Command::Undo { target, actor },
    }
}

#[cfg(test)]
mod tests;
