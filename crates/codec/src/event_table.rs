//! The event table: how one chunk's events cross a language border without a value being made for each.
//!
//! ```text
//! word 0          events in the table
//! word 1          octets taken
//! words 4..36     the carried control payload
//! words 36+4n..   event n: kind and flags, then three words by kind
//! ```
//!
//! `npm/framewright/lib/receive/event-table.js` is the other side of this file.

use crate::{
    CloseCode, ControlPayload, Event, EventSink, MAX_CONTROL_PAYLOAD_LEN, MessageType,
    ProtocolError,
};

/// The most events one call reports.
pub const MAX_EVENTS: usize = 1024;
const HEAD_WORDS: usize = 4;
const EVENT_WORDS: usize = 4;
const CARRIED_AT: usize = HEAD_WORDS;
const EVENTS_AT: usize = CARRIED_AT + MAX_CONTROL_PAYLOAD_LEN.div_ceil(4);
/// The table's length in 32-bit words.
pub const TABLE_WORDS: usize = EVENTS_AT + MAX_EVENTS * EVENT_WORDS;

const KIND_TEXT: u32 = 1;
const KIND_BINARY: u32 = 2;
const KIND_PIECE: u32 = 3;
const KIND_CLOSE: u32 = 8;
const KIND_PING: u32 = 9;
const KIND_PONG: u32 = 10;
const KIND_ERROR: u32 = 15;

const FLAG_CARRIED: u32 = 1 << 4;
const FLAG_TEXT: u32 = 1 << 5;
const FLAG_COMPRESSED: u32 = 1 << 6;
const FLAG_STARTS_FRAME: u32 = 1 << 7;
const FLAG_ENDS_FRAME: u32 = 1 << 8;
const FLAG_ENDS_MESSAGE: u32 = 1 << 9;
/// A piece's first word holds the upper bits of its frame's payload length from here on.
const LEN_HIGH_SHIFT: u32 = 10;

/// The words of a table.
pub type TableWords = [u32; TABLE_WORDS];

/// A sink that writes events into a table.
#[derive(Debug)]
pub struct EventTable<'a> {
    words: &'a mut TableWords,
    count: usize,
}

impl<'a> EventTable<'a> {
    /// Starts an empty table in `words`.
    #[inline]
    pub fn new(words: &'a mut TableWords) -> Self {
        Self { words, count: 0 }
    }

    /// Closes the table: how many octets of the chunk its events speak for, and a carried payload.
    #[inline]
    pub fn finish(self, taken_len: usize, carried: &[u8]) {
        self.words[0] = self.count as u32;
        self.words[1] = taken_len as u32;
        if !carried.is_empty() {
            let words = &mut self.words[CARRIED_AT..EVENTS_AT];
            for (word, octets) in words.iter_mut().zip(carried.chunks(4)) {
                let mut padded = [0; 4];
                padded[..octets.len()].copy_from_slice(octets);
                *word = u32::from_ne_bytes(padded);
            }
        }
    }

    /// Fills a table with the one event that says that the host's own side failed (close code 1011).
    pub fn write_internal_error(words: &'a mut TableWords, taken_len: usize) {
        let mut table = Self::new(words);
        table.write([KIND_ERROR, 0, 0, u32::from(CloseCode::INTERNAL_ERROR.0)]);
        table.finish(taken_len, &[]);
    }

    #[inline]
    fn write(&mut self, event: [u32; EVENT_WORDS]) {
        let at = EVENTS_AT + self.count * EVENT_WORDS;
        self.words[at..at + EVENT_WORDS].copy_from_slice(&event);
        self.count += 1;
    }

    #[inline]
    fn write_control(&mut self, kind: u32, payload: ControlPayload, code: u16) {
        let code = u32::from(code);
        self.write(match payload {
            ControlPayload::InChunk { offset, len } => [kind, offset as u32, len as u32, code],
            ControlPayload::Carried { len } => [kind | FLAG_CARRIED, 0, len as u32, code],
        });
    }
}

impl EventSink for EventTable<'_> {
    #[inline]
    fn push(&mut self, event: Event) {
        match event {
            Event::Message { message_type, offset, len } => {
                let kind = match message_type {
                    MessageType::Text => KIND_TEXT,
                    MessageType::Binary => KIND_BINARY,
                };
                self.write([kind, offset as u32, len as u32, 0]);
            }
            Event::Piece(piece) => {
                let flag = |set: bool, flag: u32| if set { flag } else { 0 };
                let len_high = (piece.frame_payload_len >> 32) as u32;
                self.write([
                    KIND_PIECE
                        | flag(piece.message_type == MessageType::Text, FLAG_TEXT)
                        | flag(piece.compressed, FLAG_COMPRESSED)
                        | flag(piece.starts_frame, FLAG_STARTS_FRAME)
                        | flag(piece.ends_frame, FLAG_ENDS_FRAME)
                        | flag(piece.ends_message, FLAG_ENDS_MESSAGE)
                        | len_high << LEN_HIGH_SHIFT,
                    piece.offset as u32,
                    piece.len as u32,
                    piece.frame_payload_len as u32,
                ]);
            }
            Event::Ping(payload) => self.write_control(KIND_PING, payload, 0),
            Event::Pong(payload) => self.write_control(KIND_PONG, payload, 0),
            Event::Close { code, body } => self.write_control(KIND_CLOSE, body, code.0),
            Event::Error(error) => {
                let (number, detail) = error_number(error);
                self.write([KIND_ERROR, number, detail, u32::from(error.close_code().0)]);
            }
        }
    }

    #[inline]
    fn is_full(&self) -> bool {
        self.count == MAX_EVENTS
    }
}

/// The numbers that `npm/framewright/lib/errors.js` knows errors by. 0 stands for a fault of ours.
fn error_number(error: ProtocolError) -> (u32, u32) {
    match error {
        ProtocolError::UnexpectedRsv1 => (1, 0),
        ProtocolError::UnexpectedRsv23 => (2, 0),
        ProtocolError::InvalidOpcode(bits) => (3, u32::from(bits)),
        ProtocolError::ExpectedFin => (4, 0),
        ProtocolError::InvalidControlPayloadLen(len) => (5, u32::from(len)),
        ProtocolError::ExpectedMask => (6, 0),
        ProtocolError::UnexpectedMask => (7, 0),
        ProtocolError::UnsupportedPayloadLen => (8, 0),
        ProtocolError::MessageTooBig => (9, 0),
        ProtocolError::InvalidCloseCode(code) => (10, u32::from(code)),
        ProtocolError::InvalidUtf8 => (11, 0),
        ProtocolError::TooManyFragments => (12, 0),
        ProtocolError::TooManyBufferedChunks => (13, 0),
    }
}
