//! The figure on the icon: digits from a small bitmap font, white on a badge in the lower right corner. The badge is
//! dark, and purple in the demo, as the demo's own icon is.
//!
//! Drawn by hand because nothing else in the tray needs a font, and at 22 pixels every pixel counts.

use super::picture::{Colour, Picture};

const BADGE: Colour = [0x14, 0x16, 0x1c, 0xff];
const DEMO: Colour = [0x8e, 0x24, 0xaa, 0xff];
const INK: Colour = [0xff, 0xff, 0xff, 0xff];

/// A font: the rows of each glyph as bits, the leftmost pixel in the highest.
struct Font {
    width: u32,
    height: u32,
    glyphs: [(char, &'static [u8]); 11],
}

/// For 22 and 24 pixels.
const SMALL: Font = Font {
    width: 4,
    height: 7,
    glyphs: [
        ('0', &[0b0110, 0b1001, 0b1001, 0b1001, 0b1001, 0b1001, 0b0110]),
        ('1', &[0b0010, 0b0110, 0b0010, 0b0010, 0b0010, 0b0010, 0b0111]),
        ('2', &[0b0110, 0b1001, 0b0001, 0b0010, 0b0100, 0b1000, 0b1111]),
        ('3', &[0b1110, 0b0001, 0b0001, 0b0110, 0b0001, 0b0001, 0b1110]),
        ('4', &[0b0001, 0b0011, 0b0101, 0b1001, 0b1111, 0b0001, 0b0001]),
        ('5', &[0b1111, 0b1000, 0b1110, 0b0001, 0b0001, 0b1001, 0b0110]),
        ('6', &[0b0110, 0b1000, 0b1000, 0b1110, 0b1001, 0b1001, 0b0110]),
        ('7', &[0b1111, 0b0001, 0b0001, 0b0010, 0b0010, 0b0100, 0b0100]),
        ('8', &[0b0110, 0b1001, 0b1001, 0b0110, 0b1001, 0b1001, 0b0110]),
        ('9', &[0b0110, 0b1001, 0b1001, 0b0111, 0b0001, 0b0001, 0b0110]),
        ('+', &[0b0000, 0b0000, 0b0100, 0b1110, 0b0100, 0b0000, 0b0000]),
    ],
};

/// For 32 pixels and more.
const LARGE: Font = Font {
    width: 5,
    height: 9,
    glyphs: [
        ('0', &[0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110]),
        ('1', &[0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110]),
        ('2', &[0b01110, 0b10001, 0b00001, 0b00001, 0b00010, 0b00100, 0b01000, 0b10000, 0b11111]),
        ('3', &[0b01110, 0b10001, 0b00001, 0b00001, 0b00110, 0b00001, 0b00001, 0b10001, 0b01110]),
        ('4', &[0b00010, 0b00110, 0b01010, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010, 0b00010]),
        ('5', &[0b11111, 0b10000, 0b10000, 0b11110, 0b00001, 0b00001, 0b00001, 0b10001, 0b01110]),
        ('6', &[0b00110, 0b01000, 0b10000, 0b10000, 0b11110, 0b10001, 0b10001, 0b10001, 0b01110]),
        ('7', &[0b11111, 0b00001, 0b00001, 0b00010, 0b00010, 0b00100, 0b00100, 0b01000, 0b01000]),
        ('8', &[0b01110, 0b10001, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b10001, 0b01110]),
        ('9', &[0b01110, 0b10001, 0b10001, 0b10001, 0b01111, 0b00001, 0b00001, 0b00010, 0b01100]),
        ('+', &[0b00000, 0b00000, 0b00100, 0b00100, 0b11111, 0b00100, 0b00100, 0b00000, 0b00000]),
    ],
};

/// Stamps the figure into the lower right corner.
pub(super) fn stamp(picture: &mut Picture, figure: &str, demo: bool) {
    let (font, scale) = font(picture.size);
    let (width, height) = extent(&font, scale, figure);
    let corner = (picture.size.saturating_sub(width), picture.size.saturating_sub(height));
    badge(picture, &font, scale, corner, figure, if demo { DEMO } else { BADGE });
}

/// Which font, and how many pixels of the picture one of its pixels takes.
fn font(size: u32) -> (Font, u32) {
    match size {
        0..32 => (SMALL, 1),
        32..48 => (LARGE, 1),
        48..64 => (LARGE, 2),
        64.. => (SMALL, 3),
    }
}

/// The badge's width and height: the glyphs, a pixel between them, a pixel around.
fn extent(font: &Font, scale: u32, text: &str) -> (u32, u32) {
    let glyphs = text.chars().count() as u32;
    ((glyphs * (font.width + 1) + 1) * scale, (font.height + 2) * scale)
}

fn badge(picture: &mut Picture, font: &Font, scale: u32, (left, top): (u32, u32), text: &str, under: Colour) {
    picture.fill((left, top), extent(font, scale, text), under);
    let lefts = (left + scale..).step_by(((font.width + 1) * scale) as usize);
    for (letter, left) in text.chars().zip(lefts) {
        glyph(picture, font, scale, (left, top + scale), letter);
    }
}

fn glyph(picture: &mut Picture, font: &Font, scale: u32, (left, top): (u32, u32), letter: char) {
    let Some((_, rows)) = font.glyphs.iter().find(|(known, _)| *known == letter) else { return };
    for (y, row) in (0..).zip(rows.iter()) {
        for x in (0..font.width).filter(|x| row >> (font.width - 1 - x) & 1 == 1) {
            picture.fill((left + x * scale, top + y * scale), (scale, scale), INK);
        }
    }
}
