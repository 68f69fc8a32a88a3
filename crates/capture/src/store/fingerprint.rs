//! A hash of bytes. Equal bytes have equal hashes; where hashes are equal, compare the bytes.

/// FNV-1a of 64 bits.
pub(crate) fn fingerprint(bytes: &[u8]) -> u64 {
    let add = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, add)
}
