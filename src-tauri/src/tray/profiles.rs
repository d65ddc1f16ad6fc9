//! The launch profiles of whatever is on the stage: files for the real fleet, the worked examples for the demo.
//!
//! Knows where they are kept; what one says is the crate `launch`'s to tell.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{
    Problem, Timestamp,
    view::launcher::{Card, Reading, Shelf, free_name},
};
use launch::Record;
use store::{
    Database, Folders,
    profiles::{self, EXAMPLES, ProfileFault},
};
use wire::{Answer, ProfileAnswer, ProfileAsk};

use super::settings::blocking;

/// How many launches are looked through for the last one of each profile.
const LOOKED_AT: usize = 200;

/// The profiles, and the database that knows their last launches.
pub(crate) struct Profiles {
    place: Place,
    kept: Arc<Database>,
}

/// Where they are kept.
enum Place {
    Folder(Folders),
    /// The demo's: gone with it, like everything that is done in it.
    Memory(Mutex<BTreeMap<String, String>>),
}

impl Profiles {
    /// The user's.
    pub(crate) fn in_folder(folders: Folders, kept: Arc<Database>) -> Self {
        Self { place: Place::Folder(folders), kept }
    }

    /// The worked examples.
    pub(crate) fn of_the_demo(kept: Arc<Database>) -> Self {
        let examples = EXAMPLES.map(|(name, text)| (name.to_owned(), text.to_owned()));
        Self { place: Place::Memory(Mutex::new(examples.into())), kept }
    }

    /// For the menu: a folder that cannot be read has none, and the window says why.
    pub(crate) fn names(&self) -> Vec<String> {
        match &self.place {
            Place::Folder(folders) => profiles::names(folders).unwrap_or_default(),
            Place::Memory(texts) => locked(texts).keys().cloned().collect(),
        }
    }

    /// What the window asks.
    pub(crate) async fn answer(self: &Arc<Self>, ask: ProfileAsk, now: Timestamp) -> Answer {
        let profiles = Arc::clone(self);
        blocking(move || profiles.answer_now(ask, now)).await
    }

    fn answer_now(&self, ask: ProfileAsk, now: Timestamp) -> Answer {
        let answered = match ask {
            ProfileAsk::All => self.shelf(now).map(|shelf| ProfileAnswer::Shelf(Box::new(shelf))),
            ProfileAsk::Read { name, text } => {
                Ok(ProfileAnswer::Card(Box::new(launch::card::card(&name, &text, &[], now))))
            }
            ProfileAsk::Duplicate(name) => self.duplicate(&name).map(ProfileAnswer::Named),
            ProfileAsk::Save { name, text, before } => {
                return match self.save(&name, &text, before.as_deref(), now) {
                    Ok(()) => Answer::Done,
                    Err(ProfileFault::Refused { faults }) => Answer::Faults(faults),
                    Err(fault) => Answer::Refused(fault.into()),
                };
            }
        };
        answered.map_or_else(|fault| Answer::Refused(fault.into()), Answer::Profiles)
    }

    fn shelf(&self, now: Timestamp) -> Result<Shelf, ProfileFault> {
        let (folder, texts) = match &self.place {
            Place::Folder(folders) => (shown(&profiles::folder(folders)), profiles::list(folders)?),
            Place::Memory(texts) => ("the demo's memory".to_owned(), pairs(&locked(texts))),
        };
        let kept = self.kept();
        let card = |(name, text): (String, String)| launch::card::card(&name, &text, &kept, now);
        Ok(Shelf {
            folder,
            profiles: texts.into_iter().map(card).collect(),
            examples: EXAMPLES.map(|(name, text)| launch::card::card(name, text, &[], now)).into(),
        })
    }

    /// Without them the cards say nothing of the last launch; that the database is in trouble is said elsewhere.
    fn kept(&self) -> Vec<Record> {
        self.kept.read_launches(LOOKED_AT).unwrap_or_else(|problem: Problem| {
            tracing::warn!(%problem, "the last launches cannot be read");
            Vec::new()
        })
    }

    fn save(&self, name: &str, text: &str, before: Option<&str>, now: Timestamp) -> Result<(), ProfileFault> {
        match &self.place {
            Place::Folder(folders) => profiles::save(folders, name, text, before),
            Place::Memory(texts) => {
                if let Card { reading: Reading::Faulty(faults), .. } =
                    launch::card::card(name, text, &[], now)
                {
                    return Err(ProfileFault::Refused { faults });
                }
                let mut texts = locked(texts);
                if texts.get(name).map(String::as_str) != before {
                    return Err(ProfileFault::Taken { name: name.to_owned() });
                }
                texts.insert(name.to_owned(), text.to_owned());
                Ok(())
            }
        }
    }

    fn duplicate(&self, name: &str) -> Result<String, ProfileFault> {
        match &self.place {
            Place::Folder(folders) => profiles::duplicate(folders, name),
            Place::Memory(texts) => {
                let mut texts = locked(texts);
                let text = texts.get(name).cloned();
                let text = text.ok_or_else(|| ProfileFault::Absent {
                    name: name.to_owned(),
                    folder: "the demo".into(),
                })?;
                let taken: Vec<&str> = texts.keys().map(String::as_str).collect();
                let new = free_name(name, &taken);
                texts.insert(new.clone(), text);
                Ok(new)
            }
        }
    }
}

fn pairs(texts: &BTreeMap<String, String>) -> Vec<(String, String)> {
    texts.iter().map(|(name, text)| (name.clone(), text.clone())).collect()
}

fn shown(folder: &Path) -> String {
    folder.display().to_string()
}

fn locked(texts: &Mutex<BTreeMap<String, String>>) -> MutexGuard<'_, BTreeMap<String, String>> {
    texts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo() -> Profiles {
        let clock: Arc<dyn engine::Clock> = Arc::new(engine::SystemClock);
        Profiles::of_the_demo(Arc::new(Database::in_memory(clock)))
    }

    fn save(name: &str, text: &str, before: Option<&str>) -> ProfileAsk {
        ProfileAsk::Save { name: name.into(), text: text.into(), before: before.map(str::to_owned) }
    }

    #[test]
    fn the_demo_launches_from_the_examples_and_keeps_nothing() {
        let (profiles, now) = (demo(), Timestamp::UNIX_EPOCH);
        assert_eq!(profiles.names(), EXAMPLES.map(|(name, _)| name));
        let shelf = profiles.shelf(now).expect("memory");
        assert!(shelf.profiles.iter().all(|card| card.faults().is_empty()), "{shelf:?}");
        let named = profiles.answer_now(ProfileAsk::Duplicate("g5-training".into()), now);
        assert_eq!(named, Answer::Profiles(ProfileAnswer::Named("g5-training-2".into())));
        assert_eq!(demo().names().len(), 5);
    }

    #[test]
    fn a_faulty_text_comes_back_with_its_faults() {
        let (profiles, now) = (demo(), Timestamp::UNIX_EPOCH);
        let (name, text) = EXAMPLES[2];
        let faulty = profiles.answer_now(save(name, "regions = []", Some(text)), now);
        assert!(matches!(faulty, Answer::Faults(_)), "{faulty:?}");
        let stale = profiles.answer_now(save(name, text, Some("another text")), now);
        assert!(matches!(stale, Answer::Refused(_)), "{stale:?}");
        assert_eq!(profiles.answer_now(save(name, &format!("{text}\n"), Some(text)), now), Answer::Done);
    }
}
