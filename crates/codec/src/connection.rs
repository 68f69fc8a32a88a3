//! A whole connection after the opening handshake: bytes in, messages out; messages in, bytes out.

mod config;
mod error;
mod keys;
mod output;
#[cfg(test)]
mod tests;

pub use config::ConnectionConfig;
pub use error::SendError;
pub use keys::{MaskingKeys, Unmasked};

use alloc::vec::Vec;
use core::fmt;

#[cfg(feature = "deflate")]
use crate::deflate::{Compressor, Context as _, ContextParams, Decompressor};
use crate::{
    CloseCode, Decoder, Event, Failure, MAX_CONTROL_PAYLOAD_LEN, MessageAssembler, MessageType,
    Opcode, Received, Role,
};
use output::Output;

/// One end of a connection, without its socket.
///
/// Give it what came from the socket with [`receive`](Self::receive), and write what
/// [`output`](Self::output) holds. In between it does what the protocol asks of an endpoint by itself: it
/// answers pings and the closing handshake, and fails the connection with the right close code.
///
/// ```
/// use framewright_codec::{Connection, ConnectionConfig, Received};
///
/// let mut server = Connection::server(ConnectionConfig::default());
/// // What the socket gave; it is unmasked in place.
/// let mut bytes = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
/// let mut chunk = &mut bytes[..];
/// while let Some(received) = server.receive(&mut chunk) {
///     if let Received::Message(message) = received {
///         assert_eq!(message.text(), Some("Hello"));
///         server.send_message(message.message_type, &message.payload)?;
///     }
/// }
/// assert_eq!(server.output(), b"\x81\x05Hello");
/// server.written(7);
/// # Ok::<(), framewright_codec::SendError>(())
/// ```
///
/// # What it holds
///
/// The message under way, within the bounds of [`MessageAssembler`]; the contexts of compression, if that
/// is agreed on; answers to pings, up to 16 KiB of them, and beyond that only the last one. The rest of the
/// output is what the caller sends: don't send more while [`output`](Self::output) grows.
///
/// # The end
///
/// Once [`is_closed`](Self::is_closed), write the output that is left and close the socket. A socket that
/// ends before that closed the connection abnormally ([`CloseCode::ABNORMAL_CLOSURE`]).
pub struct Connection<K = Unmasked> {
    decoder: Decoder,
    assembler: MessageAssembler,
    #[cfg(feature = "deflate")]
    contexts: Option<Contexts>,
    #[cfg(feature = "deflate")]
    compress_min_len: usize,
    keys: K,
    output: Output,
    /// A close frame is in the output. No frame follows it.
    close_sent: bool,
    /// A close frame came, or the connection failed.
    is_done: bool,
}

#[cfg(feature = "deflate")]
struct Contexts {
    compressor: Compressor,
    decompressor: Decompressor,
}

impl Connection {
    /// The server's end.
    pub fn server(config: ConnectionConfig) -> Self {
        Self::new(Role::Server, config, Unmasked)
    }
}

impl<F: FnMut() -> [u8; 4]> Connection<F> {
    /// The client's end. `keys` gives a masking key for each frame that is sent. Keys must be unpredictable
    /// (RFC 6455 §5.3): take them from the operating system's random numbers.
    pub fn client(config: ConnectionConfig, keys: F) -> Self {
        Self::new(Role::Client, config, keys)
    }
}

impl<K: MaskingKeys> Connection<K> {
    fn new(role: Role, config: ConnectionConfig, keys: K) -> Self {
        #[cfg(feature = "deflate")]
        let contexts = config.deflate.map(|params| {
            let peer = match role {
                Role::Client => Role::Server,
                Role::Server => Role::Client,
            };
            let ours = ContextParams::of_sender(&params, role);
            let theirs = ContextParams::of_sender(&params, peer);
            let mut decompressor = Decompressor::new(theirs, config.inflate_limits());
            decompressor.set_skips_too_big(config.limits.skip_too_big);
            Contexts { compressor: Compressor::new(ours, config.compress), decompressor }
        });
        Self {
            decoder: Decoder::new(config.decoder(role)),
            assembler: MessageAssembler::new(config.limits.max_payload_len, config.validate_utf8),
            #[cfg(feature = "deflate")]
            contexts,
            #[cfg(feature = "deflate")]
            compress_min_len: config.compress_min_len,
            keys,
            output: Output::new(),
            close_sent: false,
            is_done: false,
        }
    }

    /// Takes the connection's next bytes from the front of `chunk`, up to the end of the next message or
    /// control frame, and unmasks them in place.
    ///
    /// Call it until it gives `None`: then all of the chunk is taken, and the next one can follow. Chunks may
    /// be cut anywhere. After [`Received::Close`] and [`Received::Failed`], bytes are taken and dropped.
    #[inline]
    pub fn receive<'c>(&mut self, chunk: &mut &'c mut [u8]) -> Option<Received<'c>> {
        while !chunk.is_empty() {
            if self.is_done {
                *chunk = &mut [];
                break;
            }
            let mut event: Option<Event> = None;
            let taken = self.decoder.decode(chunk, &mut event);
            let (taken, rest) = core::mem::take(chunk).split_at_mut(taken);
            *chunk = rest;
            let Some(event) = event else { continue };
            #[cfg(feature = "deflate")]
            let contexts = &mut self.contexts;
            #[cfg(feature = "deflate")]
            if let (Event::Piece(piece), Some(contexts)) = (event, &mut *contexts)
                && piece.compressed
                && piece.skipped
            {
                contexts.decompressor.skip();
            }
            let inflate = |payload: &[u8], fin, text: &mut Vec<u8>| {
                #[cfg(feature = "deflate")]
                if let Some(Contexts { decompressor, .. }) = contexts {
                    decompressor.inflate(payload, fin, text)?;
                    return Ok(decompressor.is_skipped());
                }
                // Not without the extension: the decoder refuses RSV1 then.
                let _ = (payload, fin, text);
                Err(Failure::Internal)
            };
            let carried = self.decoder.carried_control();
            if let Some(received) = self.assembler.take(event, taken, carried, inflate) {
                if !matches!(received, Received::Message(_)) {
                    self.answer(&received);
                }
                return Some(received);
            }
        }
        None
    }

    /// Answers what the protocol answers by itself.
    fn answer(&mut self, received: &Received<'_>) {
        match received {
            Received::Ping(payload) if !self.close_sent => {
                self.output.pong(payload, &mut self.keys);
            }
            Received::Close { code, reason } => {
                self.is_done = true;
                self.send_close(*code, reason);
            }
            Received::Failed(failure) => {
                self.is_done = true;
                self.send_close(failure.close_code(), &[]);
            }
            _ => {}
        }
    }

    /// Sends a text message.
    pub fn send_text(&mut self, text: &str) -> Result<(), SendError> {
        self.send_message(MessageType::Text, text.as_bytes())
    }

    /// Sends a binary message.
    pub fn send_binary(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.send_message(MessageType::Binary, payload)
    }

    /// Sends a message in one frame, compressed if that is agreed on and worth it. The caller promises that
    /// text is UTF-8.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] after a close frame.
    #[inline]
    pub fn send_message(
        &mut self,
        message_type: MessageType,
        payload: &[u8],
    ) -> Result<(), SendError> {
        if self.close_sent {
            return Err(SendError::Closed);
        }
        let opcode = match message_type {
            MessageType::Text => Opcode::Text,
            MessageType::Binary => Opcode::Binary,
        };
        #[cfg(feature = "deflate")]
        if let Some(Contexts { compressor, .. }) = &mut self.contexts
            && payload.len() >= self.compress_min_len
        {
            self.output.compressed(opcode, payload, compressor, &mut self.keys);
            return Ok(());
        }
        self.output.frame(opcode, payload, &mut self.keys);
        Ok(())
    }

    /// Sends a ping of at most 125 bytes.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] after a close frame, [`SendError::ControlTooLong`].
    pub fn send_ping(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.send_control(Opcode::Ping, payload)
    }

    /// Sends a pong that no ping asked for (§5.5.3), of at most 125 bytes. Pings are answered without it.
    ///
    /// # Errors
    ///
    /// As [`send_ping`](Self::send_ping).
    pub fn send_pong(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.send_control(Opcode::Pong, payload)
    }

    fn send_control(&mut self, opcode: Opcode, payload: &[u8]) -> Result<(), SendError> {
        if self.close_sent {
            return Err(SendError::Closed);
        }
        if payload.len() > MAX_CONTROL_PAYLOAD_LEN {
            return Err(SendError::ControlTooLong);
        }
        self.output.frame(opcode, payload, &mut self.keys);
        Ok(())
    }

    /// Starts the closing handshake (§7.1.2): nothing can be sent after it. Go on receiving until the peer
    /// answers. [`CloseCode::NO_STATUS_RECEIVED`] sends a close frame without a code, and takes no reason.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] after a close frame; [`SendError::InvalidCloseCode`] for a code that a frame
    /// can't have; [`SendError::ControlTooLong`] for a reason of more than 123 bytes.
    pub fn close(&mut self, code: CloseCode, reason: &str) -> Result<(), SendError> {
        if self.close_sent {
            return Err(SendError::Closed);
        }
        let has_none = code == CloseCode::NO_STATUS_RECEIVED && reason.is_empty();
        if !has_none && !code.is_sendable() {
            return Err(SendError::InvalidCloseCode(code));
        }
        if reason.len() > MAX_REASON_LEN {
            return Err(SendError::ControlTooLong);
        }
        self.send_close(code, reason.as_bytes());
        Ok(())
    }

    /// Fails the connection for a reason of this endpoint's own, unless it is done already.
    pub fn fail(&mut self, failure: Failure) {
        self.is_done = true;
        self.send_close(failure.close_code(), &[]);
    }

    fn send_close(&mut self, code: CloseCode, reason: &[u8]) {
        if !core::mem::replace(&mut self.close_sent, true) {
            self.output.close(code, reason, &mut self.keys);
        }
    }

    /// The bytes to write to the socket. Say with [`written`](Self::written) how many were.
    #[inline]
    pub fn output(&mut self) -> &[u8] {
        self.output.bytes(&mut self.keys)
    }

    /// Forgets the first `len` bytes of the output, or all where there are fewer.
    #[inline]
    pub fn written(&mut self, len: usize) {
        self.output.written(len);
    }

    /// Whether messages can be sent: no close frame was, and the connection did not fail.
    pub fn is_open(&self) -> bool {
        !self.close_sent
    }

    /// Whether the connection is over: a close frame came, and is answered, or the connection failed. Only
    /// the output is left to write.
    pub fn is_closed(&self) -> bool {
        self.is_done
    }

    /// Frees the working memory of compression, some 430 kB, until the next message: for a connection that
    /// will be silent for a while. Does nothing in the middle of a message.
    #[cfg(feature = "deflate")]
    pub fn sleep(&mut self) {
        if let Some(Contexts { compressor, decompressor }) = &mut self.contexts {
            compressor.sleep();
            decompressor.sleep();
        }
    }
}

/// What a close frame has room for after the code.
const MAX_REASON_LEN: usize = MAX_CONTROL_PAYLOAD_LEN - 2;

impl<K> fmt::Debug for Connection<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("decoder", &self.decoder)
            .field("close_sent", &self.close_sent)
            .field("is_done", &self.is_done)
            .finish_non_exhaustive()
    }
}
