//! The icon: a deck of horizontal lines under a rising arc. One drawing in numbers, written as SVG for people and as the
//! PNG, ICO and ICNS files that the platforms ask for.
//!
//! Drawn here by signed distances rather than by a renderer, so that every machine writes the same bytes and
//! `gen --check` can compare them: only additions, multiplications and square roots are used, which IEEE 754 makes exact.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;

const FOLDER: &str = "assets/icons";

/// Width of the tile, in the units below.
const TILE: f32 = 26.0;
const CORNER: f32 = 5.8;
const GROUND: [u8; 3] = [0x14, 0x18, 0x1d];
const INK: [u8; 3] = [0xa3, 0xab, 0xff];
const STROKE: f32 = 1.9;

/// The arc: upper half of a circle.
const ARC_CENTRE: (f32, f32) = (13.0, 10.9);
const ARC_RADIUS: f32 = 4.8;

/// The lines: half their length, height, strength.
const LINES: [(f32, f32, f32); 3] = [(8.0, 13.9, 1.0), (5.4, 16.9, 0.7), (2.8, 19.9, 0.4)];

/// Writes every file of the folder.
pub(crate) fn write() -> Result<()> {
    let folder = Path::new(FOLDER);
    fs::create_dir_all(folder)?;
    fs::write(folder.join("skydeck.svg"), svg())?;
    for (name, size) in [("32x32.png", 32), ("128x128.png", 128), ("128x128@2x.png", 256), ("icon.png", 512)] {
        fs::write(folder.join(name), png(size)?)?;
    }
    fs::write(folder.join("icon.ico"), ico(&png(256)?))?;
    fs::write(folder.join("icon.icns"), icns(&[(*b"ic08", png(256)?), (*b"ic09", png(512)?)]))?;
    Ok(())
}

fn svg() -> String {
    let colour = |[r, g, b]: [u8; 3]| format!("#{r:02x}{g:02x}{b:02x}");
    let ((x, y), r) = (ARC_CENTRE, ARC_RADIUS);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {TILE} {TILE}\">\n\
         <rect width=\"{TILE}\" height=\"{TILE}\" rx=\"{CORNER}\" fill=\"{}\"/>\n\
         <g fill=\"none\" stroke=\"{}\" stroke-width=\"{STROKE}\" stroke-linecap=\"round\">\n\
         <path d=\"M{:.1} {y}a{r} {r} 0 0 1 {:.1} 0\"/>\n",
        colour(GROUND),
        colour(INK),
        x - r,
        2.0 * r,
    );
    for (half, y, strength) in LINES {
        let _ = writeln!(svg, "<path d=\"M{:.1} {y}h{:.1}\" opacity=\"{strength}\"/>", TILE / 2.0 - half, 2.0 * half);
    }
    svg + "</g>\n</svg>\n"
}

fn png(size: u32) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size, size);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    encoder.write_header()?.write_image_data(&pixels(size))?;
    Ok(bytes)
}

/// RGBA, not premultiplied.
fn pixels(size: u32) -> Vec<u8> {
    let unit = size as f32 / TILE;
    // How much of a pixel lies inside a shape whose edge is `distance` units away.
    let cover = |distance: f32| (0.5 - distance * unit).clamp(0.0, 1.0);
    let mut pixels = Vec::with_capacity((size * size * 4) as usize);
    for row in 0..size {
        for column in 0..size {
            let (x, y) = ((column as f32 + 0.5) / unit, (row as f32 + 0.5) / unit);
            let mut ink = cover(arc(x, y));
            for (half, height, strength) in LINES {
                ink = ink.max(cover(line(x, y, half, height)) * strength);
            }
            for (ground, full) in GROUND.into_iter().zip(INK) {
                pixels.push((f32::from(ground) + (f32::from(full) - f32::from(ground)) * ink + 0.5) as u8);
            }
            pixels.push((cover(tile(x, y)) * 255.0 + 0.5) as u8);
        }
    }
    pixels
}

fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

/// Distance to the rounded square; negative inside.
fn tile(x: f32, y: f32) -> f32 {
    let reach = |at: f32| (at - TILE / 2.0).abs() - (TILE / 2.0 - CORNER);
    let (x, y) = (reach(x), reach(y));
    length(x.max(0.0), y.max(0.0)) + x.max(y).min(0.0) - CORNER
}

fn arc(x: f32, y: f32) -> f32 {
    let (x, y) = (x - ARC_CENTRE.0, y - ARC_CENTRE.1);
    let middle = if y <= 0.0 { (length(x, y) - ARC_RADIUS).abs() } else { length(x.abs() - ARC_RADIUS, y) };
    middle - STROKE / 2.0
}

fn line(x: f32, y: f32, half: f32, height: f32) -> f32 {
    length(((x - TILE / 2.0).abs() - half).max(0.0), y - height) - STROKE / 2.0
}

/// Windows' container with one picture of 256 pixels (written as 0).
fn ico(png: &[u8]) -> Vec<u8> {
    let header: [u16; 3] = [0, 1, 1];
    let mut ico: Vec<u8> = header.iter().flat_map(|word| word.to_le_bytes()).collect();
    ico.extend([0, 0, 0, 0, 1, 0, 32, 0]);
    ico.extend((png.len() as u32).to_le_bytes());
    ico.extend(22_u32.to_le_bytes());
    ico.extend(png);
    ico
}

/// macOS' container.
fn icns(pictures: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let total = 8 + pictures.iter().map(|(_, png)| 8 + png.len()).sum::<usize>();
    let mut icns = b"icns".to_vec();
    icns.extend((total as u32).to_be_bytes());
    for (kind, png) in pictures {
        icns.extend(kind);
        icns.extend((8 + png.len() as u32).to_be_bytes());
        icns.extend(png);
    }
    icns
}
