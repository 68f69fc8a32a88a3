//! One client connection: the opening handshake, then bytes out of and against the script.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream as BlockingStream};
use std::time::Duration;

use mio::net::TcpStream;

use crate::args::Context;
use crate::error::Error;
use crate::script::Script;
use crate::wire::deflate::{Inflater, Known};

// The example of RFC 6455 §1.3: its answer is known without computing it.
const REQUEST: &str = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const SCRATCH_LEN: usize = 256 << 10;
/// How many bytes of a wrong answer to show.
const SHOWN_LEN: usize = 16;

pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    index: usize,
    /// The next frame to put on the way.
    next_frame: usize,
    /// Where in the ring of sent frames the next byte comes from.
    sent_offset: usize,
    /// Bytes due to be sent that the kernel has not taken.
    owed_len: usize,
    /// Where in the ring of expected frames the next byte must come from.
    expected_offset: usize,
    /// Bytes due to be received.
    awaited_len: usize,
    /// Bytes received so far, as if nothing were compressed.
    received_len: u64,
    /// How many of those are found to be right.
    checked_len: u64,
    /// Bytes received so far.
    wire_len: u64,
    inflater: Option<Inflater>,
}

/// What receiving takes, for all connections together.
pub(crate) struct Scratch {
    bytes: Vec<u8>,
    plain: Vec<u8>,
    known: Known,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Self { bytes: vec![0; SCRATCH_LEN], plain: Vec::new(), known: Known::new() }
    }
}

impl Connection {
    /// Connects and upgrades. Starts at frame `first` of the script.
    pub(crate) fn open(
        port: u16,
        index: usize,
        script: &Script,
        first: usize,
    ) -> Result<Self, Error> {
        let mut stream = ask(port, script.deflate)?;
        take_answer(&mut stream, script.deflate)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream: TcpStream::from_std(stream),
            index,
            next_frame: first,
            sent_offset: script.sent_position(first),
            owed_len: 0,
            expected_offset: first * script.expected_len,
            awaited_len: 0,
            received_len: 0,
            checked_len: 0,
            wire_len: 0,
            inflater: script.deflate.map(Inflater::new),
        })
    }

    /// How many whole answers have come.
    pub(crate) fn answers(&self, script: &Script) -> u64 {
        self.received_len / script.expected_len as u64
    }

    /// How many bytes have come, as if nothing were compressed.
    pub(crate) fn received_len(&self) -> u64 {
        self.received_len
    }

    /// How many bytes have come.
    pub(crate) fn wire_len(&self) -> u64 {
        self.wire_len
    }

    /// Whether an answer is outstanding.
    pub(crate) fn waits(&self) -> bool {
        self.awaited_len > 0
    }

    /// Puts the script's next `frames` on the way, and makes this many more answers due.
    pub(crate) fn send(&mut self, script: &Script, frames: usize) -> Result<(), Error> {
        let end = self.next_frame + frames;
        self.owed_len += script.sent_position(end) - script.sent_position(self.next_frame);
        self.next_frame = end;
        self.expect(script, frames);
        self.flush(script)
    }

    /// Sends the first half of the script's next frame, for a connection that ends there.
    pub(crate) fn send_part(&mut self, script: &Script) -> Result<(), Error> {
        let next = self.next_frame;
        self.owed_len = (script.sent_position(next + 1) - script.sent_position(next)) / 2;
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

    /// Reads all there is. Returns how many answers have become whole. Of those that are compressed only the
    /// headers are looked at: [`verify`](Self::verify) has to come before more is read.
    pub(crate) fn receive(&mut self, script: &Script, scratch: &mut Scratch) -> Result<u64, Error> {
        let before = self.answers(script);
        loop {
            match self.stream.read(&mut scratch.bytes) {
                Ok(0) => return Err(Error::Closed { connection: self.index }),
                Ok(len) => {
                    self.wire_len += len as u64;
                    self.take(script, &scratch.bytes[..len])?;
                    // Less than asked for: the socket is empty, and more will make a new event.
                    if len < scratch.bytes.len() {
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

    fn take(&mut self, script: &Script, bytes: &[u8]) -> Result<(), Error> {
        let Some(inflater) = &mut self.inflater else {
            self.count(bytes.len())?;
            return self.check(script, bytes);
        };
        match inflater.take(bytes) {
            Ok(frames) => self.count(frames as usize * script.expected_len),
            Err(fault) => Err(Error::NotDeflate { connection: self.index, fault }),
        }
    }

    /// Counts bytes, as if nothing were compressed.
    fn count(&mut self, len: usize) -> Result<(), Error> {
        if len > self.awaited_len {
            return Err(Error::Unasked { connection: self.index });
        }
        self.awaited_len -= len;
        self.received_len += len as u64;
        Ok(())
    }

    /// Checks the compressed answers that are whole.
    pub(crate) fn verify(&mut self, script: &Script, scratch: &mut Scratch) -> Result<(), Error> {
        let Some(inflater) = &mut self.inflater else { return Ok(()) };
        scratch.plain.clear();
        inflater
            .inflate(&mut scratch.known, &mut scratch.plain)
            .map_err(|fault| Error::NotDeflate { connection: self.index, fault })?;
        self.check(script, &scratch.plain)
    }

    fn check(&mut self, script: &Script, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            let expected = &script.expected[self.expected_offset..];
            let len = expected.len().min(bytes.len());
            if bytes[..len] != expected[..len] {
                return Err(self.wrong(script, bytes, expected));
            }
            bytes = &bytes[len..];
            self.checked_len += len as u64;
            self.expected_offset = (self.expected_offset + len) % script.expected.len();
        }
        Ok(())
    }

    #[cold]
    fn wrong(&self, script: &Script, bytes: &[u8], expected: &[u8]) -> Error {
        let alike = bytes.iter().zip(expected).take_while(|(a, b)| a == b).count();
        let at = self.checked_len + alike as u64;
        let frame_len = script.expected_len as u64;
        let show = |bytes: &[u8]| bytes[alike..].iter().take(SHOWN_LEN).copied().collect();
        Error::WrongByte {
            connection: self.index,
            answer: at / frame_len,
            offset: (at % frame_len) as usize,
            expected: show(expected),
            got: show(bytes),
        }
    }
}

/// Connects, and asks for an upgrade.
pub(crate) fn ask(port: u16, deflate: Option<Context>) -> Result<BlockingStream, Error> {
    let mut stream = BlockingStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let offer =
        deflate.map(|context| format!("Sec-WebSocket-Extensions: {}\r\n", context.extension()));
    stream.write_all(format!("{REQUEST}{}\r\n", offer.unwrap_or_default()).as_bytes())?;
    Ok(stream)
}

/// Waits for the answer, and checks it.
pub(crate) fn take_answer(
    stream: &mut BlockingStream,
    deflate: Option<Context>,
) -> Result<(), Error> {
    check_answer(&read_head(stream)?, deflate)
}

/// Reads up to the empty line, and not one byte more.
fn read_head(stream: &mut BlockingStream) -> Result<String, Error> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        let result = stream.read_exact(&mut byte);
        let is_over = matches!(&result, Err(error) if error.kind() == io::ErrorKind::UnexpectedEof);
        if is_over || head.len() > 8192 {
            return Err(Error::Handshake(String::from_utf8_lossy(&head).into_owned()));
        }
        result?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn check_answer(head: &str, deflate: Option<Context>) -> Result<(), Error> {
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers: Vec<_> = head.lines().filter_map(header).collect();
    let value = |name| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let agreed = params(value("sec-websocket-extensions").unwrap_or_default());
    let wanted = params(deflate.map_or("", Context::extension));
    if head.starts_with("HTTP/1.1 101 ")
        && value("sec-websocket-accept") == Some(ACCEPT)
        && agreed == wanted
    {
        Ok(())
    } else {
        Err(Error::Handshake(head.to_owned()))
    }
}

fn params(extension: &str) -> Vec<&str> {
    let mut params: Vec<_> = extension.split(';').map(str::trim).collect();
    params.sort_unstable();
    params
}
