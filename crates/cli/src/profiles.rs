//! `curfew profiles`: lists, shows and checks launch profiles, and prints worked examples. Asks nothing of AWS.

mod show;
pub(crate) mod source;

use domain::{
    Level,
    config::ConfigFault,
    view::{fmt, launcher::Card},
};
use engine::{Clock, SystemClock};
use launch::card::card;
use store::profiles::{self, EXAMPLES};

use self::source::Source;
use crate::{
    args::Profiles,
    failure::{FAILED, Failure, USAGE},
    home::Home,
    table::{Align, Column, Table},
    terminal::{Terminal, note, print},
};

/// Runs one of the four.
pub(crate) fn run(command: Profiles, demo: bool, terminal: &Terminal) -> Result<u8, Failure> {
    match command {
        Profiles::List => list(demo, terminal),
        Profiles::Show { profile } => show(&profile, demo, terminal),
        Profiles::Check { files } => check(&files, demo),
        Profiles::Example { name } => example(name.as_deref()),
    }
}

/// The profiles of the folder; in the demo, the worked examples.
fn all(demo: bool) -> Result<Vec<String>, Failure> {
    if demo {
        return Ok(source::examples().into_iter().map(str::to_owned).collect());
    }
    Home::find()?.profiles()
}

fn list(demo: bool, terminal: &Terminal) -> Result<u8, Failure> {
    let names = all(demo)?;
    if names.is_empty() {
        let folder = profiles::folder(&Home::find()?.folders);
        print("No profiles.\n")?;
        note(&format!("{}\n", source::how_to_begin(&folder)));
        return Ok(0);
    }
    let now = SystemClock.now();
    let mut table = Table::new(columns());
    for name in &names {
        match Source::find(name, demo) {
            Ok(source) => {
                let card = card(&source.name, &source.text, &[], now);
                let level = if card.faults().is_empty() { Level::Ok } else { Level::Critical };
                table.row(cells(&card), level);
            }
            // One that was deleted since, or is no text, holds back no other.
            Err(failure) => note(&failure.text()),
        }
    }
    print(&table.text(terminal))?;
    if !demo {
        note(&format!("\nIn {}\n", profiles::folder(&Home::find()?.folders).display()));
    }
    Ok(0)
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("NAME", Align::Left, 0),
        Column::new("TYPES", Align::Left, 0).shrinks_to(12),
        Column::new("MARKET", Align::Left, 2),
        Column::new("REGIONS", Align::Left, 1).shrinks_to(10),
        Column::new("AT WORST", Align::Right, 0),
        Column::new("FAULTS", Align::Right, 0),
    ]
}

fn cells(card: &Card) -> Vec<String> {
    let plan = card.plan();
    let worst = plan.map(|plan| plan.estimate.as_ref().and_then(|estimate| estimate.worst));
    let word = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    vec![
        fmt::one_line(&card.name, 64),
        word(plan.map(domain::view::launcher::Plan::types_in_words)),
        word(plan.map(domain::view::launcher::Plan::market_in_words)),
        word(plan.map(domain::view::launcher::Plan::regions_in_words)),
        word(worst.map(|worst| worst.map_or_else(|| "unknown".into(), |worst| worst.to_string()))),
        card.faults().len().to_string(),
    ]
}

fn show(word: &str, demo: bool, terminal: &Terminal) -> Result<u8, Failure> {
    let source = Source::find(word, demo)?;
    match source.parse() {
        Ok(profile) => print(&show::text(&source, &profile, SystemClock.now(), terminal)).map(|()| 0),
        Err(faults) => {
            print(&lines(&source, &faults, &[]))?;
            Ok(FAILED)
        }
    }
}

fn check(files: &[String], demo: bool) -> Result<u8, Failure> {
    let files = if files.is_empty() { all(demo)? } else { files.to_vec() };
    let (mut faults, mut warnings, mut unread) = (0, 0, false);
    for file in &files {
        match Source::find(file, demo) {
            Ok(source) => {
                let card = card(&source.name, &source.text, &[], SystemClock.now());
                print(&lines(&source, card.faults(), card.warnings()))?;
                faults += card.faults().len();
                warnings += card.warnings().len();
            }
            Err(failure) => {
                note(&failure.text());
                unread = true;
            }
        }
    }
    let warned = if warnings > 0 { format!(", {}", fmt::count(warnings, "warning")) } else { String::new() };
    note(&format!("{}: {}{warned}\n", fmt::count(files.len(), "profile"), fmt::count(faults, "fault")));
    Ok(match (unread, faults) {
        (true, _) => USAGE,
        (false, 0) => 0,
        (false, _) => FAILED,
    })
}

fn lines(source: &Source, faults: &[ConfigFault], warnings: &[ConfigFault]) -> String {
    let faults = faults.iter().map(|fault| source.line(fault) + "\n");
    let warning =
        |it: &ConfigFault| format!("{}:{}: warning: {}: {}\n", source.shown, it.line, it.key, it.message);
    faults.chain(warnings.iter().map(warning)).collect()
}

fn example(name: Option<&str>) -> Result<u8, Failure> {
    match name {
        Some(name) => print(&source::example(name)?.text)?,
        None => {
            let now = SystemClock.now();
            let line = |(name, text): &(&str, &str)| {
                let about = card(name, text, &[], now).plan().and_then(|plan| plan.about.clone());
                format!("{name:<20} {}\n", about.unwrap_or_default())
            };
            print(&EXAMPLES.iter().map(line).collect::<String>())?;
        }
    }
    Ok(0)
}

#[cfg(test)]
mod tests;
