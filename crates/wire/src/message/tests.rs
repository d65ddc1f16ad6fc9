//! Every message survives the way over the socket.

use std::time::Duration;

use domain::{
    AccountName, Actor, AlertId, Target, Verb,
    command::Pace,
    view::{
        launcher::Reading,
        window::{self, Delta},
    },
};

use super::*;

fn target() -> Target {
    Target {
        account: "personal".into(),
        region: "us-east-1".into(),
        id: "i-0f09e5bb081e72ae1".parse().expect("an instance's id"),
    }
}

fn problem() -> Problem {
    Problem::new("code", "a \"quoted\" message\nof two lines \u{202e}", "")
}

fn commands() -> Vec<Command> {
    let actor = Actor::Window;
    vec![
        Command::Act { verb: Verb::Terminate, target: target(), actor, pace: Pace::WithUndo },
        Command::Undo { target: target(), actor },
        Command::Snooze { target: target(), time: Duration::from_secs(3600) },
        Command::Unsnooze { target: target() },
        Command::Dismiss { target: target() },
        Command::Shown { alerts: vec![AlertId::from_stored("a/b/c".into())] },
        Command::Refresh,
        Command::Reconnect { account: AccountName::new("personal") },
        Command::Code { account: AccountName::new("personal"), code: "123456".into() },
    ]
}

fn edits() -> Vec<SettingsEdit> {
    vec![
        SettingsEdit::Interval("90s".into()),
        SettingsEdit::Regions(None),
        SettingsEdit::Regions(Some(vec!["us-east-1".into()])),
        SettingsEdit::RemoveAccount("personal".into()),
    ]
}

/// One of each; the match makes a new kind come here.
fn asks() -> Vec<Ask> {
    let mut asks = vec![Ask::Hello, Ask::Fleet, Ask::Watch, Ask::Settings, Ask::Edit(edits())];
    asks.extend([Ask::Autostart(true), Ask::Demo(false), Ask::OpenWindow, Ask::Quit]);
    asks.extend(profile_asks().into_iter().map(Ask::Profiles));
    asks.push(Ask::Copy("i-0f09e5bb081e72ae1\n".into()));
    asks.extend(commands().into_iter().map(Ask::Send));
    for ask in &asks {
        match ask {
            Ask::Hello | Ask::Fleet | Ask::Watch | Ask::Send(_) | Ask::Settings | Ask::Edit(_) => {}
            Ask::Autostart(_) | Ask::Demo(_) | Ask::Copy(_) | Ask::OpenWindow | Ask::Quit => {}
            Ask::Profiles(_) => {}
        }
    }
    asks
}

fn profile_asks() -> Vec<ProfileAsk> {
    let (name, text) = ("train".to_owned(), "image = \"x\"\n".to_owned());
    vec![
        ProfileAsk::All,
        ProfileAsk::Read { name: name.clone(), text: text.clone() },
        ProfileAsk::Save { name: name.clone(), text: text.clone(), before: None },
        ProfileAsk::Save { name: name.clone(), text, before: Some(String::new()) },
        ProfileAsk::Duplicate(name),
    ]
}

fn card() -> Card {
    let reading =
        Reading::Faulty(vec![ConfigFault { key: "image".into(), line: 1, message: "is wrong".into() }]);
    Card { name: "train".into(), text: "image = \"x\"\n".into(), reading, last: None }
}

fn answers() -> Vec<Answer> {
    let now = Timestamp::UNIX_EPOCH;
    let fleet = Fleet { troubles: vec![problem()], ..Fleet::empty(now) };
    let state = window::state(&fleet, now);
    let delta: Delta = state.delta_to(&state);
    let settings = Settings {
        path: "/a b/config.toml".into(),
        faults: vec![ConfigFault { key: "poll".into(), line: 1, message: "is wrong".into() }],
        interval: "1m".into(),
        regions: None,
        warning: "2h".into(),
        critical: "6h".into(),
        repeat: "off".into(),
        rules: 0,
        accounts: Vec::new(),
        autostart: false,
        profiles: vec!["work".into()],
    };
    let shelf = Shelf { folder: "/a b".into(), profiles: vec![card()], examples: Vec::new() };
    let answers = vec![
        Answer::Hello { version: "0.1.0".into(), pid: 1 },
        Answer::Fleet { fleet: Box::new(fleet), now },
        Answer::Update(Box::new(Update::Whole(state))),
        Answer::Update(Box::new(Update::Changed(delta))),
        Answer::Raise,
        Answer::End,
        Answer::Show(Sight::Launcher),
        Answer::Show(Sight::Profile("train".into())),
        Answer::Profiles(ProfileAnswer::Named("train-2".into())),
        Answer::Profiles(ProfileAnswer::Card(Box::new(card()))),
        Answer::Profiles(ProfileAnswer::Shelf(Box::new(shelf))),
        Answer::Settings(Box::new(settings.clone())),
        Answer::Done,
        Answer::Faults(settings.faults),
        Answer::Refused(problem()),
    ];
    for answer in &answers {
        match answer {
            Answer::Hello { .. } | Answer::Fleet { .. } | Answer::Update(_) => {}
            Answer::Raise | Answer::End | Answer::Show(_) | Answer::Profiles(_) => {}
            Answer::Settings(_) | Answer::Done | Answer::Faults(_) | Answer::Refused(_) => {}
        }
    }
    answers
}

fn check<T: Serialize + for<'de> Deserialize<'de> + PartialEq + std::fmt::Debug>(message: &T) {
    let line = crate::line::line(message).expect("a message can be written");
    assert_eq!(line.iter().position(|&byte| byte == b'\n'), Some(line.len() - 1), "{message:?}");
    assert_eq!(&serde_json::from_slice::<T>(&line).expect("it can be read"), message);
}

#[test]
fn every_ask_and_answer_survives_the_way() {
    asks().iter().for_each(check);
    answers().iter().for_each(check);
}
