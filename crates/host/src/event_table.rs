//! The event table: how one chunk's events cross a language border without a value being made for each.
//!
//! ```text
//! COUNT                         events in the table
//! TAKEN                         bytes taken
//! CARRIED_AT..EVENTS_AT         the carried control payload
//! EVENTS_AT + EVENT_WORDS * n   event n: kind and flags, then OFFSET, LENGTH and DETAIL
//! ```

use framewright_codec::{ControlPayload, Event, EventSink, MessageType, Span};

use crate::Fault;
use crate::layout::*;

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

    /// Closes the table: how many bytes of the chunk its events cover, and a carried payload.
    #[inline]
    pub fn finish(self, taken_len: usize, carried: &[u8]) {
        self.words[COUNT] = self.count as u32;
        self.words[TAKEN] = taken_len as u32;
        if !carried.is_empty() {
            let words = &mut self.words[CARRIED_AT..EVENTS_AT];
            for (word, bytes) in words.iter_mut().zip(carried.chunks(4)) {
                let mut padded = [0; 4];
                padded[..bytes.len()].copy_from_slice(bytes);
                *word = u32::from_ne_bytes(padded);
            }
        }
    }

    /// Fills a table with a single event: this side of the border failed.
    pub fn write_internal_error(words: &'a mut TableWords, taken_len: usize) {
        let mut table = Self::new(words);
        table.write_fault(Fault::INTERNAL);
        table.finish(taken_len, &[]);
    }

    #[inline]
    fn write(&mut self, kind: u32, offset: u32, len: u32, detail: u32) {
        let at = EVENTS_AT + self.count * EVENT_WORDS;
        let event = &mut self.words[at..at + EVENT_WORDS];
        event[0] = kind;
        event[OFFSET] = offset;
        event[LENGTH] = len;
        event[DETAIL] = detail;
        self.count += 1;
    }

    fn write_fault(&mut self, Fault { number, detail }: Fault) {
        self.write(ERROR, number as u32, detail, 0);
    }

    #[inline]
    fn write_control(&mut self, kind: u32, payload: ControlPayload, code: u16) {
        let code = u32::from(code);
        match payload {
            ControlPayload::InChunk(Span { offset, len }) => {
                self.write(kind, offset as u32, len as u32, code);
            }
            ControlPayload::Carried { len } => self.write(kind | CARRIED, 0, len as u32, code),
        }
    }
}

impl EventSink for EventTable<'_> {
    #[inline]
    fn push(&mut self, event: Event) {
        match event {
            Event::Message { message_type, payload: Span { offset, len } } => {
                let kind = match message_type {
                    MessageType::Text => TEXT,
                    MessageType::Binary => BINARY,
                };
                self.write(kind, offset as u32, len as u32, 0);
            }
            Event::Piece(piece) => {
                let flag = |set: bool, flag: u32| if set { flag } else { 0 };
                let len_high = (piece.frame_payload_len >> 32) as u32;
                self.write(
                    PIECE
                        | flag(piece.message_type == MessageType::Text, IS_TEXT)
                        | flag(piece.compressed, COMPRESSED)
                        | flag(piece.skipped, SKIPPED)
                        | flag(piece.starts_frame, STARTS_FRAME)
                        | flag(piece.ends_frame, ENDS_FRAME)
                        | flag(piece.ends_message, ENDS_MESSAGE)
                        | len_high << LEN_HIGH_SHIFT,
                    piece.payload.offset as u32,
                    piece.payload.len as u32,
                    piece.frame_payload_len as u32,
                );
            }
            Event::Ping(payload) => self.write_control(PING, payload, 0),
            Event::Pong(payload) => self.write_control(PONG, payload, 0),
            Event::Close { code, body } => self.write_control(CLOSE, body, code.0),
            Event::Error(error) => self.write_fault(error.into()),
        }
    }

    #[inline]
    fn is_full(&self) -> bool {
        self.count == MAX_EVENTS
    }
}
