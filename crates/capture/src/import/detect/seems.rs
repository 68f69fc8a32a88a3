//! What a file that is no capture seems to be.

use crate::import::ImportError;

/// How files of other kinds start.
const STARTS: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"\x7fELF", "an ELF program or library"),
    (b"MZ", "a Windows program or library"),
    (b"\xcf\xfa\xed\xfe", "a macOS program or library"),
    (b"\xca\xfe\xba\xbe", "a Java class or macOS program"),
    (b"\0asm", "a WebAssembly module"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 file"),
    (b"fLaC", "a FLAC file"),
    (b"!<arch>\n", "an archive of ar"),
    (b"snoop\0\0\0", "a capture of snoop, which isn't read: editcap makes a pcapng of it"),
    (b"btsnoop\0", "a Bluetooth capture"),
    (b"TRSNIFF", "a capture of Sniffer, which isn't read: editcap makes a pcapng of it"),
    (b"GMBU", "a capture of Network Monitor, which isn't read: editcap makes a pcapng of it"),
    (b"RTSS", "a capture of Network Monitor, which isn't read: editcap makes a pcapng of it"),
    (b"PK\x07\x08", "a zip of several parts"),
    (b"-----BEGIN ", "a certificate or key"),
    (b"<!doctype", "an HTML page"),
    (b"<!DOCTYPE", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<?xml", "an XML file"),
    (b"#!", "a script"),
];

/// Packings that aren't taken off.
const PACKINGS: &[(&[u8], &str)] = &[
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"Rar!", "RAR"),
    (b"\x1f\x9d", "compress"),
];

/// Why a file is refused.
pub(super) fn error(bytes: &[u8]) -> ImportError {
    let starts = |(start, _): &&(&[u8], &'static str)| bytes.starts_with(start);
    if let Some((_, by)) = PACKINGS.iter().find(starts) {
        return ImportError::Packed { by };
    }
    if let Some((_, what)) = STARTS.iter().find(starts) {
        return ImportError::Seems { what };
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return ImportError::Seems { what: "an MP4 file" };
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return ImportError::Packed { by: "tar" };
    }
    match crate::import::paste::text::as_text(bytes).map(str::trim_start) {
        Some(text) if text.starts_with(['{', '[']) => {
            ImportError::Seems { what: "JSON of another kind" }
        }
        Some(text) if !text.contains('\0') => ImportError::Seems { what: "plain text" },
        _ => ImportError::Seems { what: "binary data that doesn't walk as frames" },
    }
}
