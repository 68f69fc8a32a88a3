//! Random valid sessions, and the packets that could carry them.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

pub mod packets;
pub mod random;
pub mod session;

use framewright_capture::{
    Capture, ConnId, ConnectionInit, Direction, End, Limits, MessageForm, MessageId, Reader,
};

use session::{Message, Session};

/// Captures a session as a live tap would.
pub fn capture(session: &Session) -> Capture {
    let mut capture = Capture::new(Limits::default());
    push(&mut capture, session);
    capture
}

pub fn push(capture: &mut Capture, session: &Session) -> ConnId {
    let conn = capture.open(ConnectionInit::default()).unwrap();
    for chunk in &session.chunks {
        capture.push(conn, chunk.direction, &chunk.bytes, chunk.time_ns);
    }
    for direction in Direction::BOTH {
        capture.end(conn, direction, End::Finished, session.end_ns());
    }
    conn
}

/// All messages of a connection, with their content.
pub fn messages(capture: &Capture, conn: ConnId) -> Vec<Message> {
    let mut reader = Reader::new();
    let mut messages = Vec::new();
    for id in capture.message_ids().map(MessageId) {
        let message = capture.message(id).unwrap();
        if message.conn() != conn {
            continue;
        }
        let (direction, opcode) = (message.direction(), message.opcode());
        let content = reader.message(capture, id).unwrap();
        assert!(matches!(content.form, MessageForm::Plain | MessageForm::Inflated), "{content:?}");
        assert_eq!(content.missing, []);
        messages.push(Message { direction, opcode, content: content.bytes.to_vec() });
    }
    messages
}

/// The bytes of one direction.
pub fn stream(capture: &Capture, conn: ConnId, direction: Direction) -> Vec<u8> {
    let mut bytes = Vec::new();
    assert_eq!(capture.read(conn, direction, 0..u64::MAX, &mut bytes), 0);
    bytes
}

/// What matters of every frame.
pub fn frames(capture: &Capture, conn: ConnId) -> Vec<String> {
    let frames = capture.frames_of(conn).iter().map(|&id| capture.frame(id).unwrap());
    frames
        .map(|frame| {
            format!(
                "{:?} {:?} {:?} {}+{} {}",
                frame.direction(),
                frame.prefix(),
                frame.masking_key(),
                frame.header_len(),
                frame.payload_len(),
                frame.complete()
            )
        })
        .collect()
}
