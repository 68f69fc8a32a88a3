mod broken;
mod corpus;
mod foreign;
mod limits;
mod pool;
mod reference;
mod round_trip;
mod sleep;
mod vectors;

use std::vec::Vec;

use super::{
    CompressOptions, Compressor, ContextParams, Decompressor, InflateError, InflateLimits,
};
use crate::handshake::WindowBits;

/// How many there are of something; Miri takes a thousand times as long for each.
const fn count(usual: usize, under_miri: usize) -> usize {
    if cfg!(miri) { under_miri } else { usual }
}

fn params(bits: u8, context_takeover: bool) -> ContextParams {
    ContextParams { max_window_bits: WindowBits::new(bits).unwrap(), context_takeover }
}

fn compressor(params: ContextParams) -> Compressor {
    Compressor::new(params, CompressOptions::default())
}

fn decompressor(params: ContextParams) -> Decompressor {
    Decompressor::new(params, InflateLimits::NONE)
}

fn compress(compressor: &mut Compressor, message: &[u8]) -> Vec<u8> {
    let mut payload = Vec::new();
    compressor.compress(message, true, &mut payload);
    payload
}

fn inflate(decompressor: &mut Decompressor, payload: &[u8]) -> Result<Vec<u8>, InflateError> {
    let mut message = Vec::new();
    decompressor.inflate(payload, true, &mut message)?;
    Ok(message)
}
