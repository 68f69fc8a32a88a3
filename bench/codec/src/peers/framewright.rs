//! `framewright-codec`: sans-IO, so the bytes are read into a buffer first, as the others do inside.

use std::io::Read as _;

use framewright_codec::{
    Connection, ConnectionConfig, Decoder, DecoderConfig, Event, Failure, MessageAssembler,
    Received, Role,
};

use super::Decode;
use crate::feed::{CHUNK_LEN, Feed};

/// The decoder, whose events are joined to messages one level below [`Connection`].
pub(crate) struct Framewright {
    feed: Feed,
    decoder: Decoder,
    assembler: MessageAssembler,
    chunk: Vec<u8>,
    events: Vec<Event>,
}

impl Framewright {
    pub(crate) fn new(feed: Feed) -> Self {
        Self {
            feed,
            decoder: Decoder::new(DecoderConfig::new(Role::Server)),
            assembler: MessageAssembler::new(u64::MAX, true),
            chunk: vec![0; CHUNK_LEN],
            events: Vec::new(),
        }
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
            for &event in &self.events {
                let inflate = |_: &[u8], _, _: &mut Vec<u8>| Err(Failure::Internal);
                match self.assembler.take(event, chunk, self.decoder.carried_control(), inflate) {
                    Some(Received::Message(message)) => {
                        on_message(&message.payload);
                        decoded += 1;
                    }
                    Some(received) => panic!("unexpected {received:?}"),
                    None => {}
                }
            }
        }
        decoded
    }
}

/// A whole connection, as the others are.
pub(crate) struct FramewrightConnection {
    feed: Feed,
    connection: Connection,
    chunk: Vec<u8>,
}

impl FramewrightConnection {
    pub(crate) fn new(feed: Feed) -> Self {
        let connection = Connection::server(ConnectionConfig::default());
        Self { feed, connection, chunk: vec![0; CHUNK_LEN] }
    }
}

impl Decode for FramewrightConnection {
    fn decode(&mut self, messages: usize, mut on_message: impl FnMut(&[u8])) -> usize {
        let mut decoded = 0;
        while decoded < messages {
            let len = self.feed.read(&mut self.chunk).expect("the feed does not fail");
            let mut chunk = &mut self.chunk[..len];
            while let Some(received) = self.connection.receive(&mut chunk) {
                match received {
                    Received::Message(message) => {
                        on_message(&message.payload);
                        decoded += 1;
                    }
                    received => panic!("unexpected {received:?}"),
                }
            }
        }
        decoded
    }
}
