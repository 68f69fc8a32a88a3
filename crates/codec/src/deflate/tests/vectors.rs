//! RFC 7692 §7.2.3, and what ws makes of the same calls.

use std::vec::Vec;

use super::*;

const HELLO: [u8; 7] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
const HELLO_AGAIN: [u8; 5] = [0xf2, 0x00, 0x11, 0x00, 0x00];

#[test]
fn hello_as_in_the_rfc() {
    for (takeover, second) in [(true, &HELLO_AGAIN[..]), (false, &HELLO)] {
        let mut compressor = compressor(params(15, takeover));
        assert_eq!(compress(&mut compressor, b"Hello"), HELLO);
        assert_eq!(compress(&mut compressor, b"Hello"), second);
        let mut decompressor = decompressor(params(15, takeover));
        assert_eq!(inflate(&mut decompressor, &HELLO).unwrap(), b"Hello");
        assert_eq!(inflate(&mut decompressor, second).unwrap(), b"Hello");
    }
}

#[test]
fn hello_in_two_frames() {
    let mut decompressor = decompressor(params(15, true));
    let mut message = Vec::new();
    decompressor.inflate(&HELLO[..3], false, &mut message).unwrap();
    decompressor.inflate(&HELLO[3..], true, &mut message).unwrap();
    assert_eq!(message, b"Hello");
}

#[test]
fn a_block_without_compression() {
    let payload = [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00];
    assert_eq!(inflate(&mut decompressor(params(15, true)), &payload).unwrap(), b"Hello");
}

#[test]
fn two_blocks_in_a_message() {
    let payload = [0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00];
    assert_eq!(inflate(&mut decompressor(params(15, true)), &payload).unwrap(), b"Hello");
}

#[test]
fn a_final_block_ends_the_stream() {
    let with_padding = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
    for payload in [&with_padding[..7], &with_padding] {
        let mut decompressor = decompressor(params(15, true));
        assert_eq!(inflate(&mut decompressor, payload).unwrap(), b"Hello");
        assert_eq!(inflate(&mut decompressor, payload).unwrap(), b"Hello");
        // The history ended with the stream.
        assert_eq!(inflate(&mut decompressor, &HELLO_AGAIN), Err(InflateError::Corrupt));
    }
}

#[test]
fn what_comes_behind_a_final_block_is_ignored_as_in_ws() {
    let final_block = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    let garbage = [&final_block[..], &[0xff; 9]].concat();
    for (frames, expected) in [
        (&[&garbage[..]][..], "Hello"),
        (&[&garbage, &HELLO], "HelloHello"),
        (&[&final_block, &HELLO], "Hello"),
        (&[&final_block, &HELLO, &HELLO], "HelloHello"),
    ] {
        let mut decompressor = decompressor(params(15, true));
        let mut message = Vec::new();
        for (index, frame) in frames.iter().enumerate() {
            decompressor.inflate(frame, index + 1 == frames.len(), &mut message).unwrap();
        }
        assert_eq!(message, expected.as_bytes());
        assert_eq!(inflate(&mut decompressor, &HELLO).unwrap(), b"Hello");
    }
}

#[test]
fn corruption_has_zlibs_name() {
    let mut decompressor = decompressor(params(15, true));
    assert_eq!(decompressor.corruption(), None);
    assert_eq!(inflate(&mut decompressor, &[0x07]), Err(InflateError::Corrupt));
    assert_eq!(decompressor.corruption(), Some("invalid block type"));
}

#[test]
fn empty_fragments() {
    for takeover in [true, false] {
        let mut compressor = compressor(params(15, takeover));
        assert_eq!(compress(&mut compressor, b""), [0x00]);
        let mut fragments = Vec::new();
        for (fragment, fin, expected) in [
            (&b"a"[..], false, &[0x4a, 0x04, 0x00, 0x00, 0x00, 0xff, 0xff][..]),
            (b"", false, &[0x00, 0x00, 0x00, 0xff, 0xff]),
            (b"", true, &[0x00]),
        ] {
            let start = fragments.len();
            compressor.compress(fragment, fin, &mut fragments);
            assert_eq!(&fragments[start..], expected);
        }
        let mut decompressor = decompressor(params(15, takeover));
        assert_eq!(inflate(&mut decompressor, &[0x00]).unwrap(), b"");
        assert_eq!(inflate(&mut decompressor, &fragments).unwrap(), b"a");
        assert_eq!(inflate(&mut decompressor, &[0x00]).unwrap(), b"");
    }
}
