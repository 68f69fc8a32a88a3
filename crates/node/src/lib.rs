//! Framewright's codec as a Node addon. Translation only: every protocol decision is the codec's.
//!
//! What runs once per socket chunk goes through [`raw`], plain Node-API callbacks without the cost of
//! generated glue; the rest is `#[napi]`.

#![deny(unsafe_code)]

pub mod deflate;
mod instance;
mod raw;

use framewright_codec::{Decoder, DecoderConfig, Limits, Role};
use napi::bindgen_prelude::{Env, Object, Result};
use napi_derive::napi;

use instance::Instance;

/// How to decode one direction of a connection. A missing limit means none.
#[napi(object)]
pub struct DecoderOptions {
    /// Whether this endpoint is the server.
    pub is_server: bool,
    /// Whether permessage-deflate was negotiated.
    pub permessage_deflate: bool,
    /// Whether to leave text unchecked.
    pub skip_utf8_validation: bool,
    /// The longest message in octets, before inflating.
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

/// Opens a decoder; its id is for `decode` and `closeDecoder`.
#[napi]
pub fn open_decoder(env: Env, options: DecoderOptions) -> Result<u32> {
    let config = DecoderConfig {
        role: if options.is_server { Role::Server } else { Role::Client },
        permessage_deflate: options.permessage_deflate,
        validate_utf8: !options.skip_utf8_validation,
        limits: Limits {
            max_payload_len: options.max_payload_len.map_or(u64::MAX, u64::from),
            max_fragments: options.max_fragments.unwrap_or(u32::MAX),
            max_buffered_chunks: options.max_buffered_chunks.unwrap_or(u32::MAX),
        },
    };
    Instance::with(env, |instance| instance.open_decoder(Decoder::new(config)))
}

/// Sets the longest message that a decoder takes, in octets, before inflating; missing means no limit. An id that
/// isn't open is ignored.
#[napi]
pub fn set_max_payload_len(env: Env, id: u32, max_payload_len: Option<u32>) -> Result<()> {
    Instance::with(env, |instance| {
        if let Some(decoder) = instance.decoder(id) {
            decoder.set_max_payload_len(max_payload_len.map_or(u64::MAX, u64::from));
        }
    })
}

/// Whether a decoder has seen whole messages only, so that another may go on from there. Not so for an id that isn't
/// open.
#[napi]
pub fn is_between_messages(env: Env, id: u32) -> Result<bool> {
    Instance::with(env, |instance| {
        instance.decoder(id).is_some_and(|decoder| decoder.is_between_messages())
    })
}

/// Frees a decoder. An id that isn't open is ignored.
#[napi]
pub fn close_decoder(env: Env, id: u32) -> Result<()> {
    Instance::with(env, |instance| instance.close_decoder(id))
}

/// What the codec has counted in this environment.
#[napi]
pub fn counters(env: Env) -> Result<CodecCounters> {
    Instance::with(env, |instance| instance.counters())
}

/// Adds what `#[napi]` does not: the raw callbacks and the event table.
#[napi(module_exports)]
pub fn register(exports: Object<'_>, env: Env) -> Result<()> {
    raw::register(env, &exports)
}
