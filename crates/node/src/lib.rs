//! Framewright's host as a Node addon. It translates arguments; `framewright-host` does the rest.
//!
//! What runs once per socket chunk goes through [`raw`], plain Node-API callbacks without the cost of
//! generated glue; the rest is `#[napi]`. An id that isn't open is ignored where nothing else is said.

#![deny(unsafe_code)]

pub mod deflate;
mod raw;
mod shared_host;

use napi::bindgen_prelude::{Buffer, BufferSlice, Env, Object, Result};
use napi_derive::napi;

use shared_host::with_host;

/// How to decode one direction of a connection. A missing limit means none.
#[napi(object)]
pub struct DecoderOptions {
    /// Whether this endpoint is the server.
    pub is_server: bool,
    /// Whether permessage-deflate was negotiated.
    pub permessage_deflate: bool,
    /// Whether to leave text unchecked.
    pub skip_utf8_validation: bool,
    /// The longest message in bytes, before inflating and after.
    pub max_payload_len: Option<u32>,
    /// The most fragments in one message.
    pub max_fragments: Option<u32>,
    /// The most chunks an incomplete header field or payload may be spread over.
    pub max_buffered_chunks: Option<u32>,
}

/// What all decoders of this environment have seen.
#[napi(object)]
pub struct CodecCounters {
    /// Chunks decoded.
    pub chunks: f64,
    /// Frames decoded, control frames included.
    pub frames: f64,
    /// Data messages decoded.
    pub messages: f64,
    /// Payloads masked.
    pub masked: f64,
    /// Decoders in use now.
    pub decoders: u32,
}

/// The layout of the event table and the list of errors, as JSON.
#[napi]
pub fn contract() -> String {
    framewright_host::contract()
}

/// Opens a decoder; its id is for `decode` and `closeDecoder`.
#[napi]
pub fn open_decoder(env: Env, options: DecoderOptions) -> Result<u32> {
    let options = framewright_host::DecoderOptions {
        is_server: options.is_server,
        permessage_deflate: options.permessage_deflate,
        skip_utf8_validation: options.skip_utf8_validation,
        max_payload_len: options.max_payload_len,
        max_fragments: options.max_fragments,
        max_buffered_chunks: options.max_buffered_chunks,
    };
    with_host(env, |host| host.decoders.open(options))
}

/// Sets the longest message that a decoder takes, in bytes, before inflating and after; missing means no
/// limit. With `skipTooBig`, a longer one is skipped.
#[napi]
pub fn set_max_payload_len(
    env: Env,
    id: u32,
    max_payload_len: Option<u32>,
    skip_too_big: Option<bool>,
) -> Result<()> {
    let skips = skip_too_big.unwrap_or(false);
    with_host(env, |host| host.decoders.set_max_payload_len(id, max_payload_len, skips))
}

/// Whether a decoder has seen whole messages only, so that another may go on from there.
#[napi]
pub fn is_between_messages(env: Env, id: u32) -> Result<bool> {
    with_host(env, |host| host.decoders.is_between_messages(id))
}

/// The bytes so far of a frame whose last one hasn't come, as they are on the wire, but without a data frame's
/// payload.
#[napi]
pub fn frame_under_way(env: Env, id: u32) -> Result<Buffer> {
    with_host(env, |host| host.decoders.frame_under_way(id).into())
}

/// Checks what a compressed frame of a decoder inflated to, elsewhere or on the thread pool. `flags` are those of the
/// frame's last piece in the event table. Returns as `inflate`.
#[napi]
pub fn check_inflated(env: Env, id: u32, text: BufferSlice<'_>, flags: u32) -> Result<i64> {
    with_host(env, |host| host.decoders.check_inflated(id, &text, flags).to_number())
}

/// Frees a decoder.
#[napi]
pub fn close_decoder(env: Env, id: u32) -> Result<()> {
    with_host(env, |host| host.decoders.close(id))
}

/// What the codec has counted in this environment.
#[napi]
pub fn counters(env: Env) -> Result<CodecCounters> {
    let totals = with_host(env, |host| host.decoders.totals())?;
    Ok(CodecCounters {
        chunks: totals.decoded.chunks as f64,
        frames: totals.decoded.frames as f64,
        messages: totals.decoded.messages as f64,
        masked: totals.masked as f64,
        decoders: totals.decoders as u32,
    })
}

/// Adds what `#[napi]` does not: the raw callbacks and the event table.
#[napi(module_exports)]
pub fn register(exports: Object<'_>, env: Env) -> Result<()> {
    raw::register(env, &exports)
}
