//! Header fields: the blocks they come in, and their compression (RFC 9113 §4.3, RFC 7541).

use loona_hpack::Decoder;

use super::frame::{
    END_HEADERS, END_STREAM, FrameHead, MAX_BLOCK_LEN, PADDED, PRIORITY, PUSH_PROMISE,
};

/// The largest table that a peer may ask for.
const MAX_TABLE_LEN: usize = 1 << 20;
/// Its size unless a block says otherwise (RFC 9113 §6.5.2).
const DEFAULT_TABLE_LEN: usize = 4096;
/// What a field takes beside its name and value (RFC 7541 §4.1).
const FIELD_LEN: usize = 32;
/// The most bytes of fields that are kept of a block.
const MAX_FIELDS_LEN: usize = 64 << 10;

/// A block under way: HEADERS or PUSH_PROMISE, and any CONTINUATION.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) stream: u32,
    pub(super) bytes: Vec<u8>,
    pub(super) ends_stream: bool,
    pub(super) is_promise: bool,
    pub(super) is_complete: bool,
}

impl Block {
    pub(super) fn start(head: FrameHead, mut payload: &[u8]) -> Option<Self> {
        if head.has(PADDED) {
            let (&padding, rest) = payload.split_first()?;
            payload = rest.get(..rest.len().checked_sub(padding.into())?)?;
        }
        let is_promise = head.kind == PUSH_PROMISE;
        // The promised stream, or weight and dependency.
        let skipped = match is_promise {
            true => 4,
            false if head.has(PRIORITY) => 5,
            false => 0,
        };
        Some(Self {
            stream: head.stream,
            bytes: payload.get(skipped..)?.to_vec(),
            ends_stream: head.has(END_STREAM) && !is_promise,
            is_promise,
            is_complete: head.has(END_HEADERS),
        })
    }

    pub(super) fn go_on(mut self, head: FrameHead, payload: &[u8]) -> Option<Self> {
        if self.stream != head.stream || self.bytes.len() + payload.len() > MAX_BLOCK_LEN {
            return None;
        }
        self.bytes.extend_from_slice(payload);
        self.is_complete = head.has(END_HEADERS);
        Some(self)
    }
}

/// Header fields in order, those of HTTP/2 itself (`:path`) among them.
#[derive(Debug, Default)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}

/// One direction's decoder.
pub(super) struct HeaderDecoder {
    decoder: Decoder<'static>,
    /// The most bytes that its table takes.
    table_len: usize,
    max_table_len: usize,
}

impl std::fmt::Debug for HeaderDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HeaderDecoder").finish_non_exhaustive()
    }
}

impl Default for HeaderDecoder {
    fn default() -> Self {
        let mut decoder = Decoder::new();
        decoder.set_max_allowed_table_size(MAX_TABLE_LEN);
        Self { decoder, table_len: 0, max_table_len: DEFAULT_TABLE_LEN }
    }
}

impl HeaderDecoder {
    /// The fields, or `None` where they are wrong or refer to what was lost.
    pub(super) fn decode(&mut self, block: &[u8]) -> Option<Fields> {
        // A new size of the table comes first (RFC 7541 §6.3).
        if block.first().is_some_and(|first| first & 0xe0 == 0x20) {
            self.max_table_len = MAX_TABLE_LEN;
        }
        let mut fields = Vec::new();
        let mut len = 0_usize;
        let decoded = self.decoder.decode_with_cb(block, |name, value| {
            len = len.saturating_add(name.len() + value.len() + FIELD_LEN);
            if len <= MAX_FIELDS_LEN {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                fields.push((text(&name), text(&value)));
            }
        });
        if decoded.is_err() {
            self.lose();
            return None;
        }
        self.table_len = self.table_len.saturating_add(len).min(self.max_table_len);
        Some(Fields(fields))
    }

    /// The memory it takes beside its own struct.
    pub(super) fn kept_len(&self) -> usize {
        self.table_len
    }

    /// The content of the peer's table isn't known any more.
    pub(super) fn lose(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CONTINUATION, HEADERS};
    use super::*;

    fn head(kind: u8, len: usize) -> FrameHead {
        FrameHead { len, kind, flags: 0, stream: 1 }
    }

    #[test]
    fn continuations_without_end_are_no_block() {
        let part = [0; 16 << 10];
        let mut block = Block::start(head(HEADERS, part.len()), &part);
        let mut taken = 0;
        while let Some(before) = block {
            taken = before.bytes.len();
            block = before.go_on(head(CONTINUATION, part.len()), &part);
        }
        assert_eq!(taken, 256 << 10);
    }

    /// A field that is put into the table.
    fn literal(name: &str, value_len: usize) -> Vec<u8> {
        // RFC 7541 §5.1: lengths from 127 on take more than one byte.
        let mut rest = value_len - 127;
        let mut block = [&[0x40, name.len() as u8][..], name.as_bytes(), &[0x7f]].concat();
        while rest >= 128 {
            block.push(rest as u8 & 0x7f | 0x80);
            rest >>= 7;
        }
        block.push(rest as u8);
        block.resize(block.len() + value_len, b'v');
        block
    }

    #[test]
    fn fields_that_grow_in_decoding_are_kept_up_to_a_length() {
        let mut decoder = HeaderDecoder::default();
        // One field of 3 kB, and 10,000 times what is first in the table.
        let block = [&literal("x", 3000)[..], &[0xbe; 10_000]].concat();
        let fields = decoder.decode(&block).expect("it is well formed");
        let len: usize = fields.0.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!((60_000..=64 << 10).contains(&len), "{len}");
    }

    #[test]
    fn a_table_may_be_so_large() {
        // RFC 7541 §6.3: 2^20 is allowed, more isn't.
        let update = |len: usize| {
            let mut rest = len - 31;
            let mut block = vec![0x3f];
            while rest >= 128 {
                block.push(rest as u8 & 0x7f | 0x80);
                rest >>= 7;
            }
            // And a field, without which the update would be at the block's end.
            block.extend([rest as u8, 0x82]);
            block
        };
        let decode = |len| HeaderDecoder::default().decode(&update(len));
        assert!(decode(1 << 20).is_some());
        assert!(decode((1 << 20) + 1).is_none());
    }
}
