//! Connections that do nothing, for as long as standard input stays open.

use std::io::{self, Read as _};

use serde::Serialize;

use crate::args::{IdleArgs, Kind, Messages};
use crate::error::Error;
use crate::fleet::Fleet;
use crate::script::Script;

#[derive(Serialize)]
pub(crate) struct Held {
    /// How many connections were held.
    held: usize,
}

pub(crate) fn run(port: u16, args: &IdleArgs) -> Result<Held, Error> {
    let messages = Messages {
        connections: args.connections,
        payload_len: 0,
        kind: Kind::Text,
        verbatim: false,
    };
    let fleet = Fleet::open(port, args.connections, Script::new(&messages), 0)?;
    println!("{{\"open\":{}}}", fleet.connections.len());
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(Held { held: fleet.connections.len() })
}
