//! What is really on the glass: a virtual display, looked at from outside as a person would. Whether a program says that
//! it has painted counts for nothing here.

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use skydeck_tests::window::Display;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask, ImageFormat};
use x11rb::rust_connection::RustConnection;

use crate::Failed;

/// Size of the display, and of the window on it.
pub(crate) const SIZE: (u32, u32) = (1280, 800);
/// Where rows are, as many as one look takes in without taking the machine's time from what is looked at: right of the
/// rail, under the heads. The word of the empty window is in it too.
const PART: (i16, i16, u16, u16) = (260, 200, 420, 160);
const BETWEEN_LOOKS: Duration = Duration::from_millis(3);
const PATIENCE: Duration = Duration::from_secs(30);

/// A display with an eye on it.
pub(crate) struct Glass {
    eye: RustConnection,
    root: u32,
    display: Display,
}

impl Glass {
    pub(crate) fn new() -> Result<Glass, Failed> {
        let display = Display::start(SIZE)?;
        let (eye, screen) = x11rb::connect(Some(&display.name()))?;
        let root = eye.setup().roots[screen].root;
        let tell = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
        eye.change_window_attributes(root, &tell)?.check()?;
        Ok(Glass { eye, root, display })
    }

    pub(crate) fn name(&self) -> String {
        self.display.name()
    }

    /// Waits until a large window is there and shows at least so many colours where rows would be: text has dozens (its
    /// edges are smoothed), grey stand-ins for rows have few. Tells when, and leaves the picture in `file`.
    pub(crate) fn wait_for_text(&self, colours: usize, file: &Path) -> Result<Instant, Failed> {
        let until = Instant::now() + PATIENCE;
        let mut mapped = false;
        loop {
            while let Some(event) = self.eye.poll_for_event()? {
                if let Event::MapNotify(event) = event {
                    let size = self.eye.get_geometry(event.window)?.reply();
                    mapped |= size.is_ok_and(|size| u32::from(size.width) * 2 > SIZE.0);
                }
            }
            if mapped {
                let (x, y, width, height) = PART;
                let seen = self.eye.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, !0)?.reply()?;
                let at = Instant::now();
                let pixels: HashSet<&[u8]> = seen.data.chunks_exact(4).map(|pixel| &pixel[..3]).collect();
                if pixels.len() >= colours {
                    let (width, height) = (SIZE.0 as u16, SIZE.1 as u16);
                    let whole =
                        self.eye.get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, !0)?.reply()?;
                    save(file, width, height, &whole.data)?;
                    return Ok(at);
                }
            }
            if Instant::now() > until {
                return Err(format!("no window with {colours} colours within {PATIENCE:?} (a window: {mapped})").into());
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
    }

    /// Waits until no large window is left, so that the next one is not taken for it.
    pub(crate) fn wait_until_empty(&self) -> Result<(), Failed> {
        let until = Instant::now() + PATIENCE;
        loop {
            let windows = self.eye.query_tree(self.root)?.reply()?.children;
            let large = |window: &u32| {
                let size = self.eye.get_geometry(*window).ok().and_then(|cookie| cookie.reply().ok());
                size.is_some_and(|size| u32::from(size.width) * 2 > SIZE.0)
            };
            if !windows.iter().any(large) {
                while self.eye.poll_for_event()?.is_some() {}
                return Ok(());
            }
            if Instant::now() > until {
                return Err("the window does not go away".into());
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
    }
}

fn save(file: &Path, width: u16, height: u16, bgrx: &[u8]) -> Result<(), Failed> {
    let rgb: Vec<u8> = bgrx.chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
    let out = std::io::BufWriter::new(std::fs::File::create(file)?);
    let mut png = png::Encoder::new(out, width.into(), height.into());
    png.set_color(png::ColorType::Rgb);
    png.set_depth(png::BitDepth::Eight);
    png.write_header()?.write_image_data(&rgb)?;
    Ok(())
}
