//! Tells a file's format by what is in it.

pub(super) mod magic;
mod seems;

use super::{Detection, Format, ImportError, ImportOptions, Records, native};
use crate::Capture;
use crate::import::archive::har;
#[cfg(feature = "full")]
use crate::import::archive::{mitmproxy, netlog};
#[cfg(feature = "full")]
use crate::import::packets::{pcap, pcapng};
use crate::import::paste::{hex_export, text};
#[cfg(feature = "full")]
use crate::import::stream::tls::KeyLog;

/// What a file's first bytes say.
pub(super) enum Magic {
    /// There are too few.
    Undecided,
    /// It must be read as a whole.
    Whole,
    /// It is read as it comes.
    Records(Detection, Box<dyn Records>),
}

/// How many bytes of a file are looked at to detect its format.
const HEAD_LEN: usize = 64 * 1024;

pub(super) fn magic(options: &ImportOptions, depth: u8, bytes: &[u8]) -> Magic {
    #[cfg(not(feature = "full"))]
    let _ = depth;
    let asked = "as asked";
    match options.format {
        Some(format) => return records(format, asked, options).unwrap_or(Magic::Whole),
        None if bytes.len() < 4 => return Magic::Undecided,
        None => {}
    }
    #[cfg(feature = "full")]
    if let Some(magic) = packed(bytes, options, depth) {
        return magic;
    }
    match magic::is_flow(bytes) {
        None => return Magic::Undecided,
        Some(true) => {
            let why = "it is tnetstrings of flows";
            return records(Format::Mitmproxy, why, options).unwrap_or(Magic::Whole);
        }
        Some(false) => {}
    }
    let (format, why) = match bytes {
        [0x0a, 0x0d, 0x0d, 0x0a, ..] => (Format::Pcapng, "it starts with a section header block"),
        [0xa1, 0xb2, 0xc3, 0xd4, ..] | [0xd4, 0xc3, 0xb2, 0xa1, ..] => {
            (Format::Pcap, "it starts with the magic number of microseconds")
        }
        [0xa1, 0xb2, 0x3c, 0x4d, ..] | [0x4d, 0x3c, 0xb2, 0xa1, ..] => {
            (Format::Pcap, "it starts with the magic number of nanoseconds")
        }
        [native::RECORD_SEPARATOR, b'{', ..] => (Format::Native, "it is a JSON text sequence"),
        _ => return Magic::Whole,
    };
    records(format, why, options).unwrap_or(Magic::Whole)
}

/// What takes a packing off.
#[cfg(feature = "full")]
fn packed(bytes: &[u8], options: &ImportOptions, depth: u8) -> Option<Magic> {
    use super::packed::{Gzip, Packed, Zip, Zstd, is_zip, is_zstd};
    let reader: Box<dyn Records> = match bytes {
        [0x1f, 0x8b, ..] => Box::new(Packed::new(Gzip::new(), options, depth)),
        _ if is_zstd(bytes) => Box::new(Packed::new(Zstd::new(), options, depth)),
        _ if is_zip(bytes) => Box::new(Zip::new(options, depth)),
        _ => return None,
    };
    // What is in it tells.
    let detection = Detection { format: Format::Raw, why: String::new() };
    Some(Magic::Records(detection, reader))
}

/// The reader of a format that is read as it comes.
fn records(format: Format, why: &str, options: &ImportOptions) -> Option<Magic> {
    #[cfg(feature = "full")]
    let keys = || {
        let keys = KeyLog::default();
        keys.add(&options.keys);
        keys
    };
    #[cfg(not(feature = "full"))]
    let _ = options;
    let reader: Box<dyn Records> = match format {
        #[cfg(feature = "full")]
        Format::Pcap => Box::new(pcap::PcapReader::new(keys())),
        #[cfg(feature = "full")]
        Format::Pcapng => Box::new(pcapng::PcapngReader::new(keys())),
        Format::Native => Box::<native::NativeReader>::default(),
        #[cfg(feature = "full")]
        Format::Mitmproxy => Box::<mitmproxy::MitmproxyReader>::default(),
        _ => return None,
    };
    Some(Magic::Records(Detection { format, why: why.to_owned() }, reader))
}

/// Tells the format of a file that is all there.
pub(super) fn whole(forced: Option<Format>, bytes: &[u8]) -> Result<Detection, ImportError> {
    let detected = |format, why: &str| Ok(Detection { format, why: why.to_owned() });
    if bytes.is_empty() {
        return Err(ImportError::Empty);
    }
    if let Some(format) = forced {
        return detected(format, "as asked");
    }
    #[cfg(not(feature = "full"))]
    if super::needs_full(bytes) {
        return Err(ImportError::NeedsFull);
    }
    if har::is_zlib(bytes) {
        return detected(Format::Har, "it is packed with zlib, as mitmproxy's .zhar");
    }
    let Some(text) = text::as_text(bytes) else {
        return match text::walks_as_frames(bytes) {
            true => detected(Format::Raw, "it is frames from its first byte to its last"),
            false => Err(seems::error(bytes)),
        };
    };
    let text = text.trim_ascii();
    if text.is_empty() {
        return Err(ImportError::Empty);
    }
    if super::is_key_log(text.as_bytes()) {
        return Err(ImportError::KeyLog);
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
        return Err(seems::error(bytes));
    }
    if hex_export::is_export(text) {
        return detected(Format::Hex, "it has the remarks of a hex export");
    }
    if let Some(bytes) = text::parse_hex(text) {
        return detected(Format::Hex, &format!("it is {} bytes in hex digits", bytes.len()));
    }
    if let Some(bytes) = text::parse_base64(text)
        && text::looks_like_stream(&bytes)
    {
        return detected(Format::Base64, &format!("it is {} bytes in base64", bytes.len()));
    }
    if text::starts_like_http(text.as_bytes()) {
        return detected(Format::Raw, "it starts like an HTTP handshake");
    }
    if text::walks_as_frames(bytes) {
        return detected(Format::Raw, "it is frames from its first byte to its last");
    }
    Err(seems::error(bytes))
}

/// Reads a file that is all there.
pub(super) fn read(
    detection: &Detection,
    bytes: Vec<u8>,
    capture: &mut Capture,
    notes: &mut Vec<String>,
) -> Result<(), ImportError> {
    let format = detection.format;
    let malformed =
        |what: &str| ImportError::Malformed { format, offset: 0, what: what.to_owned() };
    match format {
        Format::Raw => text::read_stream(&bytes, capture, notes),
        Format::Hex => {
            let text = text::as_text(&bytes).map(str::trim_ascii);
            if let Some(text) = text.filter(|text| hex_export::is_export(text)) {
                hex_export::read(text, capture, notes);
                return Ok(());
            }
            let bytes = text.and_then(text::parse_hex);
            text::read_stream(&bytes.ok_or_else(|| malformed("it is not hex"))?, capture, notes);
        }
        Format::Base64 => {
            let bytes = text::as_text(&bytes).and_then(text::parse_base64);
            text::read_stream(&bytes.ok_or_else(|| malformed("it is not base64"))?, capture, notes);
        }
        Format::Har => har::read(bytes, capture, notes)?,
        Format::HarMessages => har::read_messages(&bytes, capture, notes)?,
        #[cfg(feature = "full")]
        Format::NetLog => netlog::read(&bytes, capture, notes)?,
        #[cfg(not(feature = "full"))]
        Format::NetLog => return Err(ImportError::NeedsFull),
        // These are read as they come. To get here, the file must be shorter than their magic number.
        Format::Pcap | Format::Pcapng | Format::Native | Format::Mitmproxy => {
            return Err(malformed("it is too short"));
        }
    }
    Ok(())
}
