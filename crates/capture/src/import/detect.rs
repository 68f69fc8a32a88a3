//! Tells a file's format by what is in it.

use super::{Detection, Format, ImportError, Records, har, native, netlog, pcap, pcapng, text};
use crate::Capture;

/// What a file's first octets say.
pub(super) enum Magic {
    /// There are too few.
    Undecided,
    /// It has to be there as a whole.
    Whole,
    /// It is read as it comes.
    Records(Detection, Box<dyn Records>),
}

/// How far into a file its nature has to show.
const HEAD_LEN: usize = 64 * 1024;

pub(super) fn magic(forced: Option<Format>, octets: &[u8]) -> Magic {
    let records = |format, why: &str, records: Box<dyn Records>| {
        Magic::Records(Detection { format, why: why.to_owned() }, records)
    };
    match forced {
        Some(Format::Pcap) => {
            return records(Format::Pcap, "as asked", Box::<pcap::Reader>::default());
        }
        Some(Format::Pcapng) => {
            return records(Format::Pcapng, "as asked", Box::<pcapng::Reader>::default());
        }
        Some(Format::Native) => {
            return records(Format::Native, "as asked", Box::<native::Reader>::default());
        }
        Some(_) => return Magic::Whole,
        None => {}
    }
    let Some(first) = octets.first_chunk() else { return Magic::Undecided };
    match u32::from_be_bytes(*first) {
        0x0a0d_0d0a => records(
            Format::Pcapng,
            "it starts with a section header block",
            Box::<pcapng::Reader>::default(),
        ),
        0xa1b2_c3d4 | 0xd4c3_b2a1 => records(
            Format::Pcap,
            "it starts with the magic number of microseconds",
            Box::<pcap::Reader>::default(),
        ),
        0xa1b2_3c4d | 0x4d3c_b2a1 => records(
            Format::Pcap,
            "it starts with the magic number of nanoseconds",
            Box::<pcap::Reader>::default(),
        ),
        _ if first[0] == native::RECORD_SEPARATOR => {
            records(Format::Native, "it is a JSON text sequence", Box::<native::Reader>::default())
        }
        _ => Magic::Whole,
    }
}

/// Tells the format of a file that is all there.
pub(super) fn whole(forced: Option<Format>, octets: &[u8]) -> Result<Detection, ImportError> {
    let detected = |format, why: &str| Ok(Detection { format, why: why.to_owned() });
    if octets.is_empty() {
        return Err(ImportError::Empty);
    }
    if let Some(format) = forced {
        return detected(format, "as asked");
    }
    match octets {
        [0x1f, 0x8b, ..] => return Err(ImportError::Packed { by: "gzip" }),
        [b'P', b'K', 3, 4, ..] => return Err(ImportError::Packed { by: "zip" }),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => return Err(ImportError::Packed { by: "zstd" }),
        _ => {}
    }
    if har::is_zlib(octets) {
        return detected(Format::Har, "it is packed with zlib, as mitmproxy's .zhar");
    }
    let Some(text) = text::as_text(octets) else {
        return detected(Format::Raw, "it is binary and of no other format");
    };
    let text = text.trim_ascii();
    if text.is_empty() {
        return Err(ImportError::Empty);
    }
    let head_len = (0..=text.len().min(HEAD_LEN)).rev().find(|&at| text.is_char_boundary(at));
    let head = &text[..head_len.unwrap_or(0)];
    if text.starts_with('{') {
        if head.contains("\"logEventTypes\"") {
            return detected(Format::NetLog, "it is JSON with logEventTypes");
        }
        if head.contains("\"log\"") {
            return detected(Format::Har, "it is JSON with a log");
        }
        if har::is_message(head.lines().next().unwrap_or("")) {
            return detected(Format::HarMessages, "its lines are JSON with type, opcode and data");
        }
        return Err(ImportError::Unknown);
    }
    if let Some(octets) = text::parse_hex(text) {
        return detected(Format::Hex, &format!("it is {} octets in hex digits", octets.len()));
    }
    if let Some(octets) = text::parse_base64(text)
        && text::looks_like_stream(&octets)
    {
        return detected(Format::Base64, &format!("it is {} octets in base64", octets.len()));
    }
    if text::looks_like_stream(text.as_bytes()) {
        return detected(Format::Raw, "it starts like an HTTP handshake");
    }
    Err(ImportError::Unknown)
}

/// Reads a file that is all there.
pub(super) fn read(
    detection: &Detection,
    octets: Vec<u8>,
    capture: &mut Capture,
    notes: &mut Vec<String>,
) -> Result<(), ImportError> {
    let format = detection.format;
    let malformed =
        |what: &str| ImportError::Malformed { format, offset: 0, what: what.to_owned() };
    match format {
        Format::Raw => text::read_stream(&octets, capture, notes),
        Format::Hex => {
            let octets = text::as_text(&octets).and_then(text::parse_hex);
            text::read_stream(&octets.ok_or_else(|| malformed("it is not hex"))?, capture, notes);
        }
        Format::Base64 => {
            let octets = text::as_text(&octets).and_then(text::parse_base64);
            text::read_stream(
                &octets.ok_or_else(|| malformed("it is not base64"))?,
                capture,
                notes,
            );
        }
        Format::Har => har::read(octets, capture, notes)?,
        Format::HarMessages => har::read_messages(&octets, capture, notes)?,
        Format::NetLog => netlog::read(&octets, capture, notes)?,
        // These are read as they come; being here, the file is shorter than their magic number.
        Format::Pcap | Format::Pcapng | Format::Native => return Err(malformed("it is too short")),
    }
    Ok(())
}
