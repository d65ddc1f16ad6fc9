//! A directory to the bucket, round by round: look, send what the bucket lacks, look again. It is done when a look finds
//! nothing that was not sent as it is now; so a directory that is written to meanwhile is taken again where it changed.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    Tools,
    bucket::{Deadline, Fault},
    patience::Patience,
    pool::{self, Flow},
    take::{self, Order, Taken},
};
use crate::{
    decide::sync::{self, Index, LeftOut, References, Step, Tree, Why, name::Name},
    io::files::{
        Links,
        tree::{self, ScanFault},
    },
};

/// After so many faults in a row the bucket is taken to be down.
const DOWN: usize = 8;

/// Above this size, a bucket sends a file in several pieces at once.
pub(super) const LARGE: u64 = 16 * 1024 * 1024;

/// What is sent, and how.
pub(super) struct Errand<'a> {
    pub(super) directory: &'a Path,
    pub(super) purpose: Purpose,
    /// None if there can be no key for it.
    pub(super) key_of: &'a (dyn Fn(&Name) -> Option<String> + Sync),
}

/// What the files are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// They belong together: all of them as they were at one time, or none.
    Checkpoint,
    /// Each is for itself, and one that is being written to is sent the next time.
    Results,
}

impl Purpose {
    fn links(self) -> Links {
        match self {
            Self::Checkpoint => Links::Record,
            Self::Results => Links::Read,
        }
    }

    fn references(self) -> References {
        match self {
            Self::Checkpoint => References::Expire,
            Self::Results => References::Stay,
        }
    }

    /// Whether what still changes may be left out after so many rounds.
    fn is_content_after(self, rounds: usize) -> bool {
        match self {
            Self::Checkpoint => false,
            Self::Results => rounds >= 2,
        }
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// What lay in the directory at the last look.
    pub(super) tree: Tree,
    /// What of it the bucket has.
    pub(super) sent: Index,
    /// What is not taken.
    pub(super) left: Vec<LeftOut>,
    /// Files that were sent.
    pub(super) files: usize,
    /// And their bytes.
    pub(super) bytes: u64,
}

/// Why not everything is in the bucket.
#[derive(Debug, thiserror::Error)]
pub(super) enum Short {
    #[error(transparent)]
    Scan(#[from] ScanFault),
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error("time is up")]
    Late,
    #[error("{0}: {1}")]
    Harm(String, Why),
}

/// Sends what `known` lacks. What was sent is told also where not everything was.
pub(super) fn gather(
    errand: &Errand<'_>,
    known: &Index,
    tools: Tools<'_>,
    by: Deadline,
) -> (Gathered, Result<(), Short>) {
    let mut gathered = Gathered::default();
    let end = Rounds { errand, known, tools, by, patience: Patience::default() }.go(&mut gathered);
    (gathered, end)
}

struct Rounds<'a> {
    errand: &'a Errand<'a>,
    known: &'a Index,
    tools: Tools<'a>,
    by: Deadline,
    patience: Patience,
}

impl Rounds<'_> {
    fn go(&mut self, gathered: &mut Gathered) -> Result<(), Short> {
        let mut refused: BTreeMap<Name, Why> = BTreeMap::new();
        let mut pace = Patience::default();
        for round in 0.. {
            self.look(gathered, &mut refused)?;
            let steps = self.steps(gathered, &refused);
            if steps.is_empty() || self.errand.purpose.is_content_after(round) {
                refused.extend(steps.into_keys().map(|name| (name, Why::Changing)));
                break;
            }
            // The first change is taken at once; a directory that goes on changing is given a little time.
            if round > 1 && !pace.wait(self.tools, self.by) {
                return Err(self.late_or_changing(&steps));
            }
            self.round(gathered, steps, &mut refused)?;
        }
        gathered.left.extend(refused.into_iter().map(|(name, why)| LeftOut { name: name.into(), why }));
        let harm = gathered
            .left
            .iter()
            .find(|left| self.errand.purpose == Purpose::Checkpoint && left.why.is_harm());
        harm.map_or(Ok(()), |left| Err(Short::Harm(left.name.clone(), left.why.clone())))
    }

    fn look(&self, gathered: &mut Gathered, refused: &mut BTreeMap<Name, Why>) -> Result<(), Short> {
        let scan = tree::scan(self.errand.directory, self.errand.purpose.links())?;
        gathered.sent.retain(|name, _| scan.tree.contains_key(name));
        refused.retain(|name, _| scan.tree.contains_key(name));
        (gathered.tree, gathered.left) = (scan.tree, scan.left);
        Ok(())
    }

    /// What to do about every file that is not in the bucket as it is now.
    fn steps(&self, gathered: &Gathered, refused: &BTreeMap<Name, Why>) -> BTreeMap<Name, Step> {
        let open =
            sync::difference(&gathered.tree, &gathered.sent).filter(|name| !refused.contains_key(*name));
        let files = open.filter_map(|name| Some((name.clone(), gathered.tree.get(name)?.clone())));
        let files: Tree = crate::ordered::map(files);
        let newest = |name: &Name| gathered.sent.get(name).or_else(|| self.known.get(name));
        let index =
            crate::ordered::map(files.keys().filter_map(|name| Some((name.clone(), newest(name)?.clone()))));
        sync::plan(&files, &index, self.errand.purpose.references(), self.tools.pace.now().wall)
    }

    fn late_or_changing(&self, steps: &BTreeMap<Name, Step>) -> Short {
        let first = steps.keys().next().filter(|_| self.tools.pace.may_go_on(self.by));
        first.map_or(Short::Late, |name| Short::Harm(name.to_string(), Why::Changing))
    }

    /// Tries until each file of the round was sent, has changed, or was refused.
    fn round(
        &mut self,
        gathered: &mut Gathered,
        mut steps: BTreeMap<Name, Step>,
        refused: &mut BTreeMap<Name, Why>,
    ) -> Result<(), Short> {
        loop {
            let mut fault = None;
            for (name, taken) in self.attempt(&gathered.tree, &steps) {
                match taken {
                    Taken::There(known, sent) => {
                        gathered.files += usize::from(sent.is_some());
                        gathered.bytes += sent.unwrap_or(0);
                        gathered.sent.insert(name.clone(), known);
                    }
                    Taken::Again => {}
                    Taken::Not(why) => drop(refused.insert(name.clone(), why)),
                    Taken::Late => continue,
                    Taken::Fault(new) => {
                        fault.get_or_insert(new);
                        continue;
                    }
                }
                steps.remove(&name);
            }
            match fault {
                Some(fault) if !fault.kind.may_pass() || !self.patience.wait(self.tools, self.by) => {
                    return Err(Short::Fault(fault));
                }
                Some(_) => {}
                None if steps.is_empty() => return Ok(()),
                None => return Err(Short::Late),
            }
        }
    }

    fn attempt(&self, tree: &Tree, steps: &BTreeMap<Name, Step>) -> Vec<(Name, Taken)> {
        let (done, in_a_row) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
        let wall = self.tools.pace.now().wall;
        let jobs = steps.iter().filter_map(|(name, step)| Some((name, step, tree.get(name)?)));
        let mut jobs: Vec<_> = jobs.collect();
        // The small ones do not wait for those that may take all the time there is.
        jobs.sort_unstable_by_key(|(_, _, file)| file.facts.size);
        let jobs = jobs.into_iter().map(|(name, step, file)| {
            (if file.facts.size > LARGE { pool::HEAVY } else { 1 }, (name, step, file))
        });
        pool::each(jobs, |(name, step, file)| {
            let (directory, links) = (self.errand.directory, self.errand.purpose.links());
            let taken = match (self.errand.key_of)(name) {
                None => Taken::Not(Why::TooLong),
                Some(key) => {
                    take::take(&Order { directory, links, name, file, step, key, wall }, self.tools, self.by)
                }
            };
            let flow = flow_after(&taken, &in_a_row);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((name.clone(), taken));
            flow
        });
        done.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A bucket that is not there, or down, is not asked for each of ten thousand files.
fn flow_after(taken: &Taken, in_a_row: &AtomicUsize) -> Flow {
    match taken {
        Taken::There(..) => {
            in_a_row.store(0, Ordering::Relaxed);
            Flow::GoOn
        }
        Taken::Again | Taken::Not(_) => Flow::GoOn,
        Taken::Late => Flow::Halt,
        Taken::Fault(fault) => {
            let is_down = in_a_row.fetch_add(1, Ordering::Relaxed) + 1 >= DOWN;
            if is_down || !fault.kind.may_pass() { Flow::Halt } else { Flow::GoOn }
        }
    }
}
