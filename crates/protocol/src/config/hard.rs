//! What ends the machine even when `agent.toml` is missing, half-written or faulty. There is always an answer.

use document::{Document, Section};

use super::{AgentConfig, Limits, OnEnd, check};

/// The limits in force, whatever the text is: a file that could not be read at all is `""`.
///
/// A file in order says it itself. Of any other each value is taken as far as it can be read, and else:
/// - `max_runtime` is 4 hours, as in a file that leaves it out;
/// - `on_end` is *stop*: what the user wanted is not known, and a disk that was kept can still be deleted.
///
/// The last line of a file with broken syntax is not believed: it may have lost its end.
pub fn hard_limit(text: &str) -> Limits {
    if let Ok(config) = AgentConfig::parse(text) {
        return config.limits;
    }
    let document = Document::parse(text);
    match document.root() {
        Some(root) => lenient(&root),
        None => torn(text),
    }
}

fn torn(text: &str) -> Limits {
    let (lines, _) = text.rsplit_once('\n').unwrap_or_default();
    lenient(&Document::parse(lines).remains())
}

fn lenient(root: &Section<'_>) -> Limits {
    let limits = root.section("limits");
    let limits = limits.as_ref();
    Limits {
        max_runtime: limits
            .and_then(|limits| limits.text("max_runtime", check::max_runtime))
            .unwrap_or(Limits::default().max_runtime),
        on_end: limits.and_then(|limits| limits.text("on_end", check::on_end)).unwrap_or(OnEnd::Stop),
        ..Limits::default()
    }
}
