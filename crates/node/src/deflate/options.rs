//! JavaScript's options for a context, as the codec takes them.

use framewright_codec::deflate::{
    CompressOptions, Compressor, ContextParams, Decompressor, InflateLimits, Level, MemLevel,
    Strategy,
};
use framewright_codec::handshake::WindowBits;
use napi::Status;
use napi::bindgen_prelude::{Error, Result};
use napi_derive::napi;

/// How to compress one direction of a connection. What is missing is as in zlib.
#[napi(object)]
pub struct CompressorOptions {
    /// The agreed window bits, 8–15.
    pub window_bits: u32,
    /// Whether a message may refer to earlier ones.
    pub context_takeover: bool,
    /// −1 to 9.
    pub level: Option<i32>,
    /// 1 to 9.
    pub mem_level: Option<u32>,
    /// 0 to 4, as zlib numbers them.
    pub strategy: Option<u32>,
}

impl CompressorOptions {
    pub(super) fn compressor(&self) -> Result<Compressor> {
        let params = params(self.window_bits, self.context_takeover)?;
        let mut options = CompressOptions::default();
        let level = match self.level {
            None | Some(-1) => Some(options.level),
            Some(level) => u8::try_from(level).ok().and_then(Level::new),
        };
        let mem_level = match self.mem_level {
            None => Some(options.mem_level),
            Some(mem_level) => u8::try_from(mem_level).ok().and_then(MemLevel::new),
        };
        let strategy = match self.strategy {
            None | Some(0) => Some(Strategy::Default),
            Some(1) => Some(Strategy::Filtered),
            Some(2) => Some(Strategy::HuffmanOnly),
            Some(3) => Some(Strategy::Rle),
            Some(4) => Some(Strategy::Fixed),
            Some(_) => None,
        };
        options.level = level.ok_or_else(|| out_of_range("level"))?;
        options.mem_level = mem_level.ok_or_else(|| out_of_range("memLevel"))?;
        options.strategy = strategy.ok_or_else(|| out_of_range("strategy"))?;
        Ok(Compressor::new(params, options))
    }
}

/// How to inflate one direction of a connection.
#[napi(object)]
pub struct DecompressorOptions {
    /// The agreed window bits, 8–15.
    pub window_bits: u32,
    /// Whether a message may refer to earlier ones.
    pub context_takeover: bool,
    /// The longest message in bytes; missing means no limit.
    pub max_message_len: Option<u32>,
}

impl DecompressorOptions {
    pub(super) fn decompressor(&self) -> Result<Decompressor> {
        let params = params(self.window_bits, self.context_takeover)?;
        let mut limits = InflateLimits::NONE;
        limits.max_message_len = self.max_message_len.map_or(u64::MAX, u64::from);
        Ok(Decompressor::new(params, limits))
    }
}

fn params(window_bits: u32, context_takeover: bool) -> Result<ContextParams> {
    let bits = u8::try_from(window_bits).ok().and_then(WindowBits::new);
    let max_window_bits = bits.ok_or_else(|| out_of_range("windowBits"))?;
    Ok(ContextParams { max_window_bits, context_takeover })
}

fn out_of_range(name: &str) -> Error {
    Error::new(Status::InvalidArg, format!("{name} is out of range"))
}
