//! What a desktop does on the session bus, as far as the program needs one: takes notifications and clicks them, shows a
//! tray and opens its menu. By the freedesktop specifications and not by what the program sends.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, Proxy, interface, message::Header, object_server::SignalEmitter};

use super::WindowError;
use super::children::Group;

/// The variable that says where the bus is.
pub(super) const ADDRESS: &str = "DBUS_SESSION_BUS_ADDRESS";
const NOTIFICATIONS: &str = "/org/freedesktop/Notifications";
const MENU: &str = "com.canonical.dbusmenu";

/// A notification as the desktop got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Its number.
    pub id: u32,
    /// Its first line.
    pub title: String,
    /// What stands under it.
    pub body: String,
    /// Keys and words of its actions, in turn.
    pub actions: Vec<String>,
    /// 0 low, 1 normal, 2 critical.
    pub urgency: u8,
}

#[derive(Default)]
struct State {
    noted: Vec<Noted>,
    items: Vec<String>,
}

type Shared = Arc<Mutex<State>>;

fn lock(state: &Shared) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A bus with a desktop on it.
pub struct Desktop {
    /// Where it is.
    pub address: String,
    pub(super) bus: Connection,
    state: Shared,
    _daemon: Group,
}

impl Desktop {
    /// Starts a bus, and takes the desktop's names on it.
    pub async fn start() -> Result<Desktop, WindowError> {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address=1"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut daemon = Group::start("dbus-daemon", &mut command)?;
        let failed = |why: String| WindowError::Start { program: "dbus-daemon", why };
        let mut address = String::new();
        if let Some(pipe) = daemon.child().stdout.take() {
            BufReader::new(pipe).read_line(&mut address).map_err(|e| failed(e.to_string()))?;
        }
        let address = address.trim().to_owned();
        let state = Shared::default();
        let bus = async {
            zbus::connection::Builder::address(address.as_str())?
                .serve_at(NOTIFICATIONS, Notifications(state.clone()))?
                .serve_at("/StatusNotifierWatcher", Watcher(state.clone()))?
                .name("org.freedesktop.Notifications")?
                .name("org.kde.StatusNotifierWatcher")?
                .build()
                .await
        };
        let bus = bus.await.map_err(|e: zbus::Error| failed(e.to_string()))?;
        Ok(Desktop { address, bus, state, _daemon: daemon })
    }

    /// All notifications so far.
    pub fn noted(&self) -> Vec<Noted> {
        lock(&self.state).noted.clone()
    }

    /// Waits for a notification whose title has this.
    pub async fn notified(&self, title: &str, patience: Duration) -> Option<Noted> {
        until(patience, || self.noted().into_iter().find(|noted| noted.title.contains(title))).await
    }

    /// Clicks a notification, which then goes away.
    pub async fn click(&self, noted: &Noted) -> zbus::Result<()> {
        let server = self.bus.object_server().interface::<_, Notifications>(NOTIFICATIONS).await?;
        Notifications::action_invoked(server.signal_emitter(), noted.id, "default").await?;
        Notifications::notification_closed(server.signal_emitter(), noted.id, 2).await
    }

    /// Waits for a tray.
    pub async fn tray(&self, patience: Duration) -> Option<Tray<'_>> {
        let name = until(patience, || lock(&self.state).items.first().cloned()).await?;
        Some(Tray { desktop: self, name })
    }
}

pub(super) async fn until<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + patience;
    loop {
        match look() {
            Some(found) => return Some(found),
            None if Instant::now() > end => return None,
            None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// A tray that the program registered.
pub struct Tray<'d> {
    desktop: &'d Desktop,
    name: String,
}

impl Tray<'_> {
    async fn item(&self) -> zbus::Result<Proxy<'_>> {
        Proxy::new(&self.desktop.bus, self.name.clone(), "/StatusNotifierItem", "org.kde.StatusNotifierItem").await
    }

    /// `Active`, `NeedsAttention`.
    pub async fn status(&self) -> zbus::Result<String> {
        self.item().await?.get_property("Status").await
    }

    /// The title of what is shown where it is pointed at.
    pub async fn tool_tip(&self) -> zbus::Result<String> {
        type Pixmaps = Vec<(i32, i32, Vec<u8>)>;
        let (_, _, title, _): (String, Pixmaps, String, String) = self.item().await?.get_property("ToolTip").await?;
        Ok(title)
    }

    /// A click on it.
    pub async fn activate(&self) -> zbus::Result<()> {
        self.item().await?.call("Activate", &(0, 0)).await
    }

    async fn menu(&self) -> zbus::Result<Proxy<'_>> {
        let path: zbus::zvariant::OwnedObjectPath = self.item().await?.get_property("Menu").await?;
        Proxy::new(&self.desktop.bus, self.name.clone(), path, MENU).await
    }

    /// Numbers and words of the menu's lines.
    pub async fn lines(&self) -> zbus::Result<Vec<(i32, String)>> {
        type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
        let asked = (0, -1, Vec::<String>::new());
        let (_, root): (u32, Node) = self.menu().await?.call("GetLayout", &asked).await?;
        let mut lines = Vec::new();
        for child in root.2 {
            let Value::Structure(node) = Value::from(child) else { continue };
            let [Value::I32(id), Value::Dict(properties), ..] = node.fields() else { continue };
            let label: Option<String> = properties.get(&"label").ok().flatten();
            lines.extend(label.map(|label| (*id, label.replace("__", "_"))));
        }
        Ok(lines)
    }

    /// A click on a line of the menu.
    pub async fn choose(&self, line: i32) -> zbus::Result<()> {
        self.menu().await?.call("Event", &(line, "clicked", Value::I32(0), 0_u32)).await
    }
}

/// <https://specifications.freedesktop.org/notification-spec/latest/protocol.html>
struct Notifications(Shared);

#[interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[expect(clippy::too_many_arguments, reason = "as the specification has it")]
    fn notify(
        &self,
        _app_name: String,
        _replaces_id: u32,
        _app_icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let urgency = hints.get("urgency").and_then(|value| u8::try_from(value).ok()).unwrap_or(1);
        let mut state = lock(&self.0);
        let id = u32::try_from(state.noted.len()).unwrap_or_default() + 1;
        state.noted.push(Noted { id, title: summary, body, actions, urgency });
        id
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(str::to_owned).to_vec()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("test".to_owned(), "example".to_owned(), "1".to_owned(), "1.2".to_owned())
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}

/// <https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/>
struct Watcher(Shared);

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    async fn register_status_notifier_item(&self, service: String, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(|name| name.to_string()).unwrap_or_default();
        // A path alone means the sender itself.
        lock(&self.0).items.push(if service.starts_with('/') { sender } else { service });
    }

    fn register_status_notifier_host(&self, _service: String) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        lock(&self.0).items.clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}
