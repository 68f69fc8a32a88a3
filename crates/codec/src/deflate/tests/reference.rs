//! An inflater that is as plain as RFC 1951 §3.2 lets it be, and knows its window.

use std::vec;
use std::vec::Vec;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Invalid(&'static str);

/// Inflates whole blocks until `input` ends after one. No match may reach back further than `window_len`.
pub(super) fn inflate(input: &[u8], window_len: usize) -> Result<Vec<u8>, Invalid> {
    let mut bits = Bits { input, position: 0 };
    let mut out = Vec::new();
    while bits.position.div_ceil(8) < input.len() {
        if bits.take(1)? == 1 {
            return Err(Invalid("final block"));
        }
        match bits.take(2)? {
            0 => stored(&mut bits, &mut out)?,
            1 => {
                let mut lens = vec![8; 144];
                lens.resize(256, 9);
                lens.resize(280, 7);
                lens.resize(288, 8);
                compressed(
                    &mut bits,
                    &Code::new(&lens),
                    &Code::new(&[5; 30]),
                    window_len,
                    &mut out,
                )?;
            }
            2 => {
                let (literals, distances) = dynamic_codes(&mut bits)?;
                compressed(&mut bits, &literals, &distances, window_len, &mut out)?;
            }
            _ => return Err(Invalid("block type")),
        }
    }
    Ok(out)
}

struct Bits<'a> {
    input: &'a [u8],
    position: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Result<usize, Invalid> {
        let mut value = 0;
        for index in 0..count {
            let byte = self.input.get(self.position / 8).ok_or(Invalid("end of input"))?;
            value |= usize::from(byte >> (self.position % 8) & 1) << index;
            self.position += 1;
        }
        Ok(value)
    }
}

fn stored(bits: &mut Bits<'_>, out: &mut Vec<u8>) -> Result<(), Invalid> {
    bits.position = bits.position.next_multiple_of(8);
    let len = bits.take(16)?;
    if bits.take(16)? != len ^ 0xffff {
        return Err(Invalid("stored length"));
    }
    for _ in 0..len {
        out.push(bits.take(8)? as u8);
    }
    Ok(())
}

/// A canonical Huffman code: for each length, the first code, and the symbols in order.
struct Code {
    by_len: Vec<(usize, Vec<usize>)>,
}

impl Code {
    fn new(lens: &[u8]) -> Self {
        let mut first = 0;
        let by_len = (1..=15)
            .map(|len| {
                let symbols: Vec<_> =
                    (0..lens.len()).filter(|&symbol| lens[symbol] == len).collect();
                let entry = (first, symbols);
                first = (first + entry.1.len()) << 1;
                entry
            })
            .collect();
        Self { by_len }
    }

    fn decode(&self, bits: &mut Bits<'_>) -> Result<usize, Invalid> {
        let mut code = 0;
        for (first, symbols) in &self.by_len {
            code = code << 1 | bits.take(1)?;
            if let Some(symbol) = code.checked_sub(*first).and_then(|index| symbols.get(index)) {
                return Ok(*symbol);
            }
        }
        Err(Invalid("code"))
    }
}

fn dynamic_codes(bits: &mut Bits<'_>) -> Result<(Code, Code), Invalid> {
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let literal_count = bits.take(5)? + 257;
    let distance_count = bits.take(5)? + 1;
    let code_len_count = bits.take(4)? + 4;
    let mut code_lens = [0; 19];
    for &symbol in &ORDER[..code_len_count] {
        code_lens[symbol] = bits.take(3)? as u8;
    }
    let code = Code::new(&code_lens);
    let mut lens: Vec<u8> = Vec::new();
    while lens.len() < literal_count + distance_count {
        let (len, repeats) = match code.decode(bits)? {
            16 => (*lens.last().ok_or(Invalid("nothing to repeat"))?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            len => (len as u8, 1),
        };
        lens.resize(lens.len() + repeats, len);
    }
    let (literals, distances) = lens.split_at(literal_count);
    Ok((Code::new(literals), Code::new(distances)))
}

fn compressed(
    bits: &mut Bits<'_>,
    literals: &Code,
    distances: &Code,
    window_len: usize,
    out: &mut Vec<u8>,
) -> Result<(), Invalid> {
    loop {
        let symbol = literals.decode(bits)?;
        let len = match symbol {
            0..=255 => {
                out.push(symbol as u8);
                continue;
            }
            256 => return Ok(()),
            257..=264 => symbol - 254,
            265..=284 => {
                let extra = (symbol - 261) / 4;
                ((4 + (symbol - 265) % 4) << extra) + 3 + bits.take(extra)?
            }
            285 => 258,
            _ => return Err(Invalid("length")),
        };
        let symbol = distances.decode(bits)?;
        let distance = match symbol {
            0..=3 => symbol + 1,
            4..=29 => {
                let extra = symbol / 2 - 1;
                ((2 + symbol % 2) << extra) + 1 + bits.take(extra)?
            }
            _ => return Err(Invalid("distance")),
        };
        if distance > window_len || distance > out.len() {
            return Err(Invalid("distance too far back"));
        }
        for _ in 0..len {
            out.push(out[out.len() - distance]);
        }
    }
}

#[test]
fn it_reads_each_block_type() {
    // RFC 7692 §7.2.3.1 to §7.2.3.3, with the tail.
    let fixed = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00, 0x00, 0xff, 0xff];
    let matched = [0xf2, 0x00, 0x11, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff];
    let stored = [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f];
    let all = [&fixed[..], &matched, &stored].concat();
    assert_eq!(inflate(&all, 5).unwrap(), b"HelloHelloHello");
    assert_eq!(inflate(&all, 4), Err(Invalid("distance too far back")));
    assert_eq!(inflate(&all[..all.len() - 1], 5), Err(Invalid("end of input")));
}
