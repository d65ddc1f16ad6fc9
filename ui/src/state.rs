//! What the window knows: the fleet as the tray last told it, and what is to be said to the person.
//! Knows neither the page nor where events come from.

mod news;

use std::rc::Rc;

use domain::{
    Problem,
    view::window::{Event, Sight, Update, WindowState},
};
use yew::Reducible;

use crate::tick::{FleetClock, Moment};

/// Everything that the window knows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) link: Link,
    /// What was said lately, oldest first.
    pub(crate) notes: Vec<Note>,
    /// What a screen reader is to say: the last crossing of a threshold.
    pub(crate) announcement: Rc<str>,
    /// What somebody at the tray wants to see, until it is seen.
    pub(crate) sight: Option<Sight>,
    next_note: u32,
}

/// The way to the tray.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Link {
    /// Nothing has come yet.
    Waiting,
    /// The tray tells of every change.
    Live(Heard),
    /// The tray is gone: what it said last grows old.
    Gone { last: Option<Heard>, problem: Problem, since: Moment },
}

/// The fleet, and when it was heard of.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) fleet: Rc<WindowState>,
    pub(crate) at: Moment,
}

/// Something said to the person for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) id: u32,
    pub(crate) saying: Saying,
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Saying {
    /// It went well; goes away by itself.
    Done(String),
    /// It failed; stays until it is put away.
    Failed(Problem),
}

/// What happens to the state.
pub(crate) enum Change {
    /// The shell told something.
    Heard(Box<Event>, Moment),
    /// What was to be seen is seen.
    Seen,
    /// Something is to be said.
    Say(Saying),
    /// A note is put away.
    PutAway(u32),
}

/// By pointer: every update makes a new fleet.
impl PartialEq for Heard {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.fleet, &other.fleet) && self.at == other.at
    }
}

impl Link {
    /// The fleet as it was last heard of, also when the tray is gone.
    pub(crate) fn heard(&self) -> Option<&Heard> {
        match self {
            Self::Waiting => None,
            Self::Live(heard) => Some(heard),
            Self::Gone { last, .. } => last.as_ref(),
        }
    }

    /// Carries the fleet's time on; it stands still while the tray is gone.
    pub(crate) fn clock(&self) -> Option<FleetClock> {
        let heard = self.heard()?;
        let stopped = match self {
            Self::Waiting | Self::Live(_) => None,
            Self::Gone { since, .. } => Some(*since),
        };
        let header = &heard.fleet.header;
        Some(FleetClock { as_of: header.as_of, received: heard.at, pace: header.pace, stopped })
    }

    fn heard_update(&self, update: Update, at: Moment) -> Option<Self> {
        let fleet = match update {
            Update::Whole(fleet) => Rc::new(fleet),
            // A change without the whole before it cannot be understood: the whole comes after every gap.
            Update::Changed(delta) => Rc::new(self.heard()?.fleet.apply(delta)),
        };
        Some(Self::Live(Heard { fleet, at }))
    }
}

impl Default for State {
    fn default() -> Self {
        Self { link: Link::Waiting, notes: Vec::new(), announcement: Rc::from(""), sight: None, next_note: 0 }
    }
}

impl State {
    fn hear(mut self, event: Event, at: Moment) -> Self {
        match event {
            Event::Update(update) => {
                let news = self.link.heard().and_then(|heard| news::of(&heard.fleet, &update));
                self.announcement = news.map_or(self.announcement, Rc::from);
                self.link = self.link.heard_update(update, at).unwrap_or(self.link);
            }
            Event::Show(sight) => self.sight = Some(sight),
            Event::TrayGone(problem) => {
                let last = self.link.heard().cloned();
                self.link = Link::Gone { last, problem, since: at };
            }
        }
        self
    }

    fn say(mut self, saying: Saying) -> Self {
        self.notes.retain(|note| note.saying != saying);
        self.notes.push(Note { id: self.next_note, saying });
        self.next_note += 1;
        self
    }

    /// The state after a change.
    #[must_use]
    pub(crate) fn after(self, change: Change) -> Self {
        match change {
            Change::Heard(event, at) => self.hear(*event, at),
            Change::Seen => Self { sight: None, ..self },
            Change::Say(saying) => self.say(saying),
            Change::PutAway(id) => {
                let notes = self.notes.into_iter().filter(|note| note.id != id).collect();
                Self { notes, ..self }
            }
        }
    }
}

impl Reducible for State {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        Rc::new(Rc::unwrap_or_clone(self).after(change))
    }
}

#[cfg(test)]
mod tests;
