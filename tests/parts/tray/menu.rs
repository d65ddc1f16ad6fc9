//! The menu of a tray item: reading it whole, finding an entry by its labels, clicking it.

use std::collections::HashMap;
use std::fmt;

use anyhow::{Context, Result, bail, ensure};
use zbus::zvariant::{OwnedValue, Structure, Value};

/// `(ia{sv}av)`: id, properties, children.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// Id of the menu itself.
const ROOT: i32 = 0;
/// Read submenus to any depth.
const WHOLE: i32 = -1;

#[zbus::proxy(interface = "com.canonical.dbusmenu", assume_defaults = false)]
pub(super) trait DbusMenu {
    fn about_to_show(&self, id: i32) -> zbus::Result<bool>;
    fn get_layout(&self, parent: i32, depth: i32, properties: &[&str]) -> zbus::Result<(u32, Layout)>;
    fn event(&self, id: i32, event: &str, data: &Value<'_>, timestamp: u32) -> zbus::Result<()>;
}

/// A menu at one moment. Its `Display` shows it as indented lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// From the top.
    pub entries: Vec<Entry>,
}

/// One line of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    id: i32,
    /// What a person reads, mnemonic underscores taken away as a host does; empty for a separator.
    pub label: String,
    /// Whether it is a line between entries.
    pub separator: bool,
    /// Whether it can be clicked.
    pub enabled: bool,
    /// Whether it is shown at all.
    pub visible: bool,
    /// Its tick, where it has one.
    pub ticked: Option<bool>,
    /// Its icon as a PNG file, where it has one.
    pub icon: Option<Vec<u8>>,
    /// Its submenu.
    pub children: Vec<Entry>,
}

impl Menu {
    pub(super) async fn read(menu: &DbusMenuProxy<'_>) -> Result<Self> {
        menu.about_to_show(ROOT).await.context("the tray menu cannot be opened")?;
        let (_revision, (_, _, children)) =
            menu.get_layout(ROOT, WHOLE, &[]).await.context("the tray menu cannot be read")?;
        Ok(Self { entries: entries(children)? })
    }

    /// Labels of the shown entries at a path of submenus, separators left out.
    ///
    /// # Errors
    /// There is no such submenu.
    pub fn labels(&self, path: &[&str]) -> Result<Vec<&str>> {
        let entries = match self.find(path)? {
            Some(entry) => &entry.children,
            None => &self.entries,
        };
        Ok(shown(entries).map(|entry| entry.label.as_str()).collect())
    }

    /// The entry at a path of labels, as for [`super::Item::click`].
    ///
    /// # Errors
    /// There is none, or the label fits several.
    pub fn entry(&self, path: &[&str]) -> Result<&Entry> {
        self.find(path)?.context("an empty path names no menu entry")
    }

    fn find(&self, path: &[&str]) -> Result<Option<&Entry>> {
        let mut at = None;
        let mut entries = &self.entries;
        for label in path {
            let entry = pick(entries, label).with_context(|| format!("the tray menu is\n{self}"))?;
            entries = &entry.children;
            at = Some(entry);
        }
        Ok(at)
    }
}

impl fmt::Display for Menu {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries.iter().try_for_each(|entry| entry.write(out, 0))
    }
}

impl Entry {
    fn write(&self, out: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let label = if self.separator { "---" } else { &self.label };
        let tick = match self.ticked {
            Some(true) => " [x]",
            Some(false) => " [ ]",
            None => "",
        };
        let disabled = if self.enabled || self.separator { "" } else { " (disabled)" };
        let hidden = if self.visible { "" } else { " (hidden)" };
        writeln!(out, "{:indent$}{label}{tick}{disabled}{hidden}", "", indent = depth * 4)?;
        self.children.iter().try_for_each(|child| child.write(out, depth + 1))
    }
}

/// See [`super::Item::click`].
pub(super) async fn click(proxy: &DbusMenuProxy<'_>, path: &[&str]) -> Result<()> {
    let menu = Menu::read(proxy).await?;
    for length in 1..=path.len() {
        let entry = menu.entry(&path[..length])?;
        ensure!(entry.enabled, "{:?} is disabled; the tray menu is\n{menu}", entry.label);
    }
    let entry = menu.entry(path)?;
    ensure!(entry.children.is_empty(), "{:?} opens a submenu; the tray menu is\n{menu}", entry.label);
    proxy
        .event(entry.id, "clicked", &Value::from(0_i32), 0)
        .await
        .with_context(|| format!("cannot click {:?}", entry.label))
}

fn shown(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
    entries.iter().filter(|entry| entry.visible && !entry.separator)
}

/// The entry whose label is `wanted`, else the only one whose label contains it.
fn pick<'a>(entries: &'a [Entry], wanted: &str) -> Result<&'a Entry> {
    if let Some(exact) = shown(entries).find(|entry| entry.label == wanted) {
        return Ok(exact);
    }
    let fitting: Vec<_> = shown(entries).filter(|entry| entry.label.contains(wanted)).collect();
    match fitting[..] {
        [entry] => Ok(entry),
        [] => bail!("no menu entry is called {wanted:?}"),
        [..] => bail!("{} menu entries fit {wanted:?}", fitting.len()),
    }
}

fn entries(children: Vec<OwnedValue>) -> Result<Vec<Entry>> {
    children.into_iter().map(entry).collect()
}

fn entry(value: OwnedValue) -> Result<Entry> {
    let structure = Structure::try_from(value).context("a menu entry is not a structure")?;
    let (id, mut properties, children) =
        Layout::try_from(structure).context("a menu entry is not of the shape (ia{sv}av)")?;
    let separator = take::<String>(&mut properties, "type").is_some_and(|kind| kind == "separator");
    let has_tick = take::<String>(&mut properties, "toggle-type").is_some_and(|kind| !kind.is_empty());
    let tick = take::<i32>(&mut properties, "toggle-state") == Some(1);
    Ok(Entry {
        id,
        label: as_read(&take::<String>(&mut properties, "label").unwrap_or_default()),
        separator,
        enabled: take(&mut properties, "enabled").unwrap_or(true),
        visible: take(&mut properties, "visible").unwrap_or(true),
        ticked: has_tick.then_some(tick),
        icon: take::<Vec<u8>>(&mut properties, "icon-data").filter(|icon| !icon.is_empty()),
        children: entries(children)?,
    })
}

fn take<T: TryFrom<OwnedValue>>(properties: &mut HashMap<String, OwnedValue>, name: &str) -> Option<T> {
    properties.remove(name)?.try_into().ok()
}

/// What a host makes of a label: an underscore marks the letter after it and is not shown; two stand
/// for one.
fn as_read(label: &str) -> String {
    label.split("__").map(|part| part.replace('_', "")).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests;
