//! The figures that a command prints, such as a loss: a name, `=` or `:`, and a number, in whatever form a training program
//! writes them. `loss=0.5`, Keras's `loss: 0.5 - acc: 0.9`, a bar's `[loss=0.5, lr=1e-4]`, a line of JSON and a printed
//! dictionary of Python all are that. Knows no line before this one, and keeps nothing.

use protocol::training::Metrics;

/// Takes the figures of a line, each in place of the last of its name.
pub fn record(line: &[u8], metrics: &mut Metrics) {
    for at in (0..line.len()).filter(|at| matches!(line.get(*at), Some(b'=' | b':'))) {
        let (before, after) = (line.get(..at).unwrap_or_default(), line.get(at + 1..).unwrap_or_default());
        let Some(name) = name(before, line.get(at) == Some(&b':') && !after.starts_with(b" ")) else {
            continue;
        };
        if let Some(value) = number(after) {
            metrics.record(name, value);
        }
    }
}

/// The word before the sign, with its quotes if it has any. Without them a time or an address could be meant.
fn name(before: &[u8], must_be_quoted: bool) -> Option<&str> {
    let before = before.trim_ascii_end();
    let bare = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'"));
    let word = bare.unwrap_or(before);
    if must_be_quoted && bare.is_none() {
        return None;
    }
    let part = |b: &u8| b.is_ascii_alphanumeric() || b"_-./".contains(b);
    // No longer than a name may be: a line may be one long word.
    let length = word.iter().rev().take(Metrics::LONGEST_NAME + 1).take_while(|b| part(b)).count();
    let name = std::str::from_utf8(word.get(word.len() - length..)?).ok()?;
    Metrics::is_name(name).then_some(name)
}

/// The number after it, alone: `45%`, `1.2.3` and `8x` are none.
fn number(after: &[u8]) -> Option<f64> {
    let after = after.trim_ascii_start();
    let part = |b: &u8| b.is_ascii_digit() || b"+-.eE".contains(b);
    let length = after.iter().take(32).take_while(|b| part(b)).count();
    let ends = after.get(length).is_none_or(|b| b" \t\r,;)]}".contains(b));
    let text = std::str::from_utf8(after.get(..length)?).ok()?.trim_end_matches('.');
    text.parse().ok().filter(|_| ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(lines: &[&str]) -> Vec<(String, f64)> {
        let mut metrics = Metrics::default();
        lines.iter().for_each(|line| record(line.as_bytes(), &mut metrics));
        metrics.iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    #[test]
    fn the_usual_forms_are_read() {
        let check = |line: &str, expect: &[(&str, f64)]| {
            let expect: Vec<_> = expect.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
            assert_eq!(figures(&[line]), expect, "{line}");
        };
        check("epoch=3 loss=0.25", &[("epoch", 3.0), ("loss", 0.25)]);
        check("Epoch 3: train_loss = 1.5e-3.", &[("train_loss", 0.0015)]);
        check("12/12 - 1s - loss: 0.4 - val_acc: 0.75", &[("loss", 0.4), ("val_acc", 0.75)]);
        check("{'loss': 0.5, 'learning_rate': 1e-05}", &[("learning_rate", 1e-5), ("loss", 0.5)]);
        check(r#"{"eval/accuracy":0.875,"step":100}"#, &[("eval/accuracy", 0.875), ("step", 100.0)]);
        check("50%|##  | 5/10 [00:01<00:01, 4.9it/s, loss=-2]\r", &[("loss", -2.0)]);
        check("metric: loss=0.5", &[("loss", 0.5)]);
    }

    #[test]
    fn what_only_looks_like_a_figure_is_none() {
        for line in [
            "2026-01-02 14:30:22 started",
            "listening on localhost:8080",
            "progress: 45%",
            "version=1.2.3",
            "device=cuda:0",
            "loss=nan",
            "loss=inf",
            "=5",
            "x==5",
            "",
        ] {
            assert_eq!(figures(&[line]), [], "{line}");
        }
    }

    #[test]
    fn the_last_value_stays() {
        assert_eq!(figures(&["loss=2", "loss=1", "nothing"]), [("loss".to_owned(), 1.0)]);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_printed_is_borne(line: Vec<u8>) {
            let mut metrics = Metrics::default();
            record(&line, &mut metrics);
        }
    }
}
