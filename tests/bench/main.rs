//! `figures NAME`: measures one of the figures that Curfew promises, on release builds and real parts, and prints it
//! as lines of a table. Run by `cargo xtask bench`, which builds what is measured and keeps the table.

#![cfg(target_os = "linux")]

mod check;
mod desktop;
mod figure;
mod fleet;
mod footprint;
mod launch;
mod load;
mod screen;
mod start;
mod usage;

use anyhow::{Result, bail};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let name = std::env::args().nth(1).unwrap_or_default();
    if name == fleet::MEASURED {
        return fleet::measured::run().await;
    }
    let before = load::now()?;
    let mut figures = match name.as_str() {
        "check" => check::measure().await?,
        "fleet" => fleet::measure().await?,
        "footprint" => footprint::measure().await?,
        "launch" => launch::measure().await?,
        "start" => start::measure().await?,
        _ => bail!("there are the figures check, fleet, footprint, launch and start, not {name:?}"),
    };
    figures.push(load::figure(&before)?);
    figures.iter().for_each(|figure| println!("{figure}"));
    Ok(())
}
