//! A small tray program on which the tests' own tray client is tried. It prints what happens to it.

use std::io::Write;

use ksni::menu::{CheckmarkItem, StandardItem, SubMenu};
use ksni::{Icon, MenuItem, ToolTip, Tray, TrayMethods};

struct Sample {
    muted: bool,
    stopped: bool,
}

impl Tray for Sample {
    fn id(&self) -> String {
        "sample-tray".into()
    }

    fn title(&self) -> String {
        "Sample".into()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: "2 running".into(),
            description: "g5.xlarge and p4d.24xlarge".into(),
            ..ToolTip::default()
        }
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        let red = [255, 220, 40, 40];
        vec![Icon { width: 22, height: 22, data: red.repeat(22 * 22) }]
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        say("activated");
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        vec![
            instance("train__7  g5.xlarge", !self.stopped),
            instance("eval  p4d.24xlarge", true),
            MenuItem::Separator,
            CheckmarkItem {
                label: "Muted".into(),
                checked: self.muted,
                activate: Box::new(|tray: &mut Self| tray.muted = !tray.muted),
                ..CheckmarkItem::default()
            }
            .into(),
        ]
    }
}

fn instance(label: &str, can_stop: bool) -> MenuItem<Sample> {
    let name = label.to_owned();
    let act = move |verb: &'static str| {
        let name = name.clone();
        move |tray: &mut Sample| {
            tray.stopped |= verb == "stop";
            say(&format!("{verb} {name}"));
        }
    };
    let submenu = vec![
        StandardItem {
            label: "Stop".into(),
            enabled: can_stop,
            activate: Box::new(act("stop")),
            ..StandardItem::default()
        }
        .into(),
        StandardItem {
            label: "Terminate".into(),
            activate: Box::new(act("terminate")),
            ..StandardItem::default()
        }
        .into(),
    ];
    SubMenu { label: label.into(), submenu, ..SubMenu::default() }.into()
}

fn say(line: &str) {
    // Nobody listens any more: the test is over.
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let _tray = Sample { muted: false, stopped: false }.spawn().await?;
    say("in the tray");
    std::future::pending().await
}
