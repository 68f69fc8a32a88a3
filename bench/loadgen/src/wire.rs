//! Frames on the wire, written plainly and apart from the codec that is measured.

pub(crate) mod deflate;

use crate::args::Kind;

/// One frame (§5.2), the length in its shortest form.
pub(crate) fn encode_frame(out: &mut Vec<u8>, kind: Kind, payload: &[u8], key: Option<[u8; 4]>) {
    encode_header(out, kind, payload.len(), key);
    let key = key.unwrap_or_default();
    out.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
}

/// A frame's header.
pub(crate) fn encode_header(out: &mut Vec<u8>, kind: Kind, len: usize, key: Option<[u8; 4]>) {
    let mask_bit = if key.is_some() { 0x80 } else { 0 };
    out.push(if kind == Kind::Binary { 0x82 } else { 0x81 });
    match len {
        0..126 => out.push(mask_bit | len as u8),
        126..65536 => {
            out.push(mask_bit | 126);
            out.extend((len as u16).to_be_bytes());
        }
        _ => {
            out.push(mask_bit | 127);
            out.extend((len as u64).to_be_bytes());
        }
    }
    out.extend(key.iter().flatten());
}
