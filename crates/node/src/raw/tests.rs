//! The callbacks beside the `#[napi]` functions, in turns, as JavaScript calls them. Under Miri, which
//! CONTRIBUTING.md says how to run, a reference that another one has made invalid is an error.

use framewright_host::ErrorNumber;
use framewright_host::layout::*;

use super::fake_node::{FakeNode, Value};
use crate::deflate::options::{CompressorOptions, DecompressorOptions};
use crate::shared_host::SharedHost;
use crate::{DecoderOptions, close_decoder, counters, open_decoder};
use crate::{deflate, set_max_payload_len};

/// A masked text frame that says “Hello”: RFC 6455, section 5.7.
const HELLO: [u8; 11] = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
const INTERNAL_ERROR: (u32, u32) = (ERROR, ErrorNumber::Internal as u32);

fn number(number: usize) -> Value {
    Value::Number(number as f64)
}

/// A view of memory that others may have views of.
fn view(memory: &mut [u8]) -> Value {
    Value::View(memory.as_mut_ptr(), memory.len())
}

fn decoder(node: &FakeNode) -> usize {
    let options = DecoderOptions {
        is_server: true,
        permessage_deflate: false,
        skip_utf8_validation: false,
        max_payload_len: None,
        max_fragments: None,
        max_buffered_chunks: None,
    };
    open_decoder(node.env(), options).expect("opens") as usize
}

/// The first event's kind, and where it is or which error.
fn first_event(node: &FakeNode) -> (u32, u32) {
    (node.word(EVENTS_AT), node.word(EVENTS_AT + OFFSET))
}

/// Decodes a chunk that says “Hello”, and checks that it was decoded.
fn decode_hello(node: &FakeNode, id: usize) {
    let mut chunk = HELLO;
    let returned = node.call("decode", &[number(id), view(&mut chunk)]);
    assert!(returned.is_ok());
    assert_eq!((node.word(COUNT), node.word(TAKEN)), (1, 11));
    assert_eq!((node.word(EVENTS_AT + OFFSET), node.word(EVENTS_AT + LENGTH)), (6, 5));
    assert_eq!(chunk[6..], *b"Hello");
}

#[test]
fn callbacks_and_functions_by_turns() {
    let node = FakeNode::with_addon();
    let ids = [decoder(&node), decoder(&node)];
    for id in ids {
        decode_hello(&node, id);
        assert_eq!(counters(node.env()).expect("counts").decoders, 2);
        decode_hello(&node, id);
        set_max_payload_len(node.env(), id as u32, Some(100), None).expect("sets it");
        decode_hello(&node, id);
    }
    close_decoder(node.env(), ids[0] as u32).expect("closes");
    decode_hello(&node, ids[1]);
    let counted = counters(node.env()).expect("counts");
    assert_eq!((counted.messages, counted.chunks, counted.decoders), (7.0, 7.0, 1));
}

#[test]
fn a_module_loaded_again_shares_the_instance() {
    let node = FakeNode::with_addon();
    let id = decoder(&node);
    decode_hello(&node, id);
    node.load();
    decode_hello(&node, id);
    assert_eq!(counters(node.env()).expect("counts").messages, 2.0);
}

#[test]
fn a_call_from_within_another_is_refused() {
    let node = FakeNode::with_addon();
    let id = decoder(&node);
    let shared = SharedHost::install(node.env()).expect("is there");
    let within = shared.with(|_| {
        node.call("decode", &[number(id), view(&mut HELLO.clone())]).expect("returns");
        (node.word(COUNT), first_event(&node), counters(node.env()).map(|_| ()))
    });
    let (events, error, counted) = within.expect("isn't in use");
    assert_eq!((events, error), (1, INTERNAL_ERROR));
    assert!(counted.expect_err("is refused").reason.contains("within its own call"));
    // The first call's end gives it back; nothing was lost.
    decode_hello(&node, id);
}

#[test]
fn what_is_no_chunk_is_an_internal_error() {
    let node = FakeNode::with_addon();
    let id = decoder(&node);
    let mut chunk = HELLO;
    let chunk = view(&mut chunk);
    let detached = Value::View(std::ptr::null_mut(), 0);
    for args in [
        &[][..],
        &[number(id)],
        &[number(id), Value::Undefined],
        &[number(id + 1), chunk],
        // The memory of the events themselves.
        &[number(id), node.table()],
        &[number(id), chunk, number(12)],
    ] {
        assert!(node.call("decode", args).is_ok());
        assert_eq!((node.word(COUNT), first_event(&node)), (1, INTERNAL_ERROR));
    }
    let id = decoder(&node);
    assert!(node.call("decode", &[number(id), detached]).is_ok());
    assert_eq!(node.word(COUNT), 0);
}

#[test]
fn decodes_a_copy() {
    let node = FakeNode::with_addon();
    let id = decoder(&node);
    let mut source = [0; 64];
    source[..11].copy_from_slice(&HELLO);
    let read = source;
    let mut chunk = [0; 11];
    let args = [number(id), view(&mut chunk), number(0), view(&mut source)];
    assert!(node.call("decode", &args).is_ok());
    assert_eq!((node.word(COUNT), node.word(TAKEN)), (1, 11));
    assert_eq!((&chunk[6..], source), (&b"Hello"[..], read));
    // Parts of the same memory.
    let memory = source.as_mut_ptr();
    let args = [Value::View(memory.wrapping_add(4), 11), number(0), Value::View(memory, 60)];
    assert!(node.call("decode", &[&[number(id)], &args[..]].concat()).is_ok());
    assert_eq!(source[10..15], *b"Hello");
    for no_source in [Value::Undefined, Value::View(source.as_mut_ptr(), 10)] {
        let args = [number(id), view(&mut chunk), number(0), no_source];
        assert!(node.call("decode", &args).is_ok());
        assert_eq!((node.word(COUNT), first_event(&node)), (1, INTERNAL_ERROR));
        assert_eq!(node.word(TAKEN), 11);
    }
}

#[test]
fn masks_memory_onto_itself() {
    let node = FakeNode::with_addon();
    let key = &mut [1, 2, 3, 4];
    for (source_at, target_at) in [(0, 0), (0, 3), (5, 1), (0, 24)] {
        let mut memory: Vec<u8> = (0..44).collect();
        let source = memory[source_at..][..20].to_vec();
        let whole = memory.as_mut_ptr();
        let source_view = Value::View(whole.wrapping_add(source_at), 20);
        let args = [source_view, view(key), Value::View(whole, 44), number(target_at), number(20)];
        node.call("mask", &args).expect("masks");
        let expected = source.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key);
        assert!(memory[target_at..][..20].iter().copied().eq(expected));
    }
    // The key may be part of it, too.
    let mut memory = [7; 8];
    let args = [view(&mut memory); 3].into_iter().chain([number(0), number(8)]);
    node.call("mask", &args.collect::<Vec<_>>()).expect("masks");
    assert_eq!(memory, [0; 8]);
    for (at, len) in [(0, 9), (1, 8), (9, 0), (u32::MAX as usize, u32::MAX as usize)] {
        let all = view(&mut memory);
        assert!(node.call("mask", &[all, all, all, number(at), number(len)]).is_err());
    }
    assert_eq!(counters(node.env()).expect("counts").masked, 5.0);
}

#[test]
fn compresses_and_inflates_onto_the_source() {
    let node = FakeNode::with_addon();
    let env = node.env();
    let options = CompressorOptions {
        window_bits: 9,
        context_takeover: true,
        level: Some(1),
        mem_level: Some(1),
        strategy: None,
    };
    let compressor = deflate::open_compressor(env, options).expect("opens") as usize;
    let options =
        DecompressorOptions { window_bits: 9, context_takeover: true, max_message_len: None };
    let decompressor = deflate::open_decompressor(env, options).expect("opens") as usize;
    let fin = Value::Boolean(true);
    for round in 0..2 {
        let mut memory = *b"what is said, what is said, what is said";
        let said = memory;
        let all = view(&mut memory);
        let len = node.call("compress", &[number(compressor), all, fin, all, number(0)]);
        let len = len.expect("compresses") as usize;
        assert!(0 < len && len < said.len());
        assert_eq!(deflate::deflate_counters(env).expect("counts").compressors, 1);
        let Value::View(at, _) = all else { unreachable!() };
        let flags = number(ENDS_MESSAGE as usize);
        let args = [number(decompressor), Value::View(at, len), flags, all, number(0)];
        assert_eq!(node.call("inflate", &args), Ok(said.len() as f64));
        assert_eq!(memory, said, "round {round}");
    }
    let mut memory = [0; 4];
    let all = view(&mut memory);
    for args in [
        &[number(compressor), all, fin, all, number(5)][..],
        &[number(compressor), all, fin, Value::Undefined, number(0)],
        &[number(compressor), all],
    ] {
        assert!(node.call("compress", args).is_err());
    }
    // A target that is too short is left alone.
    assert!(node.call("compress", &[number(compressor), all, fin, all, number(4)]).is_ok());
    assert_eq!(memory, [0; 4]);
    assert_eq!(
        node.call("compress", &[number(99), all, fin]),
        Ok(!(ErrorNumber::Internal as i64) as f64)
    );
}

#[test]
#[cfg(unix)]
#[cfg_attr(miri, ignore = "Miri has no sockets")]
fn sends_what_the_kernel_takes() {
    use std::io::Read;
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

    let node = FakeNode::with_addon();
    let (socket, mut peer) = UnixStream::pair().expect("opens");
    socket.set_nonblocking(true).expect("sets it");
    let fd = number(socket.as_raw_fd() as usize);
    let mut bytes = *b"..Hello..";
    let source = view(&mut bytes);
    assert_eq!(node.call("send", &[fd, source, number(2), number(5)]), Ok(5.0));
    let mut read = [0; 5];
    peer.read_exact(&mut read).expect("reads");
    assert_eq!(read, *b"Hello");
    // What isn't there.
    for (at, len) in [(2, 8), (10, 0), (u32::MAX as usize, u32::MAX as usize)] {
        assert_eq!(node.call("send", &[fd, source, number(at), number(len)]), Ok(0.0));
    }
    assert_eq!(node.call("send", &[fd]), Ok(0.0));
    // A peer that doesn't read: some of it, then none.
    let mut long = vec![7; 1 << 22];
    let all = [fd, view(&mut long), number(0), number(1 << 22)];
    let sent = node.call("send", &all).expect("returns");
    assert!(0.0 < sent && sent < f64::from(1 << 22));
    while node.call("send", &all) != Ok(0.0) {}
    // A peer that is gone, and what is no socket.
    drop(peer);
    assert_eq!(node.call("send", &[fd, source, number(0), number(1)]), Ok(0.0));
    let file = std::fs::File::open(file!().replace("crates/node/", "")).expect("opens");
    let fd = number(file.as_raw_fd() as usize);
    assert_eq!(node.call("send", &[fd, source, number(0), number(1)]), Ok(0.0));
    // The socket is still open, and nobody else's.
    assert!(socket.peer_addr().is_ok());
}
