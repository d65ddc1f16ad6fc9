//! The files that hold several sizes: Windows' .ico and macOS's .icns.

use anyhow::Result;
use ico::{IconDir, IconDirEntry, IconImage, ResourceType};

use crate::draw::Drawing;

/// What Windows shows: 256 as PNG, the smaller ones as bitmaps, which every reader knows.
const ICO_SIZES: [u32; 6] = [16, 24, 32, 48, 64, 256];

/// Types whose content is a PNG of that size, from Apple's Icon Image format ("ic11" is 16@2x).
const ICNS_TYPES: [(&[u8; 4], u32); 6] =
    [(b"ic11", 32), (b"ic12", 64), (b"ic07", 128), (b"ic08", 256), (b"ic09", 512), (b"ic10", 1024)];

pub(crate) fn ico(app: &Drawing) -> Result<Vec<u8>> {
    let mut folder = IconDir::new(ResourceType::Icon);
    for size in ICO_SIZES {
        let image = IconImage::from_rgba_data(size, size, app.rgba(size)?);
        let entry = match size {
            256 => IconDirEntry::encode_as_png(&image),
            _ => IconDirEntry::encode_as_bmp(&image),
        };
        folder.add_entry(entry?);
    }
    let mut bytes = Vec::new();
    folder.write(&mut bytes)?;
    Ok(bytes)
}

/// A header and, per image, its type, the length of both with the content, the content.
pub(crate) fn icns(app: &Drawing) -> Result<Vec<u8>> {
    let mut images = Vec::new();
    for (kind, size) in ICNS_TYPES {
        let png = app.png(size)?;
        images.extend_from_slice(kind);
        images.extend_from_slice(&length(&png)?);
        images.extend_from_slice(&png);
    }
    let mut file = b"icns".to_vec();
    file.extend_from_slice(&length(&images)?);
    file.extend_from_slice(&images);
    Ok(file)
}

/// Of the content and the eight bytes before it.
fn length(content: &[u8]) -> Result<[u8; 4]> {
    Ok(u32::try_from(content.len() + 8)?.to_be_bytes())
}
