//! A square of pixels: read from PNG, painted on, handed out in the orders that the desktop wants.

/// Red, green, blue, opacity.
pub(crate) type Colour = [u8; 4];

/// A square picture, four bytes a pixel (red, green, blue, opacity), rows from the top.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Pixels across and down.
    pub(crate) size: u32,
    rgba: Vec<u8>,
}

impl Picture {
    /// Reads one of the program's own icons.
    pub(super) fn decode(png: &[u8]) -> Self {
        let read = || -> Result<Self, png::DecodingError> {
            let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info()?;
            let size = reader.info().width;
            let mut rgba = vec![0; size as usize * size as usize * 4];
            reader.next_frame(&mut rgba)?;
            Ok(Self { size, rgba })
        };
        read().expect("the icons are built in: square, eight bits, with opacity; a test reads each")
    }

    /// Paints a rectangle; what lies outside the picture is left out.
    pub(super) fn fill(&mut self, (left, top): (u32, u32), (width, height): (u32, u32), colour: Colour) {
        for y in top..(top + height).min(self.size) {
            for x in left..(left + width).min(self.size) {
                let at = (y as usize * self.size as usize + x as usize) * 4;
                self.rgba[at..at + 4].copy_from_slice(&colour);
            }
        }
    }

    /// The pixels as they lie.
    pub(crate) fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// The pixels with the opacity first, as StatusNotifierItem has them.
    pub(crate) fn argb(&self) -> Vec<u8> {
        self.rgba.as_chunks::<4>().0.iter().flat_map(|&[r, g, b, a]| [a, r, g, b]).collect()
    }
}
