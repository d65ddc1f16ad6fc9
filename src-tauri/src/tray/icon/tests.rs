//! Every icon decodes, and its figure can be read.

use domain::{Level, view::tray::Icon};

use super::{Picture, SIZES, menu, notice, tray};

const STATES: [Icon; 5] = [Icon::Ok, Icon::Warning, Icon::Critical, Icon::Offline, Icon::Paused];

/// The picture as text: `#` white, `.` the badge, blank the rest.
fn sketch(picture: &Picture) -> String {
    let mark = |pixel: &[u8; 4]| match pixel {
        [0xff, 0xff, 0xff, 0xff] => '#',
        [0x14, 0x16, 0x1c, 0xff] => '.',
        _ => ' ',
    };
    let row = |row: &[u8]| row.as_chunks::<4>().0.iter().map(mark).collect::<String>();
    picture.rgba().chunks(picture.size as usize * 4).map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_state_has_every_size() {
    for icon in STATES {
        for demo in [false, true] {
            let pictures = tray(icon, Some("7"), demo);
            assert_eq!(pictures.iter().map(|picture| picture.size).collect::<Vec<_>>(), SIZES, "{icon:?}");
            for picture in pictures {
                assert_eq!(picture.argb().len(), (picture.size * picture.size * 4) as usize);
            }
        }
    }
}

#[test]
fn states_differ_from_each_other_and_from_the_demo() {
    let all: Vec<_> = STATES
        .iter()
        .flat_map(|&icon| [false, true].map(|demo| tray(icon, Some("7"), demo)[0].argb()))
        .collect();
    for (place, one) in all.iter().enumerate() {
        assert!(all[place + 1..].iter().all(|other| other != one), "icon {place} looks like another");
    }
}

#[test]
fn opacity_comes_first_for_the_tray() {
    let picture = &tray(Icon::Ok, None, false)[0];
    let corner = picture.rgba().first_chunk::<4>().copied();
    let [r, g, b, a] = corner.expect("a picture has pixels");
    assert_eq!(picture.argb()[..4], [a, r, g, b]);
}

#[test]
fn the_figure_is_drawn_in_the_corner() {
    let drawn = sketch(&tray(Icon::Ok, Some("27"), false)[0]);
    let badge: Vec<&str> = drawn.lines().skip(13).map(|line| &line[11..]).collect();
    insta::assert_snapshot!(badge.join("\n"), @r"
    ...........
    ..##..####.
    .#..#....#.
    ....#....#.
    ...#....#..
    ..#.....#..
    .#.....#...
    .####..#...
    ...........
    ");
}

#[test]
fn the_longest_figure_fits_every_size() {
    for picture in tray(Icon::Critical, Some("99+"), false) {
        let drawn = sketch(&picture);
        let last = drawn.lines().last().expect("a picture has rows");
        assert!(last.starts_with(' '), "{}: the badge is as wide as the icon:\n{drawn}", picture.size);
    }
}

#[test]
fn only_what_is_urgent_has_an_icon_in_the_menu() {
    assert!(menu(Level::Ok).is_empty());
    assert!(menu(Level::Warning).starts_with(b"\x89PNG"));
    assert_ne!(menu(Level::Warning), menu(Level::Critical));
    assert!(notice(Level::Warning) != notice(Level::Critical));
}
