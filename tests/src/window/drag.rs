//! Something that is dragged from another program and let go over the window, as a file manager does it.
//! <https://www.freedesktop.org/wiki/Specifications/XDND/>

use std::error::Error;
use std::time::{Duration, Instant};

use x11rb::CURRENT_TIME;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// How long it is held over the window before it is let go, and how long that may take to be acted on.
const HELD: Duration = Duration::from_millis(800);
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it moves meanwhile: a web view asks its page, and answers a later movement with what that said.
const STEP: Duration = Duration::from_millis(50);
const VERSION: u32 = 5;

struct Drag {
    x: RustConnection,
    target: Window,
    uri_list: Atom,
    uris: String,
}

/// Drags these addresses over the middle of the window on that display and lets go. An error if nobody takes drags.
pub(super) fn drop_on_window(display: &str, uris: &[&str]) -> Result<(), Box<dyn Error>> {
    let (x, screen) = x11rb::connect(Some(display))?;
    let root = x.setup().roots[screen].root;
    let aware = atom(&x, "XdndAware")?;
    let mut target = None;
    for window in x.query_tree(root)?.reply()?.children {
        let takes = !x.get_property(false, window, aware, AtomEnum::ANY, 0, 1)?.reply()?.value.is_empty();
        if takes && x.get_geometry(window)?.reply()?.width > 200 {
            target = Some(window);
        }
    }
    let target = target.ok_or("no window takes drags")?;
    let place = x.get_geometry(target)?.reply()?;
    let source = x.generate_id()?;
    x.create_window(0, source, root, 0, 0, 1, 1, 0, WindowClass::INPUT_OUTPUT, 0, &CreateWindowAux::new())?;
    x.set_selection_owner(source, atom(&x, "XdndSelection")?, CURRENT_TIME)?;
    let uri_list = atom(&x, "text/uri-list")?;
    let uris = uris.iter().map(|uri| format!("{uri}\r\n")).collect();
    let drag = Drag { x, target, uri_list, uris };

    let middle = (u32::from(place.width / 2) << 16) | u32::from(place.height / 2);
    let copy = atom(&drag.x, "XdndActionCopy")?;
    drag.say("XdndEnter", [source, VERSION << 24, uri_list, 0, 0])?;
    let until = Instant::now() + HELD;
    while Instant::now() < until {
        drag.say("XdndPosition", [source, 0, middle, CURRENT_TIME, copy])?;
        drag.answer(Instant::now() + STEP, None)?;
    }
    drag.say("XdndDrop", [source, 0, CURRENT_TIME, 0, 0])?;
    let finished = atom(&drag.x, "XdndFinished")?;
    if drag.answer(Instant::now() + PATIENCE, Some(finished))? {
        Ok(())
    } else {
        Err("the drop was never taken".into())
    }
}

impl Drag {
    fn say(&self, message: &str, data: [u32; 5]) -> Result<(), Box<dyn Error>> {
        let message = ClientMessageEvent::new(32, self.target, atom(&self.x, message)?, data);
        self.x.send_event(false, self.target, EventMask::NO_EVENT, message)?;
        Ok(self.x.flush()?)
    }

    /// Hands over what is asked for until then, or until this message comes; tells whether it came.
    fn answer(&self, until: Instant, awaited: Option<Atom>) -> Result<bool, Box<dyn Error>> {
        while Instant::now() < until {
            match self.x.poll_for_event()? {
                Some(Event::SelectionRequest(asked)) => self.hand_over(&asked)?,
                Some(Event::ClientMessage(message)) if Some(message.type_) == awaited => return Ok(true),
                Some(_) => {}
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        Ok(false)
    }

    fn hand_over(&self, asked: &SelectionRequestEvent) -> Result<(), Box<dyn Error>> {
        let has = asked.target == self.uri_list;
        if has {
            let (window, uris) = (asked.requestor, self.uris.as_bytes());
            self.x.change_property8(PropMode::REPLACE, window, asked.property, asked.target, uris)?;
        }
        let told = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: asked.time,
            requestor: asked.requestor,
            selection: asked.selection,
            target: asked.target,
            property: if has { asked.property } else { x11rb::NONE },
        };
        self.x.send_event(false, asked.requestor, EventMask::NO_EVENT, told)?;
        Ok(self.x.flush()?)
    }
}

fn atom(x: &RustConnection, name: &str) -> Result<Atom, Box<dyn Error>> {
    Ok(x.intern_atom(false, name.as_bytes())?.reply()?.atom)
}
