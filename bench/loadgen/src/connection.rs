//! One client connection: the opening handshake, then octets out of and against the script.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream as BlockingStream};
use std::time::Duration;

use mio::net::TcpStream;

use crate::error::Error;
use crate::script::Script;

// The example of RFC 6455 §1.3: its answer is known without computing it.
const REQUEST: &str = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";
const ACCEPT: &str = "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// How many octets of a wrong answer to show.
const SHOWN_LEN: usize = 16;

pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    index: usize,
    /// Where in the ring of sent frames the next octet comes from.
    sent_offset: usize,
    /// Octets due to be sent that the kernel has not taken.
    owed_len: usize,
    /// Where in the ring of expected frames the next octet must come from.
    expected_offset: usize,
    /// Octets due to be received.
    awaited_len: usize,
    /// Octets received so far.
    received_len: u64,
}

impl Connection {
    /// Connects and upgrades. Starts at frame `first` of the script.
    pub(crate) fn open(
        port: u16,
        index: usize,
        script: &Script,
        first: usize,
    ) -> Result<Self, Error> {
        let mut stream = BlockingStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(REQUEST.as_bytes())?;
        check_answer(&read_head(&mut stream)?)?;
        stream.set_nonblocking(true)?;
        let first = first % script.frames;
        Ok(Self {
            stream: TcpStream::from_std(stream),
            index,
            sent_offset: first * script.sent_len,
            owed_len: 0,
            expected_offset: first * script.expected_len,
            awaited_len: 0,
            received_len: 0,
        })
    }

    /// How many whole answers have come.
    pub(crate) fn answers(&self, script: &Script) -> u64 {
        self.received_len / script.expected_len as u64
    }

    /// How many octets have come.
    pub(crate) fn received_len(&self) -> u64 {
        self.received_len
    }

    /// Whether an answer is outstanding.
    pub(crate) fn waits(&self) -> bool {
        self.awaited_len > 0
    }

    /// Puts the script's next `frames` on the way, and makes this many more answers due.
    pub(crate) fn send(&mut self, script: &Script, frames: usize) -> Result<(), Error> {
        self.owed_len += frames * script.sent_len;
        self.expect(script, frames);
        self.flush(script)
    }

    /// Makes this many more answers due.
    pub(crate) fn expect(&mut self, script: &Script, frames: usize) {
        self.awaited_len += frames * script.expected_len;
    }

    /// Writes what is owed, as far as the kernel takes it.
    pub(crate) fn flush(&mut self, script: &Script) -> Result<(), Error> {
        while self.owed_len > 0 {
            let rest = &script.sent[self.sent_offset..];
            match self.stream.write(&rest[..rest.len().min(self.owed_len)]) {
                Ok(len) => {
                    self.owed_len -= len;
                    self.sent_offset = (self.sent_offset + len) % script.sent.len();
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Reads all there is and checks it. Returns how many answers have become whole.
    pub(crate) fn receive(&mut self, script: &Script, scratch: &mut [u8]) -> Result<u64, Error> {
        let before = self.answers(script);
        loop {
            match self.stream.read(scratch) {
                Ok(0) => return Err(Error::Closed { connection: self.index }),
                Ok(len) => {
                    self.check(script, &scratch[..len])?;
                    // Less than asked for: the socket is empty, and more will make a new event.
                    if len < scratch.len() {
                        break;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(self.answers(script) - before)
    }

    fn check(&mut self, script: &Script, mut octets: &[u8]) -> Result<(), Error> {
        if octets.len() > self.awaited_len {
            return Err(Error::Unasked { connection: self.index });
        }
        self.awaited_len -= octets.len();
        while !octets.is_empty() {
            let expected = &script.expected[self.expected_offset..];
            let len = expected.len().min(octets.len());
            if octets[..len] != expected[..len] {
                return Err(self.wrong(script, octets, expected));
            }
            octets = &octets[len..];
            self.received_len += len as u64;
            self.expected_offset = (self.expected_offset + len) % script.expected.len();
        }
        Ok(())
    }

    #[cold]
    fn wrong(&self, script: &Script, octets: &[u8], expected: &[u8]) -> Error {
        let alike = octets.iter().zip(expected).take_while(|(a, b)| a == b).count();
        let at = self.received_len + alike as u64;
        let frame_len = script.expected_len as u64;
        let show = |octets: &[u8]| octets[alike..].iter().take(SHOWN_LEN).copied().collect();
        Error::WrongOctet {
            connection: self.index,
            answer: at / frame_len,
            offset: (at % frame_len) as usize,
            expected: show(expected),
            got: show(octets),
        }
    }
}

/// Reads up to the empty line, and not one octet more.
fn read_head(stream: &mut BlockingStream) -> Result<String, Error> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut octet = [0];
        if stream.read(&mut octet)? == 0 || head.len() > 8192 {
            return Err(Error::Handshake(String::from_utf8_lossy(&head).into_owned()));
        }
        head.push(octet[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn check_answer(head: &str) -> Result<(), Error> {
    let accepted = head.lines().any(|line| {
        line.split_once(": ").is_some_and(|(name, value)| {
            ACCEPT.split_once(": ").is_some_and(|(expected_name, expected)| {
                name.eq_ignore_ascii_case(expected_name) && value.trim() == expected
            })
        })
    });
    if head.starts_with("HTTP/1.1 101 ") && accepted {
        Ok(())
    } else {
        Err(Error::Handshake(head.to_owned()))
    }
}
