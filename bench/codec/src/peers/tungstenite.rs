//! `tungstenite`, over a blocking stream.

use tungstenite::protocol::Role;
use tungstenite::{Message, WebSocket};

use super::Decode;
use crate::feed::Feed;

pub(crate) struct Tungstenite(WebSocket<Feed>);

impl Tungstenite {
    pub(crate) fn new(feed: Feed) -> Self {
        Self(WebSocket::from_raw_socket(feed, Role::Server, None))
    }
}

impl Decode for Tungstenite {
    fn decode(&mut self, messages: usize, mut on_message: impl FnMut(&[u8])) -> usize {
        for _ in 0..messages {
            match self.0.read().expect("the frames are right") {
                Message::Text(text) => on_message(text.as_bytes()),
                message => panic!("unexpected {message:?}"),
            }
        }
        messages
    }
}
