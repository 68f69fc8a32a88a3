//! What can go wrong, and what of it is the server's fault.

use std::{fmt, io};

use crate::wire::deflate::Fault;

/// Why a run failed.
#[derive(Debug)]
pub(crate) enum Error {
    /// A system call failed.
    Io(io::Error),
    /// The result could not be written.
    Json(serde_json::Error),
    /// The opening handshake's answer is not the one that RFC 6455 §4.2.2 asks for.
    Handshake(String),
    /// The server closed a connection in the middle of the run.
    Closed {
        /// Which connection.
        connection: usize,
    },
    /// A byte is not the one that it must be.
    WrongByte {
        /// Which connection.
        connection: usize,
        /// Which answer on that connection, from 0.
        answer: u64,
        /// Where in that answer's frame.
        offset: usize,
        /// The bytes from there on that must come.
        expected: Vec<u8>,
        /// The bytes from there on that came.
        got: Vec<u8>,
    },
    /// An answer is not compressed as was agreed on.
    NotDeflate {
        /// Which connection.
        connection: usize,
        /// What is wrong with it.
        fault: Fault,
    },
    /// More answers than messages.
    Unasked {
        /// Which connection.
        connection: usize,
    },
    /// Nothing came for this many seconds, with answers outstanding.
    Stalled(u64),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::Json(error) => write!(f, "{error}"),
            Self::Handshake(answer) => write!(f, "the handshake failed: {answer:?}"),
            Self::Closed { connection } => {
                write!(f, "the server closed connection {connection}")
            }
            Self::WrongByte { connection, answer, offset, expected, got } => write!(
                f,
                "wrong answer {answer} on connection {connection}: \
                 at byte {offset} {got:02x?} came instead of {expected:02x?}"
            ),
            Self::NotDeflate { connection, fault } => match fault {
                Fault::Header(first, second) => write!(
                    f,
                    "an answer on connection {connection} begins with {first:02x} {second:02x}: \
                     not a compressed message"
                ),
                Fault::Corrupt => {
                    write!(f, "an answer on connection {connection} does not inflate")
                }
            },
            Self::Unasked { connection } => {
                write!(f, "an answer to nothing came on connection {connection}")
            }
            Self::Stalled(seconds) => write!(f, "no answer for {seconds} s"),
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}
