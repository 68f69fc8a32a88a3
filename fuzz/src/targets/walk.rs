//! The lenient walker: what it reports doesn't depend on how bytes are cut, and fields tile each frame.

use framewright_codec::Role;
use framewright_codec::walk::{Findings, Walker, fields};

use crate::input::Input;

/// Two bytes of choices, then the stream.
///
/// | byte | chooses |
/// | --- | --- |
/// | 0 | bit 0 permessage-deflate, bit 1 that a server sends |
/// | 1 | the length of pieces |
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let [flags, piece_len] = input.bytes();
    let stream = input.0;
    let sender = if flags & 2 != 0 { Role::Server } else { Role::Client };
    let mut walker = Walker::new(Some(sender)).permessage_deflate(flags & 1 != 0);
    let mut whole = Findings::default();
    walker.clone().push(stream, &mut whole);
    let mut cut = Findings::default();
    for piece in stream.chunks(usize::from(piece_len).max(1)) {
        walker.push(piece, &mut cut);
    }
    assert_eq!(whole.frames, cut.frames);
    assert_eq!(whole.violations, cut.violations);

    let mut next_bit = 0;
    for field in fields(stream) {
        assert_eq!(field.bit_offset, next_bit);
        next_bit = next_bit.saturating_add(field.bit_len);
    }
}
