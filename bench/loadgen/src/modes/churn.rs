//! Connections that come, echo some messages and go, each in another of the ways a connection can end.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::args::ChurnArgs;
use crate::connection::Connection;
use crate::error::Error;
use crate::fleet::Fleet;
use crate::script::Script;

/// A masked close frame with code 1000.
const CLOSE: [u8; 8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8];

const STRIDE: usize = 7;

#[derive(Serialize)]
pub(crate) struct Churned {
    /// Connections that came and went.
    connections: u64,
    /// Messages echoed on them.
    messages: u64,
}

pub(crate) fn run(port: u16, args: &ChurnArgs) -> Result<Churned, Error> {
    let script = Script::new(&args.messages);
    let mut fleet = Fleet::open(port, args.messages.connections, script, STRIDE)?;
    let end = Instant::now() + args.window.warmup() + args.window.duration();
    let mut churned = Churned { connections: 0, messages: 0 };
    let mut done = Vec::new();
    for connection in &mut fleet.connections {
        connection.send(&fleet.script, 1)?;
    }
    while Instant::now() < end {
        fleet.turn(Duration::from_millis(100), |connection, script, index, _| {
            if connection.answers(script) < args.echoes {
                connection.send(script, 1)?;
            } else {
                done.push(index);
            }
            Ok(())
        })?;
        for index in done.drain(..) {
            let gone = fleet.reopen(port, index, STRIDE)?;
            part(gone, &fleet.script, churned.connections)?;
            churned.connections += 1;
            churned.messages += args.echoes;
            fleet.connections[index].send(&fleet.script, 1)?;
        }
    }
    Ok(churned)
}

/// Ends a connection in one of four ways.
fn part(mut connection: Connection, script: &Script, way: u64) -> Result<(), Error> {
    match way % 4 {
        // Without reading the answers: the kernel resets the connection.
        0 => connection.send(script, 3)?,
        // In the middle of a frame.
        1 => connection.send_part(script)?,
        // By the closing handshake.
        2 => {
            let mut stream = blocking(connection)?;
            stream.write_all(&CLOSE)?;
            read_to_end(stream)?;
        }
        // By the end of the stream, between two frames.
        _ => {
            let stream = blocking(connection)?;
            stream.shutdown(Shutdown::Write)?;
            read_to_end(stream)?;
        }
    }
    Ok(())
}

fn blocking(connection: Connection) -> Result<TcpStream, Error> {
    let stream = TcpStream::from(connection.stream);
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    Ok(stream)
}

fn read_to_end(mut stream: TcpStream) -> Result<(), Error> {
    match stream.read_to_end(&mut Vec::new()) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => Err(error.into()),
        _ => Ok(()),
    }
}
