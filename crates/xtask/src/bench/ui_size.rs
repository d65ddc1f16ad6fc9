//! The shipped window's wasm and JavaScript, gzipped.

use anyhow::Result;

use super::{Row, Verdict};
use crate::build::Profile;
use crate::ui::{self, BUDGET_KIB, Size};

pub(super) fn measure() -> Result<Vec<Row>> {
    ui::build(Profile::Release)?;
    let kib = Size::read()?.gzipped_kib();
    Ok(vec![Row {
        figure: "wasm and js, gzipped".to_owned(),
        reached: format!("{kib} KiB"),
        budget: format!("{BUDGET_KIB} KiB"),
        verdict: Verdict::of(kib <= BUDGET_KIB),
    }])
}
