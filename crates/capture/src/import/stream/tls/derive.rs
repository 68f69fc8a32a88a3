//! From secrets to keys.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac as _};
use sha2::{Sha256, Sha384};

use super::suite::Hash;

/// TLS 1.2's pseudorandom function (RFC 5246 §5).
pub(super) fn prf(hash: Hash, secret: &[u8], label: &[u8], seed: &[u8], len: usize) -> Vec<u8> {
    let seed = [label, seed].concat();
    let mut out = Vec::with_capacity(len + 64);
    let mut a = seed.clone();
    while out.len() < len {
        a = hmac(hash, secret, &[&a]);
        out.extend(hmac(hash, secret, &[&a, &seed]));
    }
    out.truncate(len);
    out
}

fn hmac(hash: Hash, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    macro_rules! run {
        ($digest:ty) => {{
            // Any length of key will do (RFC 2104 §2), so this is never the other.
            let Ok(mut mac) = <Hmac<$digest> as KeyInit>::new_from_slice(key) else {
                return vec![0; 64];
            };
            parts.iter().for_each(|part| mac.update(part));
            mac.finalize().into_bytes().to_vec()
        }};
    }
    match hash {
        Hash::Sha256 => run!(Sha256),
        Hash::Sha384 => run!(Sha384),
    }
}

/// TLS 1.3's HKDF-Expand-Label without a context (RFC 8446 §7.1). `None` for a secret that isn't as long as
/// the hash.
pub(super) fn expand_label(hash: Hash, secret: &[u8], label: &str, len: usize) -> Option<Vec<u8>> {
    let label = format!("tls13 {label}");
    let len16 = (len as u16).to_be_bytes();
    let info = [&len16[..], &[label.len() as u8], label.as_bytes(), &[0]].concat();
    let mut out = vec![0; len];
    match hash {
        Hash::Sha256 => Hkdf::<Sha256>::from_prk(secret).ok()?.expand(&info, &mut out).ok()?,
        Hash::Sha384 => Hkdf::<Sha384>::from_prk(secret).ok()?.expand(&info, &mut out).ok()?,
    }
    Some(out)
}
