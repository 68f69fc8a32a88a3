//! permessage-deflate (RFC 7692), by another implementation of DEFLATE than any that is measured.

use std::collections::HashMap;

use miniz_oxide::MZFlush;
use miniz_oxide::deflate::core::{CompressorOxide, create_comp_flags_from_zip_params};
use miniz_oxide::deflate::stream::deflate;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_HAS_MORE_INPUT;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use crate::args::{Context, Kind};
use crate::wire::encode_header;

/// What a sender takes off the end of a message (§7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];
/// A window of 32 KiB without zlib's header.
const RAW: i32 = -15;
const LEVEL: i32 = 6;
const WINDOW_LEN: usize = 32 << 10;
/// The most compressed messages to remember.
const MAX_KNOWN: usize = 4096;

impl Context {
    /// What to offer, and what must be answered.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Takeover => "permessage-deflate",
            Self::NoTakeover => {
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
            }
        }
    }
}

/// Compresses the messages of one direction.
pub(crate) struct Compressor {
    state: Box<CompressorOxide>,
    context: Context,
}

impl Compressor {
    pub(crate) fn new(context: Context) -> Self {
        let flags = create_comp_flags_from_zip_params(LEVEL, RAW, 0);
        Self { state: Box::new(CompressorOxide::new(flags)), context }
    }

    /// The message's payload. It refers to no earlier message if `restarts`.
    pub(crate) fn compress(&mut self, message: &[u8], restarts: bool) -> Vec<u8> {
        if restarts || self.context == Context::NoTakeover {
            self.state.reset();
        }
        // Bytes that don't compress grow by less than this.
        let mut payload = vec![0; message.len() + message.len() / 64 + 64];
        let result = deflate(&mut self.state, message, &mut payload, MZFlush::Sync);
        payload.truncate(result.bytes_written);
        assert!(result.bytes_consumed == message.len() && payload.ends_with(&TAIL));
        payload.truncate(payload.len() - TAIL.len());
        payload
    }
}

/// Turns the compressed frames of one direction into those that would have been sent uncompressed.
pub(crate) struct Inflater {
    context: Context,
    state: Box<DecompressorOxide>,
    /// The end of the text so far, from `window_offset` on around.
    window: Box<[u8; WINDOW_LEN]>,
    window_offset: usize,
    /// What has come and is not inflated.
    bytes: Vec<u8>,
    /// How much of that is whole frames.
    whole_len: usize,
    /// The text of one message.
    text: Vec<u8>,
}

/// Why an answer is not what was agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not one whole, unmasked, compressed message.
    Header(u8, u8),
    /// Not DEFLATE.
    Corrupt,
}

/// Frames by their compressed payload: where no message refers to another, the same bytes always mean
/// the same.
pub(crate) type Known = HashMap<Vec<u8>, Vec<u8>>;

impl Inflater {
    pub(crate) fn new(context: Context) -> Self {
        Self {
            context,
            state: Box::default(),
            window: Box::new([0; WINDOW_LEN]),
            window_offset: 0,
            bytes: Vec::new(),
            whole_len: 0,
            text: Vec::new(),
        }
    }

    /// Takes what came, and returns how many frames it makes whole.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<u64, Fault> {
        self.bytes.extend_from_slice(bytes);
        let mut frames = 0;
        while let Some(len) = frame_len(&self.bytes[self.whole_len..])?
            && self.bytes.len() - self.whole_len >= len
        {
            self.whole_len += len;
            frames += 1;
        }
        Ok(frames)
    }

    /// Inflates the frames that are whole, and appends them to `plain`.
    pub(crate) fn inflate(&mut self, known: &mut Known, plain: &mut Vec<u8>) -> Result<(), Fault> {
        let bytes = std::mem::take(&mut self.bytes);
        let mut whole = &bytes[..self.whole_len];
        while let Some(len) = frame_len(whole)? {
            let (frame, rest) = whole.split_at(len);
            self.inflate_frame(frame, known, plain)?;
            whole = rest;
        }
        self.bytes = bytes;
        self.bytes.drain(..self.whole_len);
        self.whole_len = 0;
        Ok(())
    }

    fn inflate_frame(
        &mut self,
        frame: &[u8],
        known: &mut Known,
        plain: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let payload = &frame[header_len(frame[1])..];
        if self.context == Context::Takeover {
            return self.translate(frame, payload, plain);
        }
        if let Some(frame) = known.get(payload) {
            plain.extend_from_slice(frame);
            return Ok(());
        }
        self.state.init();
        // Or a reference to an earlier message could find its text here.
        self.window.fill(0);
        let start = plain.len();
        self.translate(frame, payload, plain)?;
        if known.len() < MAX_KNOWN {
            known.insert(payload.to_vec(), plain[start..].to_vec());
        }
        Ok(())
    }

    fn translate(
        &mut self,
        frame: &[u8],
        payload: &[u8],
        plain: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let kind = if frame[0] == 0xc1 { Kind::Text } else { Kind::Binary };
        self.text.clear();
        self.inflate_part(payload)?;
        self.inflate_part(&TAIL)?;
        encode_header(plain, kind, self.text.len(), None);
        plain.extend_from_slice(&self.text);
        Ok(())
    }

    /// Appends to the text of the message.
    fn inflate_part(&mut self, mut input: &[u8]) -> Result<(), Fault> {
        loop {
            let (status, consumed, produced) = decompress(
                &mut self.state,
                input,
                self.window.as_mut_slice(),
                self.window_offset,
                TINFL_FLAG_HAS_MORE_INPUT,
            );
            let end = self.window_offset + produced;
            self.text.extend_from_slice(&self.window[self.window_offset..end]);
            self.window_offset = end % WINDOW_LEN;
            input = &input[consumed..];
            match status {
                TINFLStatus::HasMoreOutput => {}
                TINFLStatus::NeedsMoreInput => return Ok(()),
                // No server that is measured ends the stream (BFINAL, §7.2.3.4).
                _ => return Err(Fault::Corrupt),
            }
        }
    }
}

/// The length of a header with this second byte (RFC 6455 §5.2).
fn header_len(second: u8) -> usize {
    match second {
        0..=125 => 2,
        126 => 4,
        _ => 10,
    }
}

/// The length of the frame that begins here, if its header is whole.
fn frame_len(bytes: &[u8]) -> Result<Option<usize>, Fault> {
    let &[first, second, ..] = bytes else { return Ok(None) };
    // FIN and RSV1, text or binary; no mask.
    if !matches!(first, 0xc1 | 0xc2) || second > 127 {
        return Err(Fault::Header(first, second));
    }
    let header_len = header_len(second);
    let Some(header) = bytes.get(..header_len) else { return Ok(None) };
    let payload_len = match second {
        126 | 127 => header[2..].iter().fold(0, |len, &byte| len << 8 | usize::from(byte)),
        len => usize::from(len),
    };
    Ok(Some(header_len.saturating_add(payload_len)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::encode_frame;

    /// The examples of RFC 7692 §7.2.3.
    const HELLO: [u8; 9] = [0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    const HELLO_AGAIN: [u8; 7] = [0xc1, 0x05, 0xf2, 0x00, 0x11, 0x00, 0x00];
    const HELLO_STORED: [u8; 13] =
        [0xc1, 0x0b, 0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00];
    const PLAIN: [u8; 7] = [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f];

    fn plain(context: Context, bytes: &[u8], chunk_len: usize) -> Result<Vec<u8>, Fault> {
        let (mut inflater, mut known) = (Inflater::new(context), Known::new());
        let mut plain = Vec::new();
        for chunk in bytes.chunks(chunk_len) {
            inflater.take(chunk)?;
            inflater.inflate(&mut known, &mut plain)?;
        }
        Ok(plain)
    }

    #[test]
    fn reads_what_the_rfc_shows() {
        let with_context = [&HELLO[..], &HELLO_AGAIN, &HELLO_STORED].concat();
        let without = [&HELLO[..], &HELLO, &HELLO_STORED].concat();
        for chunk_len in 1..with_context.len() {
            let thrice = Ok(PLAIN.repeat(3));
            assert_eq!(plain(Context::Takeover, &with_context, chunk_len), thrice);
            assert_eq!(plain(Context::NoTakeover, &without, chunk_len), thrice);
        }
    }

    #[test]
    fn takes_nothing_else() {
        for context in [Context::Takeover, Context::NoTakeover] {
            assert_eq!(plain(context, &PLAIN, 99), Err(Fault::Header(0x81, 0x05)));
            assert_eq!(plain(context, &[0xc1, 0x02, 0x07, 0xff], 99), Err(Fault::Corrupt));
        }
        // Refers to a message that it may not refer to: comes to another text.
        let bytes = [&HELLO[..], &HELLO_AGAIN].concat();
        assert_ne!(plain(Context::NoTakeover, &bytes, 99), Ok(PLAIN.repeat(2)));
    }

    #[test]
    fn gets_back_what_it_compressed() {
        let messages: Vec<_> =
            [0, 1, 200, 70_000].map(|len| b"a lot of words ".repeat(len)[..len].to_vec()).into();
        for context in [Context::Takeover, Context::NoTakeover] {
            let (mut compressor, mut bytes) = (Compressor::new(context), Vec::new());
            let mut expected = Vec::new();
            for message in &messages {
                let payload = compressor.compress(message, false);
                let start = bytes.len();
                encode_frame(&mut bytes, Kind::Text, &payload, None);
                bytes[start] |= 0x40;
                encode_frame(&mut expected, Kind::Text, message, None);
            }
            assert_eq!(plain(context, &bytes, 1000), Ok(expected));
        }
    }
}
