//! permessage-deflate: its parameters and their negotiation (RFC 7692 §7.1).

mod config;
mod offer;
mod param;
mod params;

pub use config::{DeflateConfig, WindowBitsPolicy};
pub use offer::{ClientMaxWindowBits, DeflateOffer};
pub use param::{DeflateParam, WindowBits};
pub use params::DeflateParams;

/// The extension's registered name.
pub const PERMESSAGE_DEFLATE: &str = "permessage-deflate";
