//! Standard output: JSON, or text for people. Colour only on a terminal, and never if NO_COLOR is set.

use std::io::{self, IsTerminal as _, Write};

use serde::Serialize;
use skydeck_api::domain::Health;

use crate::table::Table;

/// Where answers go.
pub(crate) struct Out {
    to: Box<dyn Write + Send>,
    /// Whether answers are JSON.
    pub(crate) json: bool,
    colour: bool,
}

impl Out {
    pub(crate) fn standard(json: bool) -> Out {
        let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        Out { to: Box::new(io::BufWriter::new(io::stdout())), json, colour }
    }

    /// One JSON value, indented.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.to, value)?;
        self.to.write_all(b"\n")?;
        self.to.flush()
    }

    /// One JSON value on one line.
    pub(crate) fn json_line(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.to, value)?;
        self.to.write_all(b"\n")?;
        self.to.flush()
    }

    /// One line of text.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        self.to.write_all(text.as_ref().as_bytes())?;
        self.to.write_all(b"\n")?;
        self.to.flush()
    }

    /// A table.
    pub(crate) fn table(&mut self, table: &Table) -> io::Result<()> {
        table.write(&mut self.to, self.colour)?;
        self.to.flush()
    }
}

/// The colour of a health on a terminal (SGR), if it is loud at all.
pub(crate) fn shade(health: Health) -> Option<u8> {
    match health {
        Health::Failed => Some(31),
        Health::Attention => Some(33),
        Health::Running => Some(34),
        Health::Unknown | Health::Retired => Some(90),
        Health::Ok => None,
    }
}
