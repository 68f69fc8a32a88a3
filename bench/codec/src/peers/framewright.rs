//! `framewright-codec`: sans-IO, so the octets are read into a buffer first, as the others do inside.

use std::io::Read as _;

use framewright_codec::{Decoder, DecoderConfig, Event, Role};

use super::Decode;
use crate::feed::{CHUNK_LEN, Feed};

pub(crate) struct Framewright {
    feed: Feed,
    decoder: Decoder,
    chunk: Vec<u8>,
    events: Vec<Event>,
    /// The payload so far of a message that is spread over chunks.
    message: Vec<u8>,
}

impl Framewright {
    pub(crate) fn new(feed: Feed) -> Self {
        let decoder = Decoder::new(DecoderConfig::new(Role::Server));
        let chunk = vec![0; CHUNK_LEN];
        Self { feed, decoder, chunk, events: Vec::new(), message: Vec::new() }
    }
}

impl Decode for Framewright {
    fn decode(&mut self, messages: usize, mut on_message: impl FnMut(&[u8])) -> usize {
        let mut decoded = 0;
        while decoded < messages {
            let len = self.feed.read(&mut self.chunk).expect("the feed does not fail");
            let chunk = &mut self.chunk[..len];
            self.events.clear();
            assert_eq!(self.decoder.decode(chunk, &mut self.events), len);
            for event in &self.events {
                match *event {
                    Event::Message { offset, len, .. } => {
                        on_message(&chunk[offset..offset + len]);
                        decoded += 1;
                    }
                    Event::Piece(piece) => {
                        self.message.extend_from_slice(&chunk[piece.range()]);
                        if piece.ends_message {
                            on_message(&self.message);
                            self.message.clear();
                            decoded += 1;
                        }
                    }
                    event => panic!("unexpected {event:?}"),
                }
            }
        }
        decoded
    }
}
