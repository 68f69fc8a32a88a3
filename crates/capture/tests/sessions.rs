//! Random valid sessions: nothing is found wrong with them, and every message is read.
#![allow(clippy::unwrap_used)]

mod support;

use framewright_capture::{Capture, Direction, Limits};
use support::session::{Session, Style};

/// Session number `seed` of the corpus.
fn session(seed: u64) -> Session {
    Session::random(
        seed,
        Style {
            messages: 1 + seed as usize % 9,
            max_len: if seed.is_multiple_of(50) { 80_000 } else { 300 },
            deflate: seed.is_multiple_of(8),
            split: seed.is_multiple_of(2),
        },
    )
}

#[test]
fn twenty_thousand_valid_sessions_have_no_findings() {
    for seed in 0..20_000 {
        let session = session(seed);
        let capture = support::capture(&session);
        assert_eq!(capture.findings(), [], "session {seed}");
        let conn = &capture.connections()[0];
        assert_eq!(conn.negotiated.permessage_deflate, session.deflate, "session {seed}");
        assert_eq!(conn.negotiated.subprotocol.as_deref(), Some("superchat"));
        assert_eq!(capture.frame_ids().len(), session.frames, "session {seed}");
    }
}

#[test]
fn every_message_is_read() {
    for seed in 0..1000 {
        let session = session(seed);
        let capture = support::capture(&session);
        let conn = framewright_capture::ConnId(0);
        let messages = support::messages(&capture, conn);
        // In order of their first frames, as they were made.
        assert_eq!(messages, session.messages, "session {seed}");
        for direction in Direction::BOTH {
            assert!(support::stream(&capture, conn, direction) == session.stream(direction));
        }
    }
}

#[test]
fn sessions_do_not_disturb_each_other() {
    let sessions: Vec<_> = (0..40).map(|seed| session(seed * 4)).collect();
    let mut capture = Capture::new(Limits::default());
    let ids: Vec<_> = sessions.iter().map(|_| capture.open(Default::default()).unwrap()).collect();
    let longest = sessions.iter().map(|session| session.chunks.len()).max().unwrap();
    for index in 0..longest {
        for (session, &conn) in sessions.iter().zip(&ids) {
            if let Some(chunk) = session.chunks.get(index) {
                capture.push(conn, chunk.direction, &chunk.bytes, chunk.time_ns);
            }
        }
    }
    assert_eq!(capture.findings(), []);
    for (session, &conn) in sessions.iter().zip(&ids) {
        assert_eq!(support::messages(&capture, conn), session.messages);
    }
}
