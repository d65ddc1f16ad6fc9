//! From every state of a stack to every goal.

use super::*;

fn stack(word: &str) -> Stack {
    Stack { id: "1".into(), status: Status::of(word), reason: String::new(), outputs: BTreeMap::new() }
}

fn step(goal: Goal, word: &str, done: Done) -> Step {
    let events = [Event {
        id: "e".into(),
        resource: "Subnet".into(),
        kind: "AWS::EC2::Subnet".into(),
        status: "CREATE_FAILED".into(),
        reason: "the zone is full".into(),
    }];
    let stack = Some(stack(word)).filter(|_| !word.is_empty());
    next(goal, &Region::from("us-east-1"), stack.as_ref(), &events, done)
}

#[test]
fn each_state_leads_on() {
    let (fresh, created) = (Done::default(), Done { created: true, ..Done::default() });
    let (updated, deleted) = (Done { updated: true, ..fresh }, Done { deleted: true, ..fresh });
    let check = |goal, word: &str, done: Done, expected: Step| {
        assert_eq!(step(goal, word, done), expected, "{goal:?} {word} {done:?}");
    };
    check(Goal::Prepared, "", fresh, Step::Create);
    check(Goal::Prepared, "CREATE_IN_PROGRESS", fresh, Step::Wait);
    check(Goal::Prepared, "CREATE_COMPLETE", created, Step::Reached);
    check(Goal::Prepared, "CREATE_COMPLETE", fresh, Step::Update);
    check(Goal::Prepared, "UPDATE_COMPLETE", updated, Step::Reached);
    check(Goal::Prepared, "ROLLBACK_COMPLETE", fresh, Step::Delete);
    check(Goal::Prepared, "DELETE_COMPLETE", deleted, Step::Create);
    check(Goal::Prepared, "UPDATE_ROLLBACK_COMPLETE", fresh, Step::Update);
    check(Goal::Gone, "", fresh, Step::Reached);
    check(Goal::Gone, "CREATE_COMPLETE", fresh, Step::Delete);
    check(Goal::Gone, "DELETE_IN_PROGRESS", deleted, Step::Wait);
    check(Goal::Gone, "DELETE_FAILED", fresh, Step::Delete);
    check(Goal::Gone, "DELETE_COMPLETE", deleted, Step::Reached);
    check(Goal::Gone, "SOMETHING_NEW_IN_PROGRESS", deleted, Step::Wait);
}

#[test]
fn a_failure_names_the_resource_and_the_reason() {
    let created = Done { created: true, ..Done::default() };
    let Step::Failed(problem) = step(Goal::Prepared, "ROLLBACK_COMPLETE", created) else { panic!() };
    assert_eq!(problem.message, "preparing us-east-1 failed at Subnet (AWS::EC2::Subnet): the zone is full");
    for word in ["ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "DELETE_FAILED", ""] {
        let done = Done { created: true, updated: true, deleted: true };
        assert!(
            matches!(step(Goal::Prepared, word, done), Step::Failed(_)),
            "no attempt goes round in circles: {word}"
        );
    }
}
