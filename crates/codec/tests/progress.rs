//! Where a connection stands in the middle of a message: what it takes for another to go on from there.

#![cfg(feature = "deflate")]

use framewright_codec::deflate::{
    CompressOptions, Compressor, Context, ContextParams, Decompressor, InflateLimits, Pool,
};
use framewright_codec::{Decoder, DecoderConfig, Frame, Mask, Opcode, Role};

const KEY: [u8; 4] = [1, 2, 3, 4];

fn stream() -> Vec<u8> {
    let mut bytes = Vec::new();
    let long = [7; 300];
    for frame in [
        Frame { fin: false, masking_key: Some(KEY), ..Frame::new(Opcode::Binary, &long) },
        Frame { masking_key: Some(KEY), ..Frame::new(Opcode::Ping, b"are you there?") },
        Frame { masking_key: Some(KEY), ..Frame::new(Opcode::Continuation, &long[..9]) },
    ] {
        frame.append_to(&mut bytes);
    }
    bytes
}

#[test]
fn a_frame_under_way_is_what_came_of_it() {
    let wire = stream();
    let ping = 8 + 300;
    let last = ping + 6 + 14;
    for cut in 0..=wire.len() {
        let mut decoder = Decoder::new(DecoderConfig::new(Role::Server));
        // Bytes by bytes, so that nothing is in one piece.
        for at in 0..cut {
            decoder.decode(&mut wire.clone()[at..=at], &mut Vec::new());
        }
        let (start, header_len, is_control) = match cut {
            _ if cut < ping => (0, 8, false),
            _ if cut < last => (ping, 6, true),
            _ if cut < wire.len() => (last, 6, false),
            _ => (cut, 0, false),
        };
        let so_far = &wire[start..cut];
        let expected = if is_control { so_far } else { &so_far[..so_far.len().min(header_len)] };
        assert_eq!(decoder.frame_under_way(), expected, "after {cut} bytes");
    }
    // The key is the frame's, however much of the payload came.
    let mut payload = wire[8..28].to_vec();
    Mask::new(KEY).apply(&mut payload);
    assert_eq!(payload, [7; 20]);
}

fn inflated(window: &[u8], payload: &[u8]) -> Option<Vec<u8>> {
    let fresh = Decompressor::new(ContextParams::default(), InflateLimits::NONE);
    let mut out = Vec::new();
    fresh.with_history(window).inflate(payload, true, &mut out).ok().map(|()| out)
}

#[test]
fn a_window_is_all_that_the_next_payload_needs() {
    let params = ContextParams::default();
    let mut compressor = Compressor::new(params, CompressOptions::default());
    let mut decompressor = Decompressor::new(params, InflateLimits::NONE);
    let mut said = Vec::new();
    for step in 0..40 {
        let text = format!("a bid of {step} on the chair of oak, or of {}; ", step * step);
        let fin = step % 3 == 2;
        let mut payload = Vec::new();
        compressor.compress(text.as_bytes(), fin, &mut payload);
        let window = decompressor.window().expect("each fragment ends with a flush");
        assert!(said.ends_with(&window));
        if fin {
            assert_eq!(inflated(&window, &payload).as_deref(), Some(text.as_bytes()));
        }
        decompressor.inflate(&payload, fin, &mut Vec::new()).unwrap();
        said.extend_from_slice(text.as_bytes());
    }
}

#[test]
fn inside_a_block_there_is_no_window() {
    let params = ContextParams::default();
    let mut payload = Vec::new();
    let text = "what is compressed as a whole ends inside a block wherever it is cut";
    Compressor::new(params, CompressOptions::default()).compress(
        text.as_bytes(),
        true,
        &mut payload,
    );
    for cut in 1..payload.len() {
        let mut decompressor = Decompressor::new(params, InflateLimits::NONE);
        decompressor.inflate(&payload[..cut], false, &mut Vec::new()).unwrap();
        assert_eq!(decompressor.window(), None, "after {cut} bytes");
        decompressor.inflate(&payload[cut..], true, &mut Vec::new()).unwrap();
        assert_eq!(decompressor.window().as_deref(), Some(text.as_bytes()));
    }
}

#[test]
fn a_compressor_that_is_put_to_sleep_tells_all_that_it_will_refer_to() {
    let mut pool = Pool::new(Pool::<Compressor>::DEFAULT_BUDGET_LEN);
    let id = pool.insert(Compressor::new(ContextParams::default(), CompressOptions::default()));
    let said: Vec<u8> = (0..9000_u32).flat_map(|n| n.to_le_bytes()).collect();
    pool.with(id, |compressor| compressor.compress(&said, true, &mut Vec::new()));
    assert!(pool.peek(id).unwrap().is_awake());
    assert_eq!(pool.peek(id).unwrap().history(), None);
    let mut window = pool.sleep(id).unwrap().history().unwrap();
    assert!(said.ends_with(&window) && !window.is_empty());
    assert_eq!(pool.awake_count(), 0);
    // Text that is in the window, and text that only the engine knew.
    for text in [&said[said.len() - 200..], &said[..200]] {
        let mut payload = Vec::new();
        pool.with(id, |compressor| compressor.compress(text, true, &mut payload));
        assert_eq!(inflated(&window, &payload).as_deref(), Some(text));
        window = pool.sleep(id).unwrap().history().unwrap();
    }
    let context = pool.take(id);
    assert!(context.is_some() && pool.sleep(id).is_none() && pool.peek(id).is_none());
}
