//! Zstandard (RFC 8878), a block at a time: a few bytes may be a block of 128 KiB.

use ruzstd::decoding::FrameDecoder;

use super::Unpack;

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const CHECKSUM_LEN: usize = 4;
/// The largest window, which is what a frame takes of memory.
const MAX_WINDOW_LEN: u64 = 128 << 20;

/// Whether a file starts like this.
pub(in crate::import) fn is_zstd(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC) || is_skippable(bytes)
}

fn is_skippable(bytes: &[u8]) -> bool {
    matches!(bytes, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

pub(in crate::import) struct Zstd {
    decoder: Option<FrameDecoder>,
    has_checksum: bool,
    /// The last block of a frame was taken.
    is_last: bool,
    /// What is left of a frame that says nothing.
    skip: usize,
}

impl Zstd {
    pub(in crate::import) fn new() -> Self {
        Self { decoder: None, has_checksum: false, is_last: false, skip: 0 }
    }

    fn start(&mut self, packed: &[u8]) -> Result<(usize, usize), &'static str> {
        if is_skippable(packed) {
            let Some(&[_, _, _, _, a, b, c, d]) = packed.first_chunk() else { return Ok((0, 0)) };
            self.skip = u32::from_le_bytes([a, b, c, d]) as usize;
            return Ok((8, 0));
        }
        if !packed.starts_with(&MAGIC) {
            return if packed.len() < MAGIC.len() { Ok((0, 0)) } else { Err("it does not unpack") };
        }
        let Some(len) = header_len(packed).filter(|&len| len <= packed.len()) else {
            return Ok((0, 0));
        };
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW_LEN);
        decoder.init(&packed[..len]).map_err(|_| "its window is too large, or it is broken")?;
        self.has_checksum = packed[4] & 4 != 0;
        self.is_last = false;
        self.decoder = Some(decoder);
        Ok((len, 0))
    }
}

impl Unpack for Zstd {
    const NAME: &'static str = "zstd";

    fn step(&mut self, packed: &[u8], piece: &mut [u8]) -> Result<(usize, usize), &'static str> {
        if self.skip > 0 {
            let len = self.skip.min(packed.len());
            self.skip -= len;
            return Ok((len, 0));
        }
        let Some(decoder) = &mut self.decoder else {
            return if packed.is_empty() { Ok((0, 0)) } else { self.start(packed) };
        };
        let broken = |_| "it does not unpack";
        // What is decoded already goes first.
        let made = std::io::Read::read(decoder, piece).map_err(|_| "it does not unpack")?;
        if made > 0 {
            return Ok((0, made));
        }
        if self.is_last {
            self.decoder = None;
            return self.step(packed, piece);
        }
        let Some(&[a, b, c]) = packed.first_chunk() else { return Ok((0, 0)) };
        let header = u32::from_le_bytes([a, b, c, 0]);
        let (is_last, kind, size) = (header & 1 != 0, header >> 1 & 3, (header >> 3) as usize);
        // A block of one byte again and again has only that.
        let mut len = 3 + if kind == 1 { 1 } else { size };
        if is_last && self.has_checksum {
            len += CHECKSUM_LEN;
        }
        let Some(block) = packed.get(..len) else { return Ok((0, 0)) };
        let (taken, made) = decoder.decode_from_to(block, piece).map_err(broken)?;
        if taken == 0 {
            return Err("it does not unpack");
        }
        self.is_last = is_last;
        Ok((len, made))
    }

    fn may_end(&self) -> bool {
        self.decoder.is_none() && self.skip == 0
    }
}

/// The length of a frame's header (RFC 8878 §3.1.1.1), once its descriptor is there.
fn header_len(packed: &[u8]) -> Option<usize> {
    let descriptor = *packed.get(MAGIC.len())?;
    let is_single = descriptor & 0x20 != 0;
    let content_size = match descriptor >> 6 {
        0 => usize::from(is_single),
        1 => 2,
        2 => 4,
        _ => 8,
    };
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    Some(MAGIC.len() + 1 + usize::from(!is_single) + dictionary + content_size)
}
