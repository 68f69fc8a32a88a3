//! The frame header (RFC 6455 §5.2): one parser for the strict decoder and the lenient walker.
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-------+-+-------------+-------------------------------+
//! |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
//! |I|S|S|S|  (4)  |A|     (7)     |       (16 or 64 bits)         |
//! |N|V|V|V|       |S|             |   (if payload len is 126/127) |
//! | |1|2|3|       |K|             |                               |
//! +-+-+-+-+-------+-+-------------+-------------------------------+
//! |        Masking key (32 bits, if MASK is set)                  |
//! +---------------------------------------------------------------+
//! ```

use crate::Opcode;

/// The longest header in bytes: two, eight of extended length, four of masking key.
pub const MAX_HEADER_LEN: usize = 14;

/// A frame's header, as it is on the wire. Holds nothing that the bytes don't say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Last fragment of its message.
    pub fin: bool,
    /// Reserved bit 1; permessage-deflate's "compressed" mark (RFC 7692 §6).
    pub rsv1: bool,
    /// Reserved bit 2.
    pub rsv2: bool,
    /// Reserved bit 3.
    pub rsv3: bool,
    /// What the payload is.
    pub opcode: Opcode,
    /// The masking key, if MASK is set.
    pub masking_key: Option<[u8; 4]>,
    /// The payload's length in bytes.
    pub payload_len: u64,
}

/// How the payload length is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LenForm {
    /// In the seven bits of the second byte: 0–125.
    Bits7,
    /// In two more bytes.
    Bits16,
    /// In eight more bytes.
    Bits64,
}

impl LenForm {
    /// The shortest form that can hold `payload_len`, which is the one a sender must use (§5.2).
    #[inline]
    pub const fn minimal(payload_len: u64) -> Self {
        match payload_len {
            0..=125 => Self::Bits7,
            126..=0xffff => Self::Bits16,
            _ => Self::Bits64,
        }
    }

    /// How many bytes of extended length follow the first two.
    #[inline]
    pub const fn extended_len(self) -> usize {
        match self {
            Self::Bits7 => 0,
            Self::Bits16 => 2,
            Self::Bits64 => 8,
        }
    }
}

/// A header's first two bytes, taken apart. They alone tell how long the header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderPrefix(pub [u8; 2]);

impl HeaderPrefix {
    /// FIN.
    #[inline]
    pub const fn fin(self) -> bool {
        self.0[0] & 0x80 != 0
    }
    /// RSV1.
    #[inline]
    pub const fn rsv1(self) -> bool {
        self.0[0] & 0x40 != 0
    }
    /// RSV2.
    #[inline]
    pub const fn rsv2(self) -> bool {
        self.0[0] & 0x20 != 0
    }
    /// RSV3.
    #[inline]
    pub const fn rsv3(self) -> bool {
        self.0[0] & 0x10 != 0
    }
    /// The opcode.
    #[inline]
    pub const fn opcode(self) -> Opcode {
        Opcode::from_bits(self.0[0])
    }
    /// MASK.
    #[inline]
    pub const fn masked(self) -> bool {
        self.0[1] & 0x80 != 0
    }
    /// The seven length bits: a length up to 125, or 126/127 for the longer forms.
    #[inline]
    pub const fn len_bits(self) -> u8 {
        self.0[1] & 0x7f
    }
    /// How the length is written.
    #[inline]
    pub const fn len_form(self) -> LenForm {
        match self.len_bits() {
            126 => LenForm::Bits16,
            127 => LenForm::Bits64,
            _ => LenForm::Bits7,
        }
    }
    /// The whole header's length in bytes, 2–14.
    #[inline]
    pub const fn header_len(self) -> usize {
        2 + self.len_form().extended_len() + if self.masked() { 4 } else { 0 }
    }
}

impl FrameHeader {
    /// The header of an unfragmented, unmasked frame with no payload.
    pub const fn new(opcode: Opcode) -> Self {
        Self {
            fin: true,
            rsv1: false,
            rsv2: false,
            rsv3: false,
            opcode,
            masking_key: None,
            payload_len: 0,
        }
    }

    /// Reads the header at the start of `bytes`; checks nothing.
    ///
    /// Returns the header and its length in bytes, or `None` where `bytes` ends inside it.
    pub fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let prefix = HeaderPrefix(*bytes.first_chunk()?);
        let header = bytes.get(..prefix.header_len())?;
        let payload_len = Self::parse_payload_len(prefix, header)?;
        let masking_key = if prefix.masked() { header.last_chunk().copied() } else { None };
        Some((
            Self {
                fin: prefix.fin(),
                rsv1: prefix.rsv1(),
                rsv2: prefix.rsv2(),
                rsv3: prefix.rsv3(),
                opcode: prefix.opcode(),
                masking_key,
                payload_len,
            },
            header.len(),
        ))
    }

    /// Reads the payload length after `prefix` from the header's bytes so far, or `None` where they end
    /// inside it.
    #[inline]
    pub(crate) fn parse_payload_len(prefix: HeaderPrefix, header: &[u8]) -> Option<u64> {
        let extended = header.get(2..)?;
        Some(match prefix.len_form() {
            LenForm::Bits7 => u64::from(prefix.len_bits()),
            LenForm::Bits16 => u64::from(u16::from_be_bytes(*extended.first_chunk()?)),
            LenForm::Bits64 => u64::from_be_bytes(*extended.first_chunk()?),
        })
    }

    /// The length in bytes of this header on the wire, the payload length in its shortest form.
    #[inline]
    pub const fn encoded_len(&self) -> usize {
        2 + LenForm::minimal(self.payload_len).extended_len()
            + if self.masking_key.is_some() { 4 } else { 0 }
    }

    /// Writes the header at the start of `out`, the payload length in its shortest form (§5.2), and
    /// returns how many bytes that took.
    #[inline]
    pub fn encode(&self, out: &mut [u8; MAX_HEADER_LEN]) -> usize {
        let form = LenForm::minimal(self.payload_len);
        out[0] = u8::from(self.fin) << 7
            | u8::from(self.rsv1) << 6
            | u8::from(self.rsv2) << 5
            | u8::from(self.rsv3) << 4
            | self.opcode.bits();
        let mut len = 2 + form.extended_len();
        let len_bits = match form {
            LenForm::Bits7 => self.payload_len as u8,
            LenForm::Bits16 => {
                out[2..4].copy_from_slice(&(self.payload_len as u16).to_be_bytes());
                126
            }
            LenForm::Bits64 => {
                out[2..10].copy_from_slice(&self.payload_len.to_be_bytes());
                127
            }
        };
        out[1] = u8::from(self.masking_key.is_some()) << 7 | len_bits;
        if let Some(key) = self.masking_key {
            out[len..len + 4].copy_from_slice(&key);
            len += 4;
        }
        len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 6455 §5.7: a masked "Hello".
    const MASKED_HELLO: [u8; 11] =
        [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];

    #[test]
    fn parses_the_rfc_example() {
        let (header, len) = FrameHeader::parse(&MASKED_HELLO).unwrap();
        assert_eq!(len, 6);
        assert_eq!(
            header,
            FrameHeader {
                fin: true,
                rsv1: false,
                rsv2: false,
                rsv3: false,
                opcode: Opcode::Text,
                masking_key: Some([0x37, 0xfa, 0x21, 0x3d]),
                payload_len: 5
            }
        );
        for end in 0..len {
            assert_eq!(FrameHeader::parse(&MASKED_HELLO[..end]), None);
        }
    }

    #[test]
    fn round_trips_every_prefix_and_length_form() {
        for first in 0..=u8::MAX {
            for payload_len in [0, 1, 125, 126, 0xffff, 0x1_0000, (1 << 53) - 1, u64::MAX] {
                for masking_key in [None, Some([1, 2, 3, 4])] {
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
                    let mut out = [0; MAX_HEADER_LEN];
                    let len = header.encode(&mut out);
                    assert_eq!(len, header.encoded_len());
                    assert_eq!(FrameHeader::parse(&out[..len]), Some((header, len)));
                    assert_eq!(FrameHeader::parse(&out[..len - 1]), None);
                }
            }
        }
    }
}
