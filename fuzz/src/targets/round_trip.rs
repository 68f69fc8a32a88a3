//! What is encoded, and compressed, decodes to what it was.

use framewright_codec::deflate::{
    CompressOptions, Compressor, ContextParams, Decompressor, InflateLimits, Level, MemLevel, Pool,
    Strategy,
};
use framewright_codec::handshake::WindowBits;
use framewright_codec::{
    DecoderConfig, Frame, FrameHeader, Limits, Message, MessageType, Opcode, Received, Role,
};

use crate::input::{Input, cut};
use crate::said::decode;

/// What was put in, with each message's payload as a whole.
#[derive(Debug, PartialEq)]
enum Item {
    Message(MessageType, Vec<u8>),
    Control(Opcode, Vec<u8>),
}

/// Ten bytes of choices, then items: one of kind, one of length (in eights if over 127), payload.
///
/// | byte | chooses |
/// | --- | --- |
/// | 0 | bit 0 masked, 1 compressed, 2 no context takeover; from bit 3 on the window |
/// | 1 | level |
/// | 2 | strategy, and how much history a sleeping compressor keeps |
/// | 3 | the engines' memory level |
/// | 4 | the pools' budget: 0 puts contexts to sleep between messages |
/// | 5 | the room for events in a call |
/// | 6–9 | lengths of chunks, round and round; also the masking key |
///
/// An item's kind: bits 0–1 text, binary, ping or pong; above that the number of fragments.
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let [flags, level, strategy, mem_level, budget, room] = input.bytes();
    let key: [u8; 4] = input.bytes();
    let masked = flags & 1 != 0;
    let compresses = flags & 2 != 0;
    let params = ContextParams {
        max_window_bits: WindowBits::new(8 + (flags >> 3) % 8).unwrap_or(WindowBits::MAX),
        context_takeover: flags & 4 == 0,
    };
    let mut options = CompressOptions::default();
    options.level = Level::new(level % 10).unwrap_or_default();
    options.mem_level = MemLevel::new(1 + mem_level % 9).unwrap_or_default();
    options.strategy = [
        Strategy::Default,
        Strategy::Filtered,
        Strategy::HuffmanOnly,
        Strategy::Rle,
        Strategy::Fixed,
    ][usize::from(strategy) % 5];
    options.history_len = usize::from(strategy) * 64;
    let mut compressors = Pool::new(usize::from(budget) * 1024);
    let compressor = compressors.insert(Compressor::new(params, options));
    let mut decompressors = Pool::new(usize::from(budget) * 1024);
    let decompressor = decompressors.insert(Decompressor::new(params, InflateLimits::NONE));

    let (mut items, mut stream) = (Vec::new(), Vec::new());
    while !input.is_empty() {
        let [kind, len] = input.bytes();
        let len = if len > 127 { usize::from(len - 127) * 8 } else { usize::from(len) };
        let payload = input.take(len);
        if kind & 2 != 0 {
            let opcode = if kind & 1 != 0 { Opcode::Pong } else { Opcode::Ping };
            let payload = &payload[..payload.len().min(125)];
            encode(Frame::new(opcode, payload), masked.then_some(key), &mut stream);
            items.push(Item::Control(opcode, payload.to_vec()));
            continue;
        }
        let is_text = kind & 1 != 0 && std::str::from_utf8(payload).is_ok();
        let (opcode, message_type) = match is_text {
            true => (Opcode::Text, MessageType::Text),
            false => (Opcode::Binary, MessageType::Binary),
        };
        let fragments = usize::from(kind >> 2) % 8 + 1;
        let fragment_len = payload.len().div_ceil(fragments);
        for index in 0..fragments {
            let start = (index * fragment_len).min(payload.len());
            let end = (start + fragment_len).min(payload.len());
            let fin = index + 1 == fragments;
            let mut fragment = payload[start..end].to_vec();
            if compresses {
                let plain = std::mem::take(&mut fragment);
                compressors
                    .with(compressor, |compressor| compressor.compress(&plain, fin, &mut fragment));
            }
            let opcode = if index == 0 { opcode } else { Opcode::Continuation };
            let rsv1 = compresses && index == 0;
            let frame = Frame { fin, rsv1, ..Frame::new(opcode, &fragment) };
            encode(frame, masked.then_some(key), &mut stream);
        }
        items.push(Item::Message(message_type, payload.to_vec()));
    }

    let role = if masked { Role::Server } else { Role::Client };
    let mut config = DecoderConfig::new(role);
    config.permessage_deflate = compresses;
    config.limits = Limits::NONE;
    let inflate = |payload: &[u8], fin, text: &mut Vec<u8>| {
        let inflated = decompressors.with(decompressor, |d| d.inflate(payload, fin, text));
        Ok(inflated.expect("it is here")?)
    };
    let chunks = cut(&stream, &key);
    let (said, _) = decode(config, &chunks, usize::from(room).max(1), inflate);
    let decoded: Vec<Item> = said
        .into_iter()
        .map(|said| match said {
            Received::Ping(payload) => Item::Control(Opcode::Ping, payload.into_owned()),
            Received::Pong(payload) => Item::Control(Opcode::Pong, payload.into_owned()),
            Received::Message(Message { message_type, payload }) => {
                Item::Message(message_type, payload.into_owned())
            }
            Received::Close { .. } | Received::Failed(_) => panic!("none was sent: {said:?}"),
        })
        .collect();
    assert_eq!(decoded, items);
}

/// Encodes a frame in both ways, which agree.
fn encode(frame: Frame<'_>, key: Option<[u8; 4]>, stream: &mut Vec<u8>) {
    let frame = Frame { masking_key: key, ..frame };
    let start = stream.len();
    frame.append_to(stream);
    let mut out = vec![0; stream.len() - start];
    assert_eq!(frame.encoded_len(), out.len());
    assert_eq!(frame.encode(&mut out), Ok(out.len()));
    assert_eq!(out, stream[start..]);
    let header_len = out.len() - frame.payload.len();
    assert_eq!(FrameHeader::parse(&out), Some((frame.header(), header_len)));
}
