//! Bytes for sources that had messages or headers but not their wire form.

use framewright_codec::{FrameHeader, MAX_HEADER_LEN, Opcode};

use crate::{Capture, ConnId, Direction};

/// Rebuilds a frame's header and pushes it. What a client sends gets a masking key of zeros, under which
/// the payload stays readable.
pub(super) fn push_header(
    capture: &mut Capture,
    conn: ConnId,
    direction: Direction,
    header: &FrameHeader,
    time_ns: u64,
) {
    let mut bytes = [0; MAX_HEADER_LEN];
    let len = header.encode(&mut bytes);
    capture.push(conn, direction, &bytes[..len], time_ns);
}

/// Writes a message as one frame and pushes it.
pub(super) fn push_message(
    capture: &mut Capture,
    conn: ConnId,
    direction: Direction,
    opcode: Opcode,
    payload: &[u8],
    time_ns: u64,
) {
    let header = FrameHeader {
        fin: true,
        rsv1: false,
        rsv2: false,
        rsv3: false,
        opcode,
        masking_key: (direction == Direction::ToServer).then_some([0; 4]),
        payload_len: payload.len() as u64,
    };
    push_header(capture, conn, direction, &header, time_ns);
    capture.push(conn, direction, payload, time_ns);
}

/// A head as it would have been on the wire.
pub(super) fn head(start_line: &str, fields: Vec<(String, String)>) -> String {
    let mut head = format!("{start_line}\r\n");
    for (name, value) in fields {
        // HTTP/2's pseudo fields, and what would break out of its line, have no wire form here.
        if !name.starts_with(':')
            && !value.contains(['\r', '\n'])
            && !name.contains(['\r', '\n', ' '])
        {
            head += &format!("{name}: {value}\r\n");
        }
    }
    head + "\r\n"
}
