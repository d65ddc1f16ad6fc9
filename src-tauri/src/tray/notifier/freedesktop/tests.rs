//! What is put on the bus.

use domain::view::notice::Button;

use super::{actions, escaped};

#[test]
fn names_from_aws_cannot_become_markup() {
    assert_eq!(escaped("<b>R&D</b> $(x)"), "&lt;b&gt;R&amp;D&lt;/b&gt; $(x)");
}

#[test]
fn a_press_on_the_notification_itself_comes_first_and_terminate_last() {
    let keys = actions(&[Button::Stop, Button::Snooze, Button::Terminate]);
    assert_eq!(
        keys,
        ["default", "Open Curfew", "stop", "Stop", "snooze", "Snooze 2h", "terminate", "Terminate"]
    );
}
