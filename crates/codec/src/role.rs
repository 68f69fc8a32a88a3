//! Which end of the connection this is.

/// This endpoint's role: it decides which direction carries masked frames (RFC 6455 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Sends masked frames and must receive unmasked ones.
    Client,
    /// Sends unmasked frames and must receive masked ones.
    Server,
}
