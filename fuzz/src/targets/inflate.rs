//! The inflating side on any bytes: within its limits, and the same in steps as in one go.

use framewright_codec::deflate::{ContextParams, Decompressor, InflateError, InflateLimits, Pool};
use framewright_codec::handshake::WindowBits;
use miniz_oxide::inflate::stream::InflateState;
use miniz_oxide::{DataFormat, MZFlush, MZStatus};

use crate::input::Input;

/// What one direction inflated to: a text for each message, and how it ended.
type Inflated = (Vec<Vec<u8>>, Option<InflateError>);

struct Frame<'a> {
    payload: &'a [u8],
    fin: bool,
}

/// Four bytes of choices, then frames: one of length (in eights if over 127), one whose lowest bit says
/// that another fragment follows, payload.
///
/// | byte | chooses |
/// | --- | --- |
/// | 0 | bit 0 no context takeover; from bit 1 on the window |
/// | 1 | the longest message in KiB; 0 for no limit |
/// | 2 | the largest ratio; 0 for any |
/// | 3 | how much to inflate at once, in 16 bytes |
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let [flags, max_len, max_ratio, step] = input.bytes();
    let params = ContextParams {
        max_window_bits: WindowBits::new(8 + (flags >> 1) % 8).unwrap_or(WindowBits::MAX),
        context_takeover: flags & 1 == 0,
    };
    let mut limits = InflateLimits::NONE;
    limits.max_message_len = if max_len == 0 { 1 << 20 } else { u64::from(max_len) * 1024 };
    limits.max_ratio = (max_ratio > 0).then_some(max_ratio.into());
    let mut frames = Vec::new();
    while !input.is_empty() {
        let [len, more] = input.bytes();
        let len = if len > 127 { usize::from(len - 127) * 8 } else { usize::from(len) };
        frames.push(Frame { payload: input.take(len), fin: more & 1 == 0 });
    }

    let whole = inflate(Decompressor::new(params, limits), limits, &frames);
    let steps = inflate_in_steps(params, limits, &frames, usize::from(step) * 16 + 1);
    assert_eq!(whole, steps);
    check_sleep(params, limits, &frames, &whole);
    if params == ContextParams::default() {
        check_twin(&frames, &whole);
    }
}

fn inflate(
    mut decompressor: Decompressor,
    limits: InflateLimits,
    frames: &[Frame<'_>],
) -> Inflated {
    let (mut texts, mut text) = (Vec::new(), Vec::new());
    let mut given_len = 0;
    for frame in frames {
        given_len += frame.payload.len() as u64;
        if let Err(error) = decompressor.inflate(frame.payload, frame.fin, &mut text) {
            assert_eq!(decompressor.inflate(&[], true, &mut Vec::new()), Err(error));
            return (texts, Some(error));
        }
        assert!(text.len() as u64 <= limits.max_message_len);
        if let Some(ratio) = limits.max_ratio {
            let free = InflateLimits::RATIO_FREE_LEN;
            assert!(text.len() as u64 <= free.max(given_len * u64::from(ratio)));
        }
        if frame.fin {
            texts.push(std::mem::take(&mut text));
            given_len = 0;
        }
    }
    (texts, None)
}

fn inflate_in_steps(
    params: ContextParams,
    limits: InflateLimits,
    frames: &[Frame<'_>],
    step_len: usize,
) -> Inflated {
    let mut decompressor = Decompressor::new(params, limits);
    let (mut texts, mut text) = (Vec::new(), Vec::new());
    for frame in frames {
        let mut rest = frame.payload;
        loop {
            let before = text.len();
            match decompressor.inflate_step(rest, frame.fin, step_len, &mut text) {
                Err(error) => return (texts, Some(error)),
                Ok(step) => {
                    let gained = text.len() - before;
                    assert!(gained <= step_len);
                    assert!(step.finished || step.consumed > 0 || gained > 0, "no progress");
                    rest = &rest[step.consumed..];
                    if step.finished {
                        break;
                    }
                }
            }
        }
        if frame.fin {
            texts.push(std::mem::take(&mut text));
        }
    }
    (texts, None)
}

/// A context that sleeps after every message says the same, or fails where a message ended inside a block.
fn check_sleep(
    params: ContextParams,
    limits: InflateLimits,
    frames: &[Frame<'_>],
    whole: &Inflated,
) {
    let mut pool = Pool::new(0);
    let id = pool.insert(Decompressor::new(params, limits));
    let (mut texts, mut text) = (Vec::new(), Vec::new());
    for frame in frames {
        let result = pool.with(id, |d| d.inflate(frame.payload, frame.fin, &mut text));
        match result.expect("it is here") {
            Err(error) => {
                let same = Some(error) == whole.1 && texts.len() == whole.0.len();
                assert!(same || error == InflateError::Corrupt);
                break;
            }
            Ok(()) if frame.fin => texts.push(std::mem::take(&mut text)),
            Ok(()) => {}
        }
    }
    assert!(whole.0.starts_with(&texts));
}

/// Another inflater, fed the same stream with what a message's end adds, has the same text, as long as no
/// block says that it is the last.
fn check_twin(frames: &[Frame<'_>], (texts, _): &Inflated) {
    let mut twin = InflateState::new_boxed(DataFormat::Raw);
    let mut frames = frames.iter();
    for text in texts {
        let mut payload = Vec::new();
        for frame in frames.by_ref() {
            payload.extend_from_slice(frame.payload);
            if frame.fin {
                break;
            }
        }
        payload.extend_from_slice(&[0, 0, 0xff, 0xff]);
        let (mut inflated, mut out) = (Vec::new(), [0; 4096]);
        let mut rest = &payload[..];
        loop {
            let result =
                miniz_oxide::inflate::stream::inflate(&mut twin, rest, &mut out, MZFlush::Sync);
            inflated.extend_from_slice(&out[..result.bytes_written]);
            rest = &rest[result.bytes_consumed..];
            match result.status {
                Ok(MZStatus::Ok) if result.bytes_written == 0 && rest.is_empty() => break,
                Ok(MZStatus::Ok) => {}
                // The stream's end, or what the twin is stricter about.
                Ok(_) | Err(miniz_oxide::MZError::Data) => return,
                Err(_) if rest.is_empty() => break,
                Err(_) => return,
            }
        }
        assert_eq!(&inflated, text);
    }
}
