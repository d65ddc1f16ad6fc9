//! Lines in sight of tables of known height.

use std::sync::Arc;

use domain::view::window::Group;

use super::*;
use crate::table::{samples::Sample, sections::Section};

fn table(counts: &[usize]) -> Sections {
    let row = Arc::new(Sample::new(1).row());
    let sections = counts.iter().zip(Group::ALL);
    let section = |(&count, group)| Section::of(Some(group), vec![Arc::clone(&row); count]);
    Sections { sections: sections.map(section).collect(), ..Sections::default() }
}

fn told(counts: &[usize], top: u32, height: u32) -> String {
    let extents = Extents::of(&table(counts), |_| false);
    let slices = extents.slices(Sight { top, height });
    let told = |slice: &Slice| format!("{}+{:?}+{}", slice.above, slice.lines, slice.below);
    slices.iter().map(told).collect::<Vec<_>>().join(" ")
}

#[test]
fn only_lines_in_sight_and_a_few_more_are_kept() {
    let check = |counts: &[usize], top: u32, height: u32, expected: &str| {
        assert_eq!(told(counts, top, height), expected, "{counts:?} at {top}");
    };
    check(&[3], 0, 400, "0+0..3+0");
    check(&[10_000], 0, 400, "0+0..17+399320");
    check(&[10_000], 4_000, 400, "3600+90..117+395320");
    check(&[10_000], 399_666, 400, "399280+9982..10000+0");
    check(&[10_000], 9_000_000, 400, "400000+10000..10000+0");
    check(&[0], 0, 400, "0+0..0+0");
    check(&[100, 100], 0, 400, "0+0..17+3320 0+0..0+4000");
    check(&[100, 100], 4_000, 400, "3600+90..100+0 0+0..16+3360");
    check(&[100, 100], 0, 0, "0+0..7+3720 0+0..0+4000");
}

#[test]
fn every_slice_leaves_the_table_as_high_as_it_is() {
    let extents = Extents::of(&table(&[7, 500, 1]), |_| false);
    for top in (0..25_000).step_by(7) {
        let heights = extents.slices(Sight { top, height: 333 }).into_iter();
        let heights = heights.map(|slice| slice.above + slice.lines.len() as u32 * ROW + slice.below);
        assert_eq!(heights.collect::<Vec<_>>(), [7 * ROW, 500 * ROW, ROW], "at {top}");
    }
}

#[test]
fn a_strip_makes_its_line_higher() {
    let extents = Extents::of(&table(&[2]), |_| true);
    let slices = extents.slices(Sight { top: 0, height: 10 });
    assert_eq!(extents.line(1), Some((COLUMNS + HEADING + 84, COLUMNS + HEADING + 168)));
    assert_eq!(slices, [Slice { lines: 0..2, above: 0, below: 0 }]);
}

#[test]
fn a_line_out_of_sight_is_brought_into_it() {
    let extents = Extents::of(&table(&[100, 100]), |_| false);
    let check = |at: usize, top: u32, scrolled: Option<u32>| {
        assert_eq!(extents.reveal(at, Sight { top, height: 400 }), scrolled, "line {at} from {top}");
    };
    check(0, 0, None);
    check(5, 0, None);
    check(8, 0, Some(26));
    check(9, 0, Some(66));
    check(3, 2_000, Some(120));
    check(100, 0, Some(3_738));
    check(199, 0, Some(7_698));
    check(200, 0, None);
}
