//! How a connection is configured.

#[cfg(feature = "deflate")]
use crate::deflate::{CompressOptions, InflateLimits};
#[cfg(feature = "deflate")]
use crate::handshake::DeflateParams;
use crate::{DecoderConfig, Limits, Role};

/// How a [`Connection`](super::Connection) is configured. The default: default limits, UTF-8 checked, nothing
/// compressed.
///
/// ```
/// use framewright_codec::ConnectionConfig;
///
/// let mut config = ConnectionConfig::default();
/// config.limits.max_payload_len = 1024 * 1024;
/// # #[cfg(feature = "deflate")]
/// # {
/// # let agreed = None;
/// config.deflate = agreed; // by the handshake: `Upgrade::deflate`, `Agreement::deflate`
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ConnectionConfig {
    /// What the peer may make this endpoint hold. The longest message counts before and after inflating.
    pub limits: Limits,
    /// Whether to check text messages and close reasons as UTF-8.
    pub validate_utf8: bool,
    /// The parameters of permessage-deflate, if the handshake agreed on it.
    #[cfg(feature = "deflate")]
    pub deflate: Option<DeflateParams>,
    /// How to compress.
    #[cfg(feature = "deflate")]
    pub compress: CompressOptions,
    /// Shorter messages are sent as they are. 1024 by default, as in ws without context takeover.
    #[cfg(feature = "deflate")]
    pub compress_min_len: usize,
    /// The most a message may grow by inflating: [`InflateLimits::max_ratio`].
    #[cfg(feature = "deflate")]
    pub max_inflate_ratio: Option<u32>,
}

impl ConnectionConfig {
    pub(super) fn decoder(&self, role: Role) -> DecoderConfig {
        DecoderConfig {
            role,
            #[cfg(feature = "deflate")]
            permessage_deflate: self.deflate.is_some(),
            #[cfg(not(feature = "deflate"))]
            permessage_deflate: false,
            validate_utf8: self.validate_utf8,
            limits: self.limits,
        }
    }

    #[cfg(feature = "deflate")]
    pub(super) fn inflate_limits(&self) -> InflateLimits {
        InflateLimits {
            max_message_len: self.limits.max_payload_len,
            max_ratio: self.max_inflate_ratio,
        }
    }
}

impl Default for ConnectionConfig {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            validate_utf8: true,
            #[cfg(feature = "deflate")]
            deflate: None,
            #[cfg(feature = "deflate")]
            compress: CompressOptions::default(),
            #[cfg(feature = "deflate")]
            compress_min_len: 1024,
            #[cfg(feature = "deflate")]
            max_inflate_ratio: None,
        }
    }
}
