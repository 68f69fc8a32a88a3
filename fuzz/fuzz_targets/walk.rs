//! The lenient walker: what it reports doesn't depend on how octets are cut, and fields tile each frame.
#![no_main]

use framewright_codec::walk::{Findings, Sender, Walker, fields};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (bool, u8, &[u8])| {
    let (deflate, piece_len, octets) = input;
    let walker = Walker::new(Sender::Client).permessage_deflate(deflate);
    let mut whole = Findings::default();
    walker.clone().push(octets, &mut whole);
    let mut cut = Findings::default();
    let mut walker = walker;
    for piece in octets.chunks(usize::from(piece_len).max(1)) {
        walker.push(piece, &mut cut);
    }
    assert_eq!(whole.frames, cut.frames);
    assert_eq!(whole.violations, cut.violations);
    let mut next_bit = 0;
    for field in fields(octets) {
        assert_eq!(field.bit_offset, next_bit);
        next_bit = next_bit.saturating_add(field.bit_len);
    }
});
