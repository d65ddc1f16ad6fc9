//! The tray as its host sees it: StatusNotifierItem and com.canonical.dbusmenu over the session bus.
//! It clicks only what a person could click, and knows nothing of whose item it is.
//!
//! Specifications: <https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/> and
//! `libdbusmenu-glib/dbus-menu.xml` of libdbusmenu.

pub mod menu;

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use zbus::Connection;
use zbus::fdo::PropertiesProxy;
use zbus::names::InterfaceName;
use zbus::proxy::CacheProperties;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};

pub use self::menu::{Entry, Menu};
use crate::input::Point;
use crate::session::Session;
use crate::wait;

const ITEM: &str = "org.kde.StatusNotifierItem";
/// Where an item lives if it registered by its bus name alone.
const ITEM_PATH: &str = "/StatusNotifierItem";

/// The middle of the icon, in pixels: the panel is 28 high.
const ICON_FROM_RIGHT: u16 = 11;
const ICON_FROM_TOP: u16 = 14;

#[zbus::proxy(
    interface = "org.kde.StatusNotifierWatcher",
    default_service = "org.kde.StatusNotifierWatcher",
    default_path = "/StatusNotifierWatcher"
)]
pub(crate) trait Watcher {
    #[zbus(property(emits_changed_signal = "false"))]
    fn is_status_notifier_host_registered(&self) -> zbus::Result<bool>;
    #[zbus(property(emits_changed_signal = "false"))]
    fn registered_status_notifier_items(&self) -> zbus::Result<Vec<String>>;
}

#[zbus::proxy(interface = "org.kde.StatusNotifierItem", assume_defaults = false)]
trait StatusNotifierItem {
    fn activate(&self, x: i32, y: i32) -> zbus::Result<()>;
}

/// The items that the session's tray host shows.
#[derive(Clone, Debug)]
pub struct Tray {
    bus: Connection,
    screen: (u16, u16),
}

impl Tray {
    /// The tray of a session.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        Self { bus: session.bus().clone(), screen: session.screen() }
    }

    /// All items that are registered now.
    ///
    /// # Errors
    /// There is no tray host.
    pub async fn items(&self) -> Result<Vec<Item>> {
        let watcher = WatcherProxy::new(&self.bus).await.context("cannot reach the tray host")?;
        let registered = watcher
            .registered_status_notifier_items()
            .await
            .context("cannot ask the tray host for its items")?;
        Ok(registered.iter().map(|address| Item::at(&self.bus, address)).collect())
    }

    /// Where the only icon is on the screen: at the right end of the panel at the top, both of
    /// which are of the size that the panel's settings give.
    #[must_use]
    pub fn icon_place(&self) -> Point {
        (self.screen.0 - ICON_FROM_RIGHT, ICON_FROM_TOP)
    }

    /// Waits until the item with this `Id` property is registered, at most for `bound`.
    ///
    /// # Errors
    /// It is not, or there is no tray host; names the items that are there.
    pub async fn wait_for_item(&self, id: &str, bound: Duration) -> Result<Item> {
        wait::until_ok(format!("a tray item called {id}"), bound, async || {
            let mut others = Vec::new();
            for item in self.items().await? {
                let look = item.look().await?;
                if look.id == id {
                    return Ok(item);
                }
                others.push(look.id);
            }
            bail!("the tray shows {others:?}")
        })
        .await
    }
}

/// One tray item.
#[derive(Clone, Debug)]
pub struct Item {
    bus: Connection,
    name: String,
    path: String,
}

/// What an item looks like at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Which application it is.
    pub id: String,
    /// Name of the application, for people.
    pub title: String,
    /// `Passive`, `Active` or `NeedsAttention`.
    pub status: String,
    /// Name of the icon in the icon theme; empty if it draws its own.
    pub icon_name: String,
    /// The icon that it draws, in all its sizes.
    pub icon: Vec<Pixmap>,
    /// First line of the tooltip.
    pub tooltip_title: String,
    /// The rest of the tooltip.
    pub tooltip: String,
    /// Whether a left click opens the menu instead of activating the item.
    pub item_is_menu: bool,
}

/// An icon as it travels: 32 bits a pixel, in the order alpha, red, green, blue, rows from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixmap {
    /// Pixels across.
    pub width: i32,
    /// Pixels down.
    pub height: i32,
    /// The pixels.
    pub argb: Vec<u8>,
}

impl Item {
    /// Its look now.
    ///
    /// # Errors
    /// It is gone, or does not speak the protocol.
    pub async fn look(&self) -> Result<Look> {
        let mut properties = self.properties().await?;
        let (tooltip_title, tooltip) = tooltip(properties.remove("ToolTip"))?;
        Ok(Look {
            id: text(&mut properties, "Id"),
            title: text(&mut properties, "Title"),
            status: text(&mut properties, "Status"),
            icon_name: text(&mut properties, "IconName"),
            icon: pixmaps(properties.remove("IconPixmap"))?,
            tooltip_title,
            tooltip,
            item_is_menu: properties
                .remove("ItemIsMenu")
                .and_then(|value| value.try_into().ok())
                .unwrap_or(false),
        })
    }

    /// Its whole menu, as its host would read it when opening it.
    ///
    /// # Errors
    /// It has none, or does not speak the protocol.
    pub async fn menu(&self) -> Result<Menu> {
        Menu::read(&self.menu_proxy().await?).await
    }

    /// Clicks the menu entry at a path of labels, the last being the entry and those before it its
    /// submenus. A label may be shortened to any part of it that no neighbour has.
    ///
    /// # Errors
    /// No such entry, or one that a person could not click; shows the menu.
    pub async fn click(&self, path: &[&str]) -> Result<()> {
        menu::click(&self.menu_proxy().await?, path).await
    }

    /// Waits until the menu can be clicked at `path`, at most for `bound`, and clicks it.
    ///
    /// # Errors
    /// As [`Item::click`].
    pub async fn wait_and_click(&self, path: &[&str], bound: Duration) -> Result<()> {
        wait::until_ok(format!("the menu entry {path:?}"), bound, async || self.click(path).await).await
    }

    /// Left click.
    ///
    /// # Errors
    /// It is gone, or takes no clicks.
    pub async fn activate(&self) -> Result<()> {
        let item = StatusNotifierItemProxy::builder(&self.bus)
            .destination(self.name.as_str())?
            .path(self.path.as_str())?
            .cache_properties(CacheProperties::No)
            .build()
            .await?;
        item.activate(0, 0).await.with_context(|| format!("cannot activate the tray item {}", self.name))
    }

    /// `address` is `NAME/PATH` or `NAME`: hosts keep either.
    fn at(bus: &Connection, address: &str) -> Self {
        let (name, path) = match address.find('/') {
            Some(slash) => address.split_at(slash),
            None => (address, ITEM_PATH),
        };
        Self { bus: bus.clone(), name: name.to_owned(), path: path.to_owned() }
    }

    async fn properties(&self) -> Result<HashMap<String, OwnedValue>> {
        let properties = PropertiesProxy::builder(&self.bus)
            .destination(self.name.as_str())?
            .path(self.path.as_str())?
            .build()
            .await?;
        let interface = InterfaceName::from_static_str(ITEM)?;
        properties
            .get_all(interface)
            .await
            .with_context(|| format!("cannot read the tray item {}", self.name))
    }

    async fn menu_proxy(&self) -> Result<menu::DbusMenuProxy<'static>> {
        let menu = self
            .properties()
            .await?
            .remove("Menu")
            .with_context(|| format!("the tray item {} has no menu", self.name))?;
        let path =
            OwnedObjectPath::try_from(menu).context("the menu of the tray item is not an object path")?;
        let proxy = menu::DbusMenuProxy::builder(&self.bus).destination(self.name.clone())?.path(path)?;
        Ok(proxy.cache_properties(CacheProperties::No).build().await?)
    }
}

fn text(properties: &mut HashMap<String, OwnedValue>, name: &str) -> String {
    properties.remove(name).and_then(|value| value.try_into().ok()).unwrap_or_default()
}

/// `(sa(iiay)ss)`: icon name, icon, title, text.
fn tooltip(value: Option<OwnedValue>) -> Result<(String, String)> {
    let Some(value) = value else {
        return Ok(Default::default());
    };
    let structure = Structure::try_from(value).context("the tooltip is not a structure")?;
    match structure.fields() {
        [_, _, Value::Str(title), Value::Str(text)] => Ok((title.to_string(), text.to_string())),
        other => bail!("the tooltip is not of the shape (sa(iiay)ss) but {other:?}"),
    }
}

/// `a(iiay)`: width, height, pixels.
fn pixmaps(value: Option<OwnedValue>) -> Result<Vec<Pixmap>> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let pixmaps =
        Vec::<(i32, i32, Vec<u8>)>::try_from(value).context("the icon is not of the shape a(iiay)")?;
    Ok(pixmaps.into_iter().map(|(width, height, argb)| Pixmap { width, height, argb }).collect())
}
