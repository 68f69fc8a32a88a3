//! Where masking keys come from.

/// Gives the masking key of each frame that is sent: a client's caller gives a closure, a server has
/// [`Unmasked`].
pub trait MaskingKeys {
    /// The next frame's key; `None` if frames are not masked.
    fn next_key(&mut self) -> Option<[u8; 4]>;
}

/// The masking keys of a server: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unmasked;

impl MaskingKeys for Unmasked {
    #[inline]
    fn next_key(&mut self) -> Option<[u8; 4]> {
        None
    }
}

impl<F: FnMut() -> [u8; 4]> MaskingKeys for F {
    #[inline]
    fn next_key(&mut self) -> Option<[u8; 4]> {
        Some(self())
    }
}
