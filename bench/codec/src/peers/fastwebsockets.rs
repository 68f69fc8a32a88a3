//! `fastwebsockets`, over an asynchronous stream that is always ready.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use fastwebsockets::{FragmentCollector, OpCode, Role, WebSocket};

use super::Decode;
use crate::feed::Feed;

pub(crate) struct Fastwebsockets(FragmentCollector<Feed>);

impl Fastwebsockets {
    pub(crate) fn new(feed: Feed) -> Self {
        let mut socket = WebSocket::after_handshake(feed, Role::Server);
        socket.set_auto_close(false);
        Self(FragmentCollector::new(socket))
    }
}

impl Decode for Fastwebsockets {
    fn decode(&mut self, messages: usize, mut on_message: impl FnMut(&[u8])) -> usize {
        let mut reading = pin!(async {
            for _ in 0..messages {
                let frame = self.0.read_frame().await.expect("the frames are right");
                assert!(frame.opcode == OpCode::Text, "unexpected {:?}", frame.opcode);
                on_message(&frame.payload);
            }
        });
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(
            reading.as_mut().poll(&mut context),
            Poll::Ready(()),
            "the feed is always ready"
        );
        messages
    }
}
