//! Frames, fields and violations of bytes at hand.

use framewright_codec::walk::{Field, FieldValue, Violation, WalkSink, WalkedFrame, Walker};
use framewright_codec::{Mask, Role};
use wasm_bindgen::prelude::*;

/// What [`walk`] found.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Walk {
    frames: Vec<f64>,
    violations: Vec<f64>,
    sections: Vec<String>,
    rules: Vec<String>,
    unmasked: Vec<u8>,
    mask: Option<Mask>,
    ends_inside: bool,
}

#[wasm_bindgen]
impl Walk {
    /// Five numbers a frame: offset, header length, payload length, the first two bytes (high first),
    /// and the masking key (high byte first; 0 where MASK is clear).
    #[wasm_bindgen(getter)]
    pub fn frames(&mut self) -> Vec<f64> {
        core::mem::take(&mut self.frames)
    }

    /// Three numbers a violation: offset of its frame, its own offset, its length.
    #[wasm_bindgen(getter)]
    pub fn violations(&mut self) -> Vec<f64> {
        core::mem::take(&mut self.violations)
    }

    /// The rule that each violation breaks.
    #[wasm_bindgen(getter)]
    pub fn rules(&mut self) -> Vec<String> {
        core::mem::take(&mut self.rules)
    }

    /// The section that states each violation's rule.
    #[wasm_bindgen(getter)]
    pub fn sections(&mut self) -> Vec<String> {
        core::mem::take(&mut self.sections)
    }

    /// The payloads present, unmasked, one after the other.
    #[wasm_bindgen(getter)]
    pub fn unmasked(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.unmasked)
    }

    /// Whether the bytes end inside a frame.
    #[wasm_bindgen(getter, js_name = endsInside)]
    pub fn ends_inside(&self) -> bool {
        self.ends_inside
    }
}

impl WalkSink for Walk {
    fn frame(&mut self, frame: &WalkedFrame) {
        let header = &frame.header;
        self.frames.extend([
            frame.offset as f64,
            f64::from(frame.header_len),
            header.payload_len as f64,
            0.0,
            f64::from(u32::from_be_bytes(header.masking_key.unwrap_or_default())),
        ]);
        self.mask = header.masking_key.map(Mask::new);
    }

    fn payload(&mut self, bytes: &[u8]) {
        let start = self.unmasked.len();
        self.unmasked.extend_from_slice(bytes);
        if let Some(mask) = &mut self.mask {
            mask.apply(&mut self.unmasked[start..]);
        }
    }

    fn violation(&mut self, violation: Violation) {
        self.violations.extend([
            violation.frame_offset as f64,
            violation.offset as f64,
            violation.len as f64,
        ]);
        self.rules.push(format!("{:?}", violation.rule));
        self.sections.push(violation.rule.section().to_owned());
    }
}

/// Walks the frames in `bytes`, which begin with a frame. `sender`: 1 a client, 2 a server, else unknown.
#[wasm_bindgen]
pub fn walk(bytes: &[u8], sender: u8, permessage_deflate: bool) -> Walk {
    let sender = match sender {
        1 => Some(Role::Client),
        2 => Some(Role::Server),
        _ => None,
    };
    let mut found = Walk::default();
    let mut walker = Walker::new(sender).permessage_deflate(permessage_deflate);
    walker.push(bytes, &mut found);
    found.ends_inside = !walker.at_boundary();
    for row in found.frames.chunks_exact_mut(5) {
        let offset = row[0] as usize;
        row[3] = f64::from(u16::from_be_bytes([bytes[offset], bytes[offset + 1]]));
    }
    found
}

/// The fields of the frame that starts `bytes`: five numbers each, the kind (the declaration order of
/// `FieldKind`), first bit, length in bits, and the value's high and low 32 bits. A value of bytes is
/// −1 and 0.
#[wasm_bindgen]
pub fn fields(bytes: &[u8]) -> Vec<f64> {
    field_table(framewright_codec::walk::fields(bytes))
}

pub(crate) fn field_table(fields: impl IntoIterator<Item = Field>) -> Vec<f64> {
    let row = |field: Field| {
        let [high, low] = match field.value {
            FieldValue::Bit(bit) => [0.0, f64::from(u8::from(bit))],
            FieldValue::Number(value) => [f64::from((value >> 32) as u32), f64::from(value as u32)],
            FieldValue::Key(key) => [0.0, f64::from(u32::from_be_bytes(key))],
            FieldValue::Bytes => [-1.0, 0.0],
        };
        [f64::from(field.kind as u8), field.bit_offset as f64, field.bit_len as f64, high, low]
    };
    fields.into_iter().flat_map(row).collect()
}
