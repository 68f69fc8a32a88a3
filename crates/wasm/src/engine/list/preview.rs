//! The beginning of a payload in one line.

use framewright_capture::codec::Opcode;
use framewright_capture::{Capture, Frame, MessageForm, Reader};

/// How many bytes a preview shows at most.
const TEXT_LEN: u64 = 160;
const HEX_LEN: u64 = 32;
/// Longer messages are not inflated for a preview.
const MAX_INFLATE_LEN: u64 = 64 * 1024;

pub(in crate::engine) struct Preview {
    pub(in crate::engine) text: String,
    pub(in crate::engine) is_text: bool,
}

pub(in crate::engine) fn of(capture: &Capture, reader: &mut Reader, frame: &Frame<'_>) -> Preview {
    let opcode = message_opcode(capture, frame);
    if frame.compressed() {
        return compressed(capture, reader, frame, opcode);
    }
    let len = if opcode == Opcode::Binary { HEX_LEN } else { TEXT_LEN };
    let Some(content) = reader.payload(capture, frame.id(), 0..len) else { return nothing() };
    if frame.opcode() == Opcode::Close {
        return close(content.bytes);
    }
    let is_cut = frame.payload_len() > content.bytes.len() as u64;
    shown(opcode, content.bytes, is_cut)
}

/// The type of the message that the frame is part of.
fn message_opcode(capture: &Capture, frame: &Frame<'_>) -> Opcode {
    if frame.opcode() != Opcode::Continuation {
        return frame.opcode();
    }
    let message = frame.message().and_then(|message| capture.message(message));
    message.map_or(Opcode::Continuation, |message| message.opcode())
}

/// The inflated beginning, on the message's first frame.
fn compressed(
    capture: &Capture,
    reader: &mut Reader,
    frame: &Frame<'_>,
    opcode: Opcode,
) -> Preview {
    let message = frame.message().and_then(|message| capture.message(message));
    let Some(message) = message.filter(|message| message.first().id() == frame.id()) else {
        return note("(compressed fragment)");
    };
    match message.form() {
        MessageForm::NotYetInflated => return note("(compressed, not complete)"),
        MessageForm::NoPriorWindow => return note("(compressed, no prior window)"),
        MessageForm::InflateFailed => return note("(does not inflate)"),
        MessageForm::InflateTooLong => return note("(inflates past the limit)"),
        MessageForm::OverBudget => return note("(not inflated: past the limit of all messages)"),
        MessageForm::BytesMissing => return note("(compressed, bytes are missing)"),
        MessageForm::Plain | MessageForm::Inflated => {}
    }
    if message.content_len().is_none_or(|len| len > MAX_INFLATE_LEN) {
        return note("(compressed, long)");
    }
    let Some(content) = reader.message(capture, message.id()) else { return nothing() };
    let limit = if opcode == Opcode::Binary { HEX_LEN } else { TEXT_LEN } as usize;
    let bytes = content.bytes.get(..limit).unwrap_or(content.bytes);
    shown(opcode, bytes, bytes.len() < content.bytes.len())
}

fn shown(opcode: Opcode, bytes: &[u8], is_cut: bool) -> Preview {
    let is_text = match opcode {
        Opcode::Binary => false,
        Opcode::Text => true,
        _ => !bytes.is_empty() && bytes.iter().all(|byte| (0x20..0x7f).contains(byte)),
    };
    let mut text = if is_text { one_line(bytes) } else { hex(bytes) };
    if is_cut {
        text.push('…');
    }
    Preview { text, is_text }
}

fn close(bytes: &[u8]) -> Preview {
    let Some((code, reason)) = bytes.split_first_chunk() else { return shown_empty() };
    let text = format!("{} {}", u16::from_be_bytes(*code), one_line(reason));
    Preview { text, is_text: true }
}

fn shown_empty() -> Preview {
    note("(no code)")
}

fn nothing() -> Preview {
    note("")
}

fn note(text: &str) -> Preview {
    Preview { text: text.to_owned(), is_text: false }
}

/// The text with controls made visible; a character cut off at the end is dropped.
fn one_line(bytes: &[u8]) -> String {
    let text = match core::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(&bytes[..error.valid_up_to()])
        }
        Err(_) => String::from_utf8_lossy(bytes),
    };
    text.chars()
        .map(|char| match char {
            '\n' => '⏎',
            '\t' => '⇥',
            char if char.is_control() => '␦',
            char => char,
        })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if !text.is_empty() {
            text.push(' ');
        }
        for nibble in [byte >> 4, byte & 0xf] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('?'));
        }
    }
    text
}
