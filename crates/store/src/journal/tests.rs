//! The words and times that the journal is kept in.

use domain::{Problem, Timestamp};

use super::*;

#[test]
fn every_word_is_read_back() {
    for actor in [Actor::Tray, Actor::Window, Actor::Notification, Actor::CommandLine] {
        match actor {
            Actor::Tray | Actor::Window | Actor::Notification | Actor::CommandLine => {}
        }
        assert_eq!(super::actor(actor.as_str()), Some(actor));
    }
    for verb in [Verb::Stop, Verb::Start, Verb::Terminate] {
        match verb {
            Verb::Stop | Verb::Start | Verb::Terminate => {}
        }
        assert_eq!(super::verb(verb.as_str()), Some(verb));
    }
    let problem = Problem::new("code", "message", "hint");
    let outcomes = [
        Outcome::CountdownStarted,
        Outcome::Undone,
        Outcome::CancelledByQuit,
        Outcome::Sent,
        Outcome::Done,
        Outcome::Refused(problem.clone()),
        Outcome::Failed(problem),
    ];
    for it in outcomes {
        assert_eq!(outcome(it.as_str(), super::problem(&it).cloned()), Some(it));
    }
    assert_eq!(actor("nobody"), None);
    assert_eq!(outcome("refused", None), None);
    assert_eq!(outcome("done", Some(Problem::new("", "", ""))), None);
}

#[test]
fn times_sort_as_text() {
    let times = ["2026-11-22T13:00:05Z", "2026-11-22T13:00:05.5Z", "2026-11-22T13:00:06Z"];
    let times = times.map(|text| text.parse::<Timestamp>().expect("a time"));
    let texts = times.map(spelled);
    assert!(texts.is_sorted(), "{texts:?}");
    assert_eq!(texts.map(|text| text.parse::<Timestamp>().expect("a time")), times);
    assert_eq!(spelled(Timestamp::MAX).parse::<Timestamp>().expect("a time"), Timestamp::MAX);
}
