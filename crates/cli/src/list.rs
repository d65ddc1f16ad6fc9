//! `curfew list`: every instance, as an aligned table or as JSON.

use domain::{
    Fleet, Lifecycle, Money, Seen, Target, Timestamp,
    fleet::Totals,
    time::elapsed,
    view::{
        check,
        fmt::{self, one_line},
        listing::{Listing, listing, worst_first},
    },
};

use crate::{
    args::List,
    check::{banner, troubles, unread},
    failure::{FAILED, Failure},
    host::{Host, Looked, Wanted},
    table::{Align, Column, Table},
    terminal::{Terminal, note, print},
};

/// Looks, prints, and says what the exit code is.
pub(crate) async fn run(args: &List, demo: bool, terminal: &Terminal) -> Result<u8, Failure> {
    let wanted = Wanted { demo, scope: args.place.regions.clone().into(), warning: None, critical: None };
    let host = Host::find(&wanted).await?;
    let Looked { fleet, now } = host.look(terminal).await?;
    let keep = |seen: &Seen| args.all_states || seen.instance.lifecycle != Lifecycle::Terminated;
    if args.json {
        print(&json(&listing(&fleet, now, keep))?)?;
    } else {
        print(&text(&fleet, &worst_first(&fleet, keep), now, terminal))?;
    }
    let report = check::report(&fleet, now);
    note(&unread(&report.unread, terminal));
    note(&troubles(&fleet));
    host.leave().await;
    Ok(if report.unread.is_empty() { 0 } else { FAILED })
}

/// As `--json` prints it.
pub(crate) fn json(listing: &Listing) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(listing);
    text.map(|text| text + "\n").map_err(|error| Failure::failed(format!("cannot write JSON: {error}"), ""))
}

fn text(fleet: &Fleet, instances: &[(&Target, &Seen)], now: Timestamp, terminal: &Terminal) -> String {
    let banner = banner(fleet, terminal);
    if instances.is_empty() {
        let read = fleet.regions.values().any(|region| region.as_of().is_some());
        return format!("{banner}{}\n", if read { "No instances." } else { "Nothing could be read." });
    }
    let mut table = Table::new(columns(fleet.accounts.len() > 1));
    for (target, seen) in instances {
        table.row(cells(target, seen, now, fleet.accounts.len() > 1), seen.level());
    }
    let table = table.text(terminal);
    format!("{banner}{table}\n{}\n", footer(instances.len(), &fleet.totals(now)))
}

/// When the terminal is too narrow the name shrinks, and then those with the highest numbers go.
fn columns(several_accounts: bool) -> Vec<Column> {
    let mut columns = vec![
        Column::new("STATE", Align::Left, 0),
        Column::new("ID", Align::Left, 0),
        Column::new("NAME", Align::Left, 0).shrinks_to(10),
        Column::new("TYPE", Align::Left, 0),
        Column::new("MARKET", Align::Left, 4),
        Column::new("ZONE", Align::Left, 1),
        Column::new("RUNNING", Align::Right, 0),
        Column::new("RATE", Align::Right, 3),
        Column::new("COST", Align::Right, 0),
    ];
    if several_accounts {
        columns.push(Column::new("ACCOUNT", Align::Left, 2));
    }
    columns
}

fn cells(target: &Target, seen: &Seen, now: Timestamp, several_accounts: bool) -> Vec<String> {
    let instance = &seen.instance;
    let running = elapsed(now, instance.launched_at);
    let mut cells = vec![
        instance.lifecycle.as_str().to_owned(),
        target.id.to_string(),
        instance.name().map_or_else(|| "-".into(), |name| one_line(name, 60)),
        instance.kind.to_string(),
        market(seen),
        instance.zone.to_string(),
        if instance.lifecycle.is_up() { fmt::duration(running) } else { "-".into() },
        seen.rates.total().map_or_else(|| "unknown".into(), |rate| rate.to_string()),
        seen.spend(now).map_or_else(|| "unknown".into(), |spend: Money| spend.to_string()),
    ];
    if several_accounts {
        cells.push(target.account.to_string());
    }
    cells
}

fn market(seen: &Seen) -> String {
    let market = seen.instance.market.as_str();
    if seen.instance.is_being_interrupted() { format!("{market} (taken back)") } else { market.to_owned() }
}

fn footer(shown: usize, totals: &Totals) -> String {
    let unpriced = match totals.unpriced {
        0 => String::new(),
        some => format!(" ({some} of unknown price not counted)"),
    };
    let Totals { up, hourly, spend, .. } = totals;
    format!("{}, {up} up: {hourly}, {spend} so far{unpriced}.", fmt::count(shown, "instance"))
}

#[cfg(test)]
mod tests;
