//! Tables that fit.

use super::*;
use crate::samples::{pipe, screen};

fn table() -> Table {
    let mut table = Table::new(vec![
        Column::new("ID", Align::Left, 0),
        Column::new("NAME", Align::Left, 0).shrinks_to(4),
        Column::new("EXTRA", Align::Left, 1),
        Column::new("COST", Align::Right, 0),
    ]);
    let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
    table.row(row(["i-1", "a long name", "x", "$1.00"]), Level::Ok);
    table.row(row(["i-2", "名前", "y", "$12.00"]), Level::Ok);
    table
}

fn plain(columns: usize) -> String {
    let screen = Terminal { ink: crate::terminal::ink::Ink::Plain, ..screen(columns) };
    table().text(&screen)
}

#[test]
fn a_pipe_gets_all_of_it() {
    let expect = "\
ID   NAME         EXTRA    COST
i-1  a long name  x       $1.00
i-2  名前         y      $12.00
";
    assert_eq!(table().text(&pipe()), expect);
}

#[test]
fn the_name_shrinks_first_and_then_the_least_important_goes() {
    let check = |columns: usize, expect: &str| assert_eq!(plain(columns), expect, "{columns} columns");
    check(28, "ID   NAME      EXTRA    COST\ni-1  a long …  x       $1.00\ni-2  名前      y      $12.00\n");
    check(19, "ID   NAME      COST\ni-1  a lon…   $1.00\ni-2  名前    $12.00\n");
    check(5, "ID   NAME    COST\ni-1  a l…   $1.00\ni-2  名前  $12.00\n");
}
