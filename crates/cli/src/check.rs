//! `curfew check`: which instances need attention, for a person and for cron. Shows; what is shown is `domain`'s.

use domain::{
    Fleet, Timestamp,
    view::{
        check::{self, Block, Report},
        listing::listing,
    },
};

use crate::{
    args::Check,
    failure::{Failure, aside},
    host::{Host, Looked, Wanted},
    terminal::{Terminal, note, print},
};

/// Looks, prints, and says what the exit code is.
pub(crate) async fn run(args: &Check, demo: bool, terminal: &Terminal) -> Result<u8, Failure> {
    let wanted = Wanted {
        demo,
        scope: args.place.regions.clone().into(),
        warning: args.warn,
        critical: args.critical,
    };
    let host = Host::find(&wanted).await?;
    let Looked { fleet, now } = host.look(terminal).await?;
    let report = check::report(&fleet, now);
    if args.json {
        print(&crate::list::json(&listing(&fleet, now, |seen| seen.needs_attention(now)))?)?;
    } else {
        print(&text(&report, &fleet, now, terminal))?;
    }
    note(&unread(&report.unread, terminal));
    note(&troubles(&fleet));
    host.leave().await;
    Ok(report.exit_code)
}

fn text(report: &Report, fleet: &Fleet, now: Timestamp, terminal: &Terminal) -> String {
    let blocks = report.blocks.iter().map(|one| block(one, terminal) + "\n");
    let footer = report.footer.iter().map(|line| format!("{line}\n"));
    [banner(fleet, terminal)].into_iter().chain(blocks).chain(footer).chain(paused(fleet, now)).collect()
}

fn block(block: &Block, terminal: &Terminal) -> String {
    let headline = terminal.level(block.level, &block.headline);
    let longest = block.lines.iter().map(|(key, _)| key.len()).max().unwrap_or_default() + 1;
    let line = |(key, value): &(&str, String)| {
        let key = terminal.ink.dim(&format!("{:longest$}", format!("{key}:")));
        format!("    {key} {value}\n")
    };
    let lines: String = block.lines.iter().map(line).collect();
    format!("{headline}\n{lines}")
}

/// What marks the demo; nothing for a real fleet.
pub(crate) fn banner(fleet: &Fleet, terminal: &Terminal) -> String {
    if fleet.demo {
        format!(
            "{}\n\n",
            terminal.ink.bold("DEMO - a simulated fleet; nothing here is real or costs anything.")
        )
    } else {
        String::new()
    }
}

/// When polling rests, what is shown may be old.
fn paused(fleet: &Fleet, now: Timestamp) -> Option<String> {
    let oldest = fleet.regions.values().filter_map(domain::Freshness::as_of).min()?;
    let why = fleet.paused?;
    let ago = domain::view::fmt::ago(now, oldest);
    Some(match why {
        domain::fleet::Pause::Asleep => format!("The computer sleeps; data from {ago}.\n"),
        domain::fleet::Pause::Locked => format!("The screen is locked; data from {ago}.\n"),
    })
}

/// What could not be read, for standard error.
pub(crate) fn unread(lines: &[String], terminal: &Terminal) -> String {
    lines.iter().map(|line| format!("{} {line}\n", terminal.aside.yellow("Not read:"))).collect()
}

/// What this computer could not do, for standard error.
pub(crate) fn troubles(fleet: &Fleet) -> String {
    fleet.troubles.iter().map(aside).collect()
}

#[cfg(test)]
mod tests;
