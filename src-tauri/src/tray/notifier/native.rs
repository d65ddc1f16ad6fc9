//! Shows notifications on macOS and Windows, through notify-rust. Compiled and not tried.
//!
//! There a notification on the screen can be neither changed nor taken back: a countdown is told once, and one whose
//! cause is gone stays until a person puts it away.

use std::thread;

use domain::{
    Problem,
    view::notice::{Button, Urgency},
};
use notify_rust::{Notification, NotificationResponse, Timeout};
use tokio::sync::mpsc;

use super::{Heard, Order, Orders, Post};
use crate::input::{Input, Inputs};

/// Begins to carry out orders; what the system says arrives as [`Input::Heard`].
pub(crate) fn start(inputs: Inputs) -> Orders {
    Orders::carried_out_by(async move |ordered| run(ordered, inputs).await)
}

async fn run(mut orders: mpsc::UnboundedReceiver<Order>, inputs: Inputs) {
    inputs.send(Input::Heard(Heard::Ready));
    let mut last = 0;
    while let Some(order) = orders.recv().await {
        match order {
            Order::Show { topic, replaces: Some(id), .. } => {
                inputs.send(Input::Heard(Heard::Shown(topic, id)))
            }
            Order::Show { topic, post, replaces: None } => {
                last += 1;
                inputs.send(Input::Heard(Heard::Shown(topic, last)));
                show(post, last, inputs.clone());
            }
            Order::Close(_) => {}
        }
    }
}

/// Shows it and waits for its end in a thread of its own: the board never has more than a few up at a time.
fn show(post: Post, id: u32, inputs: Inputs) {
    thread::spawn(move || {
        let heard = |response: &NotificationResponse| match response {
            NotificationResponse::Action(key) => Heard::Pressed(id, key.clone()),
            NotificationResponse::Default => Heard::Pressed(id, "default".into()),
            NotificationResponse::Reply(_) | NotificationResponse::Closed(_) => Heard::Closed(id),
        };
        let told = inputs.clone();
        let shown = notification(&post).show().and_then(|up| {
            up.wait_for_response(move |response: &NotificationResponse| {
                told.send(Input::Heard(heard(response)))
            })
        });
        if let Err(error) = shown {
            let message = format!("This system shows no notifications: {error}");
            let problem = Problem::new("notifications", message, "Allow them in the system's settings.");
            inputs.send(Input::Heard(Heard::Absent(problem)));
        }
    });
}

/// The buttons keep their order, safest first: macOS shows the first one as the default.
fn notification(post: &Post) -> Notification {
    let mut notification = Notification::new();
    notification.appname("Curfew").summary(&post.title).body(&post.body);
    notification.timeout(match post.urgency {
        Urgency::Normal => Timeout::Default,
        Urgency::Critical => Timeout::Never,
    });
    for button in &post.buttons {
        notification.action(Button::key(*button), button.label());
    }
    notification
}
