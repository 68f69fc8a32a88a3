//! Decoders by id, and what they count.

use framewright_codec::{Counters, Decoder, DecoderConfig, Mask, MessageCheck, MessageType, Role};
use slab::Slab;

use crate::layout::{ENDS_MESSAGE, IS_TEXT, SKIPPED};
use crate::{EventTable, Fault, Outcome, TableWords};

/// How to decode one direction of a connection. `None` is no limit.
#[derive(Clone, Copy, Debug)]
pub struct DecoderOptions {
    /// Whether this endpoint is the server.
    pub is_server: bool,
    /// Whether permessage-deflate was negotiated.
    pub permessage_deflate: bool,
    /// Whether to leave text unchecked.
    pub skip_utf8_validation: bool,
    /// The longest message in bytes, before inflating and after.
    pub max_payload_len: Option<u32>,
    /// The most fragments in one message.
    pub max_fragments: Option<u32>,
    /// The most chunks an incomplete header field or payload may be spread over.
    pub max_buffered_chunks: Option<u32>,
}

/// What all decoders of an environment have seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    /// What they counted.
    pub decoded: Counters,
    /// Payloads masked.
    pub masked: u64,
    /// Decoders in use now.
    pub decoders: usize,
}

/// What one direction of a connection needs.
struct Incoming {
    decoder: Decoder,
    check: MessageCheck,
}

/// An environment's decoders.
///
/// An id is a number that JavaScript may forge. One that isn't open is an internal error, or ignored.
#[derive(Default)]
pub struct Decoders {
    open: Slab<Incoming>,
    counted: Counters,
    masked: u64,
}

impl Decoders {
    /// Opens a decoder and returns its id.
    pub fn open(&mut self, options: DecoderOptions) -> u32 {
        let max_payload_len = limit(options.max_payload_len);
        let validate_utf8 = !options.skip_utf8_validation;
        let role = if options.is_server { Role::Server } else { Role::Client };
        let mut config = DecoderConfig::new(role);
        config.permessage_deflate = options.permessage_deflate;
        config.validate_utf8 = validate_utf8;
        config.limits.max_payload_len = max_payload_len;
        config.limits.max_fragments = options.max_fragments.unwrap_or(u32::MAX);
        config.limits.max_buffered_chunks = options.max_buffered_chunks.unwrap_or(u32::MAX);
        let check = MessageCheck::new(max_payload_len, validate_utf8);
        self.open.insert(Incoming { decoder: Decoder::new(config), check }) as u32
    }

    /// Frees a decoder.
    pub fn close(&mut self, id: u32) {
        self.open.try_remove(id as usize);
    }

    /// Changes the longest message, and whether a longer one is skipped, from the next header on.
    pub fn set_max_payload_len(
        &mut self,
        id: u32,
        max_payload_len: Option<u32>,
        skip_too_big: bool,
    ) {
        if let Some(Incoming { decoder, check }) = self.open.get_mut(id as usize) {
            decoder.set_max_payload_len(limit(max_payload_len));
            decoder.set_skip_too_big(skip_too_big);
            check.set_max_message_len(limit(max_payload_len));
        }
    }

    /// Whether a decoder has seen whole messages only, so that another may go on from there.
    pub fn is_between_messages(&self, id: u32) -> bool {
        self.open.get(id as usize).is_some_and(|incoming| incoming.decoder.is_between_messages())
    }

    /// The bytes so far of a frame whose last one hasn't come, as [`Decoder::frame_under_way`] gives them.
    pub fn frame_under_way(&self, id: u32) -> Vec<u8> {
        self.open.get(id as usize).map(|open| open.decoder.frame_under_way()).unwrap_or_default()
    }

    /// Decodes a chunk, unmasking in place, into the table. Returns whether the table may hold a carried
    /// control payload.
    #[inline]
    pub fn decode(&mut self, id: u32, chunk: &mut [u8], table: &mut TableWords) -> bool {
        let Some(Incoming { decoder, .. }) = self.open.get_mut(id as usize) else {
            EventTable::write_internal_error(table, chunk.len());
            return false;
        };
        let mut events = EventTable::new(table);
        let taken_len = decoder.decode(chunk, &mut events);
        let carried = decoder.carried_control();
        let has_carried = !carried.is_empty();
        events.finish(taken_len, carried);
        let counted = decoder.take_counters();
        self.counted.chunks += counted.chunks;
        self.counted.frames += counted.frames;
        self.counted.messages += counted.messages;
        has_carried
    }

    /// Checks what a compressed frame inflated to. `flags` are those of the frame's last piece in the table:
    /// [`IS_TEXT`], [`ENDS_MESSAGE`] and [`SKIPPED`] count.
    pub fn check_inflated(&mut self, id: u32, text: &[u8], flags: u32) -> Outcome {
        let Some(Incoming { check, .. }) = self.open.get_mut(id as usize) else {
            return Outcome::Failed(Fault::INTERNAL);
        };
        if flags & SKIPPED != 0 {
            check.skip();
            return Outcome::LeftOut;
        }
        let is_text = flags & IS_TEXT != 0;
        let message_type = if is_text { MessageType::Text } else { MessageType::Binary };
        let checked = check.inflated(message_type, text, flags & ENDS_MESSAGE != 0);
        checked.map(|()| text.len()).into()
    }

    /// Masks a payload in place.
    #[inline]
    pub fn mask(&mut self, key: [u8; 4], payload: &mut [u8]) {
        self.masked += 1;
        Mask::new(key).apply(payload);
    }

    /// What was counted so far.
    pub fn totals(&self) -> Totals {
        Totals { decoded: self.counted, masked: self.masked, decoders: self.open.len() }
    }
}

fn limit(len: Option<u32>) -> u64 {
    len.map_or(u64::MAX, u64::from)
}
