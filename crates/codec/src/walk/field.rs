//! The fields of one frame: each bit of it belongs to exactly one.

use core::ops::Range;

use crate::{FrameHeader, HeaderPrefix, LenForm, Opcode};

/// What a field of a frame is (RFC 6455 §5.2, §5.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// FIN, one bit.
    Fin,
    /// RSV1, one bit.
    Rsv1,
    /// RSV2, one bit.
    Rsv2,
    /// RSV3, one bit.
    Rsv3,
    /// The opcode, four bits.
    Opcode,
    /// MASK, one bit.
    Mask,
    /// The seven length bits.
    PayloadLen,
    /// The 16- or 64-bit length.
    ExtendedPayloadLen,
    /// The masking key, 32 bits.
    MaskingKey,
    /// The first two bytes of a close frame's payload.
    CloseCode,
    /// The rest of a close frame's payload.
    CloseReason,
    /// Any other frame's payload.
    Payload,
}

impl FieldKind {
    /// The field's name in RFC 6455.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fin => "FIN",
            Self::Rsv1 => "RSV1",
            Self::Rsv2 => "RSV2",
            Self::Rsv3 => "RSV3",
            Self::Opcode => "opcode",
            Self::Mask => "MASK",
            Self::PayloadLen => "Payload len",
            Self::ExtendedPayloadLen => "Extended payload length",
            Self::MaskingKey => "Masking-key",
            Self::CloseCode => "Close code",
            Self::CloseReason => "Close reason",
            Self::Payload => "Payload data",
        }
    }
}

/// A field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// A single bit.
    Bit(bool),
    /// A number, unmasked where it stands in the payload.
    Number(u64),
    /// The masking key.
    Key([u8; 4]),
    /// Bytes of the payload, masked or not as they are on the wire; or a number whose bytes are not all
    /// there.
    Bytes,
}

/// One field of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it is.
    pub kind: FieldKind,
    /// Its first bit, counted from the frame's first byte and most significant bit.
    pub bit_offset: u64,
    /// Its length in bits, as the header declares it, saturating at `u64::MAX`.
    pub bit_len: u64,
    /// Its value.
    pub value: FieldValue,
}

impl Field {
    /// The bytes that hold it, counted from the frame's first. A field of a few bits shares its byte.
    pub const fn bytes(&self) -> Range<u64> {
        let end = self.bit_offset.saturating_add(self.bit_len);
        self.bit_offset / 8..end.div_ceil(8)
    }
}

/// The fields of the frame that starts `bytes`, in wire order. Bytes after the frame are ignored; where
/// `bytes` ends inside the frame, the fields that begin before the end are reported, each with its declared
/// range.
pub fn fields(bytes: &[u8]) -> Fields<'_> {
    let prefix = bytes.first_chunk().map(|&bytes| HeaderPrefix(bytes));
    let payload_len = prefix.and_then(|prefix| FrameHeader::parse_payload_len(prefix, bytes));
    Fields { bytes, prefix, payload_len, step: 0 }
}

/// Iterator over a frame's fields; made by [`fields`].
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    bytes: &'a [u8],
    prefix: Option<HeaderPrefix>,
    payload_len: Option<u64>,
    step: u8,
}

impl Iterator for Fields<'_> {
    type Item = Field;

    fn next(&mut self) -> Option<Field> {
        while self.step < 11 {
            self.step += 1;
            if let Some(field) = self.at(self.step - 1) {
                return Some(field);
            }
        }
        None
    }
}

impl Fields<'_> {
    fn at(&self, step: u8) -> Option<Field> {
        let &first = self.bytes.first()?;
        let bit = |kind, shift: u8| Field {
            kind,
            bit_offset: u64::from(shift),
            bit_len: 1,
            value: FieldValue::Bit(first << shift & 0x80 != 0),
        };
        Some(match step {
            0 => bit(FieldKind::Fin, 0),
            1 => bit(FieldKind::Rsv1, 1),
            2 => bit(FieldKind::Rsv2, 2),
            3 => bit(FieldKind::Rsv3, 3),
            4 => Field {
                kind: FieldKind::Opcode,
                bit_offset: 4,
                bit_len: 4,
                value: FieldValue::Number(u64::from(first & 0x0f)),
            },
            _ => return self.behind_first(self.prefix?, step),
        })
    }

    fn behind_first(&self, prefix: HeaderPrefix, step: u8) -> Option<Field> {
        let extended_len = prefix.len_form().extended_len() as u64;
        let header_len = prefix.header_len() as u64;
        let body = |kind, from: u64, len: u64, value| self.whole_bytes(kind, from, len, value);
        let bytes = FieldValue::Bytes;
        match step {
            5 => Some(Field {
                kind: FieldKind::Mask,
                bit_offset: 8,
                bit_len: 1,
                value: FieldValue::Bit(prefix.masked()),
            }),
            6 => Some(Field {
                kind: FieldKind::PayloadLen,
                bit_offset: 9,
                bit_len: 7,
                value: FieldValue::Number(u64::from(prefix.len_bits())),
            }),
            7 if prefix.len_form() != LenForm::Bits7 => {
                let value = self.payload_len.map_or(bytes, FieldValue::Number);
                body(FieldKind::ExtendedPayloadLen, 2, extended_len, value)
            }
            8 if prefix.masked() => {
                let value = self.masking_key().map_or(bytes, FieldValue::Key);
                body(FieldKind::MaskingKey, header_len - 4, 4, value)
            }
            9 | 10 if prefix.opcode() == Opcode::Close => {
                let payload_len = self.payload_len?;
                // A body of one byte holds no code: it is shown as a code cut short.
                let code_len = payload_len.min(2);
                if step == 9 {
                    let value = self.close_code().map_or(bytes, FieldValue::Number);
                    body(FieldKind::CloseCode, header_len, code_len, value)
                } else {
                    let from = header_len + code_len;
                    body(FieldKind::CloseReason, from, payload_len - code_len, bytes)
                }
            }
            10 => body(FieldKind::Payload, header_len, self.payload_len?, bytes),
            _ => None,
        }
    }

    /// A field of whole bytes, where it has any and begins before the bytes end.
    fn whole_bytes(
        &self,
        kind: FieldKind,
        from: u64,
        len: u64,
        value: FieldValue,
    ) -> Option<Field> {
        let begins = usize::try_from(from).is_ok_and(|from| from < self.bytes.len());
        (len > 0 && begins).then_some(Field {
            kind,
            bit_offset: from * 8,
            bit_len: len.saturating_mul(8),
            value,
        })
    }

    fn masking_key(&self) -> Option<[u8; 4]> {
        FrameHeader::parse(self.bytes)?.0.masking_key
    }

    fn close_code(&self) -> Option<u64> {
        let (header, header_len) = FrameHeader::parse(self.bytes)?;
        if header.payload_len < 2 {
            return None;
        }
        let mut code: [u8; 2] = *self.bytes.get(header_len..)?.first_chunk()?;
        if let Some(key) = header.masking_key {
            crate::Mask::new(key).apply(&mut code);
        }
        Some(u64::from(u16::from_be_bytes(code)))
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn kinds(bytes: &[u8]) -> Vec<FieldKind> {
        fields(bytes).map(|field| field.kind).collect()
    }

    #[test]
    fn the_rfc_example() {
        let bytes = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        let all: Vec<_> = fields(&bytes).collect();
        assert_eq!(all.len(), 9);
        assert_eq!(all[4].value, FieldValue::Number(1));
        assert_eq!(all[5].value, FieldValue::Bit(true));
        assert_eq!(all[7].value, FieldValue::Key([0x37, 0xfa, 0x21, 0x3d]));
        assert_eq!(all[8].bytes(), 6..11);
        assert_eq!(kinds(&bytes[..1]).len(), 5);
        assert_eq!(kinds(&bytes[..3]).last(), Some(&FieldKind::MaskingKey));
        assert_eq!(kinds(&[]), []);
    }

    #[test]
    fn a_close_frame_has_code_and_reason() {
        let bytes = [0x88, 0x84, 1, 2, 3, 4, 0x03 ^ 1, 0xe8 ^ 2, b'o' ^ 3, b'k' ^ 4];
        let all: Vec<_> = fields(&bytes).collect();
        assert_eq!(all[8].kind, FieldKind::CloseCode);
        assert_eq!(all[8].value, FieldValue::Number(1000));
        assert_eq!((all[9].kind, all[9].bytes()), (FieldKind::CloseReason, 8..10));
        let stub: Vec<_> = fields(&[0x88, 0x01, 0x03]).collect();
        assert_eq!(stub[7].kind, FieldKind::CloseCode);
        assert_eq!(stub[7].bytes(), 2..3);
        assert_eq!(stub.len(), 8);
    }

    proptest! {
        #[test]
        fn fields_tile_the_frame(
            first: u8,
            payload_len in prop_oneof![0..200_u64, 65_530..65_540_u64],
            masking_key: Option<[u8; 4]>,
        ) {
            let prefix = HeaderPrefix([first, 0]);
            let header = FrameHeader {
                fin: prefix.fin(),
                rsv1: prefix.rsv1(),
                rsv2: prefix.rsv2(),
                rsv3: prefix.rsv3(),
                opcode: prefix.opcode(),
                masking_key,
                payload_len,
            };
            let mut out = [0; crate::MAX_HEADER_LEN];
            let header_len = header.encode(&mut out);
            let mut bytes = out[..header_len].to_vec();
            bytes.resize(header_len + payload_len as usize, 0x5a);
            let mut next_bit = 0;
            for field in fields(&bytes) {
                prop_assert_eq!(field.bit_offset, next_bit);
                next_bit += field.bit_len;
            }
            prop_assert_eq!(next_bit, bytes.len() as u64 * 8);
        }

        #[test]
        fn any_bytes_give_ordered_fields(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut next_bit = 0;
            for field in fields(&bytes) {
                prop_assert_eq!(field.bit_offset, next_bit);
                next_bit = next_bit.saturating_add(field.bit_len);
            }
        }
    }
}
