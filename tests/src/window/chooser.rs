//! The desktop's dialog for files, as far as saving one needs it: takes what is asked, and answers where the test says. By
//! the specification of the portal and not by what the program sends.
//! <https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.FileChooser.html>

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{interface, message::Header};

use super::desktop::{Desktop, until};

const PORTAL: &str = "/org/freedesktop/portal/desktop";

/// A file that the program asks a place for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The name that it suggests.
    pub name: String,
    request: OwnedObjectPath,
    sender: String,
}

/// The dialogs that were asked for and not answered yet.
#[derive(Clone, Default)]
pub struct Chooser(Arc<Mutex<Vec<Asked>>>);

impl Chooser {
    /// Puts it on the bus of a desktop. A program of GTK asks it where `GTK_USE_PORTAL` is 1.
    pub async fn on(desktop: &Desktop) -> zbus::Result<Chooser> {
        let chooser = Chooser::default();
        desktop.bus.object_server().at(PORTAL, Portal(chooser.clone())).await?;
        desktop.bus.object_server().at(PORTAL, Proxies).await?;
        desktop.bus.request_name("org.freedesktop.portal.Desktop").await?;
        Ok(chooser)
    }

    fn take(&self) -> Option<Asked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Waits until a place is asked for.
    pub async fn asked(&self, patience: Duration) -> Option<Asked> {
        until(patience, || self.take()).await
    }
}

impl Desktop {
    /// A person chooses that place; none: thinks better of it.
    pub async fn answer(&self, asked: &Asked, place: Option<&Path>) -> zbus::Result<()> {
        let uris: Vec<String> = place.iter().map(|path| format!("file://{}", path.display())).collect();
        // 0: chosen, 1: the person cancelled it.
        let response = (u32::from(place.is_none()), HashMap::from([("uris", Value::from(uris))]));
        let (to, interface) = (asked.sender.as_str(), "org.freedesktop.portal.Request");
        self.bus.emit_signal(Some(to), &asked.request, interface, "Response", &response).await
    }
}

struct Portal(Chooser);

#[interface(name = "org.freedesktop.portal.FileChooser")]
impl Portal {
    fn save_file(
        &self,
        _parent: String,
        _title: String,
        options: HashMap<String, OwnedValue>,
        #[zbus(header)] header: Header<'_>,
    ) -> zbus::fdo::Result<OwnedObjectPath> {
        let text = |name: &str| options.get(name).and_then(|value| <&str>::try_from(value).ok()).map(str::to_owned);
        let sender = header.sender().map(|name| name.to_string()).unwrap_or_default();
        let of = sender.trim_start_matches(':').replace('.', "_");
        let token = text("handle_token").unwrap_or_else(|| "t".to_owned());
        let request = OwnedObjectPath::try_from(format!("{PORTAL}/request/{of}/{token}"))
            .map_err(|error| zbus::fdo::Error::InvalidArgs(error.to_string()))?;
        let asked = Asked { name: text("current_name").unwrap_or_default(), request: request.clone(), sender };
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
        Ok(request)
    }

    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        3
    }
}

/// Who asks the portal for files asks it for proxies, too, and goes nowhere without an answer.
struct Proxies;

#[interface(name = "org.freedesktop.portal.ProxyResolver")]
impl Proxies {
    fn lookup(&self, _address: String) -> Vec<String> {
        vec!["direct://".to_owned()]
    }
}
