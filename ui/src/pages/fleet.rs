//! The fleet: totals, table, details, regions.

use std::rc::Rc;

use domain::{
    Actor, Command, Target, Verb,
    view::{notice::SNOOZE, window::WindowState},
};
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::{
    browser,
    components::{
        details::Details,
        empty::{Empty, EmptyView},
        grid::Grid,
        regions::RegionBar,
        row::{Gesture, RowRef},
        toolbar::Toolbar,
        totals::Totals,
    },
    ipc,
    port::{Port, use_port},
    state::Heard,
    table::{
        options::{Change, Options},
        scroll::{Extents, has_strip},
        sections::{Sections, sections},
    },
};

#[derive(Properties, PartialEq)]
pub(crate) struct FleetProps {
    pub(crate) heard: Heard,
}

/// What a person is doing at the table.
#[derive(Clone, PartialEq)]
struct Hands {
    active: UseStateHandle<Option<Target>>,
    asked: UseStateHandle<Option<(Target, Verb)>>,
    open: UseStateHandle<Option<Target>>,
}

#[component]
pub(crate) fn FleetPage(props: &FleetProps) -> Html {
    let port = use_port();
    let options = use_reducer(Options::default);
    let hands =
        Hands { active: use_state_eq(|| None), asked: use_state_eq(|| None), open: use_state_eq(|| None) };
    let node = use_node_ref();
    let on = use_gestures(&port, &hands, &node);
    let table = use_table(&props.heard, &options);
    let extents = use_extents(&table, &hands.asked);
    let onchange = use_callback((), {
        let options = options.dispatcher();
        move |change: Change, ()| options.dispatch(change)
    });
    let onactive = use_callback((), {
        let active = hands.active.setter();
        move |target: Target, ()| active.set(Some(target))
    });
    let onescape = use_callback((hands.clone(), node.clone()), |(), (hands, node)| {
        hands.let_go();
        focus(node);
    });
    let onleave = use_callback(node.clone(), |(), node: &NodeRef| focus(node));
    let fleet = &props.heard.fleet;
    let open = hands.open.as_ref().and_then(|target| fleet.rows.get(target));
    html! {
        <main class="fleet">
            <Totals header={fleet.header.clone()} known={is_known(fleet)} />
            <Toolbar
                options={(*options).clone()} stopped={table.stopped} gone={table.gone} shown={table.len()}
                onchange={onchange.clone()} {onleave}
            />
            <div class="body">
                if table.len() == 0 {
                    <EmptyView empty={Empty::of(fleet, &table, &options)} onchange={onchange.clone()} />
                } else {
                    <Grid
                        {node} {table} {extents} {onactive}
                        on={on.clone()}
                        sort={options.sort}
                        active={(*hands.active).clone()}
                        asked={(*hands.asked).clone()}
                        as_of={fleet.header.as_of}
                        with_account={has_several_accounts(fleet)}
                        onsort={onchange.reform(Change::Sorted)}
                        onescape={onescape.clone()}
                    />
                }
                if let Some(row) = open { <Details row={RowRef(row.clone())} {on} onclose={onescape} /> }
            </div>
            <RegionBar fleet={Rc::clone(fleet)} />
        </main>
    }
}

impl Hands {
    /// Escape: the question first, then the details.
    fn let_go(&self) {
        if self.asked.is_some() {
            self.asked.set(None);
        } else {
            self.open.set(None);
        }
    }
}

impl Reducible for Options {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        Rc::new(Rc::unwrap_or_clone(self).after(change))
    }
}

/// The table, worked out anew only when the fleet or the options have changed.
#[hook]
fn use_table(heard: &Heard, options: &Options) -> Rc<Sections> {
    use_memo((heard.clone(), options.clone()), |(heard, options)| {
        sections(&heard.fleet.rows, options, heard.fleet.header.as_of)
    })
}

#[hook]
fn use_extents(table: &Rc<Sections>, asked: &Option<(Target, Verb)>) -> Rc<Extents> {
    use_memo((ByPointer(Rc::clone(table)), asked.clone()), |(table, asked)| {
        let asked = asked.as_ref().map(|(target, _)| target);
        Extents::of(&table.0, |row| has_strip(row, asked == Some(&row.target)))
    })
}

/// Compared by pointer: comparing ten thousand rows would take longer than measuring them.
struct ByPointer<T>(Rc<T>);

impl<T> PartialEq for ByPointer<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Does what a person does with a row. The callback stays the same, so that no row is rendered for it.
#[hook]
fn use_gestures(port: &Port, hands: &Hands, node: &NodeRef) -> Callback<(Target, Gesture)> {
    let (active, asked, open) = (hands.active.setter(), hands.asked.setter(), hands.open.setter());
    use_callback((port.clone(), node.clone()), move |(target, gesture): (Target, Gesture), (port, node)| {
        active.set(Some(target.clone()));
        match gesture {
            Gesture::Ask(verb) => return asked.set(Some((target, verb))),
            Gesture::Open => return open.set(Some(target)),
            Gesture::Keep => asked.set(None),
            Gesture::Act(verb) => {
                asked.set(None);
                port.act(verb, target);
            }
            Gesture::Undo => port.send(Command::Undo { target, actor: Actor::Window }),
            Gesture::Dismiss => port.send(Command::Dismiss { target }),
            Gesture::Snooze => port.send(Command::Snooze { target, time: SNOOZE }),
            Gesture::Wake => port.send(Command::Unsnooze { target }),
            Gesture::Copy => port.ask_and_say("Id copied", ipc::copy(target.id.to_string())),
            Gesture::Console => port.ask(ipc::open_console(target)),
        }
        focus(node);
    })
}

fn focus(grid: &NodeRef) {
    if let Some(element) = grid.cast::<HtmlElement>() {
        browser::focus(&element);
    }
}

fn is_known(fleet: &WindowState) -> bool {
    fleet.regions.iter().any(|region| region.freshness.as_of().is_some())
}

fn has_several_accounts(fleet: &WindowState) -> bool {
    fleet.accounts.len() > 1
}
