//! The model's entries arrive as items that show and do the same.

use domain::{
    Level,
    view::tray::{Entry, MenuAction},
};
use ksni::MenuItem;

use super::items;

/// Takes down what was chosen.
type Chosen = Vec<MenuAction>;

fn choose(chosen: &mut Chosen, action: MenuAction) {
    chosen.push(action);
}

fn open(label: &str) -> Entry {
    Entry::Item { label: label.into(), does: Some(MenuAction::OpenWindow) }
}

/// Items as text: `(grey)`, `[icon]`, `>` for what lies behind a submenu.
fn sketch(items: &[MenuItem<Chosen>], indent: &str) -> String {
    let line = |item: &MenuItem<Chosen>| match item {
        MenuItem::Separator => format!("{indent}--\n"),
        MenuItem::Standard(it) if !it.visible => format!("{indent}(hidden)\n"),
        MenuItem::Standard(it) if !it.enabled => format!("{indent}({})\n", it.label),
        MenuItem::Standard(it) => format!("{indent}{}\n", it.label),
        MenuItem::SubMenu(it) => {
            let icon = if it.icon_data.is_empty() { "" } else { "[icon] " };
            format!("{indent}{icon}{}\n{}", it.label, sketch(&it.submenu, &format!("{indent}> ")))
        }
        MenuItem::Checkmark(_) | MenuItem::RadioGroup(_) => format!("{indent}?\n"),
    };
    items.iter().map(line).collect()
}

#[test]
fn every_entry_becomes_its_item() {
    let menu = [
        Entry::Note("Curfew: 2 instances running".into()),
        Entry::Separator,
        Entry::Submenu {
            label: "!! my_run_7".into(),
            level: Level::Critical,
            entries: vec![open("Stop"), Entry::Item { label: "Terminate".into(), does: None }],
        },
        Entry::Submenu { label: "calm".into(), level: Level::Ok, entries: Vec::new() },
        open("Quit"),
    ];
    insta::assert_snapshot!(sketch(&items(&menu, false, choose), ""), @r"
    (Curfew: 2 instances running)
    --
    [icon] !! my__run__7
    > Stop
    > (Terminate)
    calm
    Quit
    ");
    assert!(sketch(&items(&menu, true, choose), "").ends_with("(hidden)\n"));
}

#[test]
fn choosing_an_item_says_what_was_chosen() {
    let menu = [open("Open"), Entry::Item { label: "Quit".into(), does: Some(MenuAction::Quit) }];
    let mut chosen = Chosen::new();
    for item in items(&menu, false, choose) {
        if let MenuItem::Standard(item) = item {
            (item.activate)(&mut chosen);
        }
    }
    assert_eq!(chosen, [MenuAction::OpenWindow, MenuAction::Quit]);
}
