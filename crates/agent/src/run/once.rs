//! What is done once, by hand: status, preflight, a checkpoint, a restore.

use std::{path::Path, sync::mpsc, time::Duration};

use protocol::Phase;

use super::{command, hands::Hands, memory::Memory, setup::Setup, transfer};
use crate::{core::Why, io::clock};

/// A checkpoint by hand has the time that it takes, within reason.
const PATIENCE: Duration = Duration::from_secs(6 * 3600);

/// What this machine's run is doing; none if there was none.
pub fn status(state: &Path) -> Option<String> {
    let memory = Memory::load(state)?;
    let hours = memory.age.elapsed.as_secs() / 3600;
    let minutes = memory.age.elapsed.as_secs() / 60 % 60;
    Some(format!(
        "run {} is in phase {}, begun {} ({} h {} min at the last heartbeat)\n",
        memory.run_id,
        memory.phase.name(),
        memory.start,
        hours,
        minutes,
    ))
}

/// The phase of this machine's run, if there is one that goes on.
pub fn phase(state: &Path) -> Option<Phase> {
    Memory::load(state).map(|memory| memory.phase)
}

/// Whether the machine is fit for the work; what was found is in the journal.
///
/// # Errors
/// It is not.
pub fn preflight(setup: Setup) -> Result<String, String> {
    let hands = hands(setup)?;
    let world = hands.world();
    command::check(world, &world.config().preflight, Path::new(&world.config().run.workdir))?;
    Ok("the machine is fit for the work\n".into())
}

/// Saves a checkpoint, by way of the checkpoint command if there is one.
///
/// # Errors
/// It is not whole in the bucket.
pub fn checkpoint(setup: Setup) -> Result<String, String> {
    let deadline = setup.config.checkpoint.as_ref().ok_or("agent.toml has no [checkpoint]")?.deadline;
    let hands = hands(setup)?;
    let now = clock::now().up;
    transfer::checkpoint(hands.world(), Why::Periodic, Some(now + deadline), now + PATIENCE)?;
    Ok("the checkpoint is in the bucket\n".into())
}

/// Puts the newest checkpoint in place.
///
/// # Errors
/// There may be one, but it cannot be put in place.
pub fn restore(setup: Setup) -> Result<String, String> {
    setup.config.checkpoint.as_ref().ok_or("agent.toml has no [checkpoint]")?;
    let hands = hands(setup)?;
    transfer::restore(hands.world(), clock::now().up + PATIENCE)?;
    Ok("done: the journal says where it is from\n".into())
}

/// In a fleet, those of this machine's place.
fn hands(mut setup: Setup) -> Result<Hands, String> {
    if let Some(place) = Memory::load(&setup.state).and_then(|memory| memory.place) {
        setup.config = setup.config.in_place(place);
    }
    let hands = Hands::new(setup, mpsc::channel().0)?;
    hands.world().identify(clock::now().up + Duration::from_secs(10));
    Ok(hands)
}
