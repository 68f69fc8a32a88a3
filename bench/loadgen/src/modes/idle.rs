//! Connections that do nothing, for as long as standard input stays open.

use std::io;
use std::io::Read as _;
use std::time::Duration;

use serde::Serialize;

use crate::args::IdleArgs;
use crate::connection::Connection;
use crate::error::Error;
use crate::fleet::Fleet;
use crate::script::Script;

/// What there was before they idled.
#[derive(Serialize)]
struct Opened {
    /// How many connections are open.
    open: usize,
    /// Bytes of an answer, on average, if there were any.
    answer_len: Option<f64>,
}

#[derive(Serialize)]
pub(crate) struct Idled {
    /// How many connections were held.
    held: usize,
}

pub(crate) fn run(port: u16, args: &IdleArgs) -> Result<Idled, Error> {
    let script = Script::new(&args.messages);
    let mut fleet = Fleet::open(port, args.messages.connections, script, 7)?;
    if args.echoes > 0 {
        for connection in &mut fleet.connections {
            connection.send(&fleet.script, 1)?;
        }
    }
    while fleet.connections.iter().any(Connection::waits) {
        fleet.turn(Duration::from_millis(100), |connection, script, _, _| {
            if connection.answers(script) < args.echoes {
                connection.send(script, 1)?;
            }
            Ok(())
        })?;
    }
    let wire_len: u64 = fleet.connections.iter().map(Connection::wire_len).sum();
    let answers = args.echoes * fleet.connections.len() as u64;
    let opened = Opened {
        open: fleet.connections.len(),
        answer_len: (answers > 0).then(|| wire_len as f64 / answers as f64),
    };
    println!("{}", serde_json::to_string(&opened)?);
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(Idled { held: fleet.connections.len() })
}
