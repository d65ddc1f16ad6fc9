//! Tables and properties of `tray`.

use super::*;
use crate::{
    CloudFault, FaultKind, Freshness, LaunchId,
    fixtures::{DAY, HOUR, fleet, instance, named, now, snoozed, spot, tagged},
    instance::Persistence,
    launch::{Launch, Stage},
};

/// A menu as indented text; greyed entries in brackets.
fn text(entries: &[Entry], depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let line = |entry: &Entry| match entry {
        Entry::Separator => format!("{indent}---\n"),
        Entry::Note(note) => format!("{indent}# {note}\n"),
        Entry::Item { label, does: Some(_) } => format!("{indent}{label}\n"),
        Entry::Item { label, does: None } => format!("{indent}[{label}]\n"),
        Entry::Submenu { label, level: _, entries } => {
            format!("{indent}{label} >\n{}", text(entries, depth + 1))
        }
    };
    entries.iter().map(line).collect()
}

#[test]
fn the_whole_menu_worst_first() {
    let fleet = fleet([
        instance(1, "t3.large", HOUR),
        named("forgotten", instance(2, "g5.xlarge", 3 * DAY)),
        named("spot run", spot(Persistence::OneTime, instance(3, "trn1.2xlarge", 3 * HOUR))),
        Instance { lifecycle: crate::Lifecycle::Stopped, ..instance(4, "g5.xlarge", DAY) },
    ]);
    let tray = tray(&fleet, &[], now());
    assert_eq!((tray.icon, tray.figure.as_deref()), (Icon::Critical, Some("2")));
    insta::assert_snapshot!(text(&tray.menu, 0), @r"
    # Curfew: 3 instances running, $1.32/h
    ---
    !! forgotten - g5.xlarge, 3d, $72.43 >
      # i-00000000000000002, on-demand, us-east-1, account me
      Stop
      Terminate
      Snooze 2h
      ---
      Copy id
      Open in console
    ! spot run - trn1.2xlarge, 3h, $0.70 >
      # i-00000000000000003, spot, us-east-1, account me
      [Stop]
      Terminate
      Snooze 2h
      ---
      Copy id
      Open in console
    i-00000000000000001 - t3.large, 1h, $0.08 >
      # i-00000000000000001, on-demand, us-east-1, account me
      Stop
      Terminate
      Snooze 2h
      ---
      Copy id
      Open in console
    ---
    # Total $1.32/h, $73.22 so far
    ---
    Launch...
    ---
    Open Curfew
    Refresh now
    Quit
    ");
}

use crate::Instance;

#[test]
fn an_empty_fleet_says_so() {
    let tray = tray(&fleet([]), &[], now());
    assert_eq!((tray.icon, tray.figure), (Icon::Ok, None));
    assert_eq!(tray.tooltip, ("Curfew: nothing is running".to_owned(), String::new()));
}

#[test]
fn before_the_first_account_it_says_what_is_missing() {
    let tray = tray(&Fleet::empty(now()), &[], now());
    assert_eq!(tray.icon, Icon::Offline);
    assert_eq!(tray.tooltip.1, "No account is connected yet");
}

#[test]
fn regions_that_cannot_be_read_are_counted() {
    let mut fleet = fleet([]);
    let fault = CloudFault::new(FaultKind::Unreachable);
    for region in fleet.regions.values_mut() {
        *region = Freshness::Stale { as_of: now(), fault: fault.clone(), retry_at: now() };
    }
    let tray = tray(&fleet, &[], now());
    assert_eq!(tray.icon, Icon::Offline);
    assert_eq!(tray.tooltip.1, "1 region could not be read");
}

#[test]
fn a_snoozed_instance_is_quiet_but_not_hidden() {
    let fleet = snoozed(fleet([named("forgotten", instance(2, "g5.xlarge", 3 * DAY))]));
    let tray = tray(&fleet, &[], now());
    assert_eq!((tray.icon, tray.figure.as_deref()), (Icon::Ok, Some("1")));
    assert!(text(&tray.menu, 0).contains("(snoozed) forgotten"));
    assert!(text(&tray.menu, 0).contains("Wake from snooze"));
}

#[test]
fn a_countdown_offers_undo_and_nothing_else_that_acts() {
    let mut fleet = fleet([named("forgotten", instance(2, "g5.xlarge", 3 * DAY))]);
    let target = fleet.instances.keys().next().cloned().expect("there is one");
    let acts_at = crate::time::after(now(), Duration::from_secs(8));
    fleet
        .progress
        .insert(target, Progress::CountingDown { verb: Verb::Terminate, actor: Actor::Tray, acts_at });
    let menu = text(&tray(&fleet, &[], now()).menu, 0);
    assert!(menu.contains("!! forgotten - g5.xlarge, terminating in 8 s, $72.43"), "{menu}");
    assert!(
        menu.contains("  Undo terminate\n") && !menu.contains("  Terminate\n") && !menu.contains("  Stop\n"),
        "{menu}"
    );
}

#[test]
fn the_menu_lists_ten_and_leads_to_the_rest() {
    let tray = tray(&fleet((0..12).map(|n| instance(n, "t3.large", HOUR))), &[], now());
    let listed = tray.menu.iter().filter(|entry| matches!(entry, Entry::Submenu { .. })).count();
    assert_eq!(listed, 10);
    assert!(text(&tray.menu, 0).contains("2 more in the window..."));
    assert_eq!(tray.figure.as_deref(), Some("12"));
}

#[test]
fn a_protected_instance_offers_nothing_that_ends_it() {
    let fleet = fleet([tagged("curfew:protect", "yes", instance(1, "g5.xlarge", DAY))]);
    let menu = text(&tray(&fleet, &[], now()).menu, 0);
    assert!(menu.contains("[Stop]") && menu.contains("[Terminate]"), "{menu}");
}

#[test]
fn the_same_fleet_gives_the_same_tray() {
    let fleet = fleet([instance(1, "g5.xlarge", HOUR)]);
    assert_eq!(tray(&fleet, &[], now()), tray(&fleet, &[], now()));
}

#[test]
fn a_profile_in_the_menu_opens_the_window_and_spends_nothing() {
    let profiles = ["g5-training".to_owned(), "fleet".to_owned()];
    let tray = tray(&fleet([]), &profiles, now());
    insta::assert_snapshot!(text(&tray.menu, 0), @r"
    # Curfew: nothing is running
    ---
    Launch >
      g5-training...
      fleet...
    ---
    Open Curfew
    Refresh now
    Quit
    ");
    let sent = |entry: &Entry| matches!(entry, Entry::Item { does: Some(MenuAction::Send(_)), .. });
    let Some(Entry::Submenu { entries, .. }) = tray.menu.get(2) else { panic!("{:?}", tray.menu) };
    assert!(!entries.iter().any(sent), "{entries:?}");
}

#[test]
fn a_launch_under_way_is_in_the_menu_with_its_way_out() {
    let launch = |dry_run, stage| Launch {
        account: "me".into(),
        profile: "train".into(),
        actor: Actor::Window,
        begun: now(),
        dry_run,
        fleet: None,
        checks: Vec::new(),
        refused: Vec::new(),
        places: 0,
        estimate: None,
        made: None,
        whole: true,
        stage,
    };
    let launches = [(1, false, Stage::Checking), (2, true, Stage::Checking), (3, false, Stage::Cancelled)];
    let launches = launches.map(|(id, dry, stage)| (LaunchId::of(id), launch(dry, stage)));
    let fleet = Fleet { launches: launches.into(), ..fleet([]) };
    insta::assert_snapshot!(text(&tray(&fleet, &[], now()).menu, 0), @r"
    # Curfew: nothing is running
    ---
    train: looking at everything before a cent is spent >
      Cancel launch
      Show
    Launch...
    ---
    Open Curfew
    Refresh now
    Quit
    ");
}
