//! The codec for Node where the addon can't be loaded: the same calls, on octets that the glue copies in
//! and out (`npm/wasm`).

use std::cell::RefCell;

use framewright_codec::event_table::{EventTable, TABLE_WORDS, TableWords};
use framewright_codec::{Counters, Decoder, DecoderConfig, Limits, Mask, Role};
use slab::Slab;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

struct Backend {
    decoders: Slab<Decoder>,
    counted: Counters,
    masked: u64,
    table: Box<TableWords>,
    /// Where the glue puts the octets of a call, and finds them changed.
    octets: Vec<u8>,
}

thread_local! {
    static BACKEND: RefCell<Backend> = RefCell::new(Backend {
        decoders: Slab::new(),
        counted: Counters::default(),
        masked: 0,
        table: Box::new([0; TABLE_WORDS]),
        octets: Vec::new(),
    });
}

fn with<R>(f: impl FnOnce(&mut Backend) -> R) -> R {
    BACKEND.with_borrow_mut(f)
}

/// Opens a decoder; a limit of `u32::MAX` is none.
#[wasm_bindgen(js_name = openDecoder)]
pub fn open_decoder(
    is_server: bool,
    permessage_deflate: bool,
    skip_utf8_validation: bool,
    max_payload_len: u32,
    max_fragments: u32,
    max_buffered_chunks: u32,
) -> u32 {
    let config = DecoderConfig {
        role: if is_server { Role::Server } else { Role::Client },
        permessage_deflate,
        validate_utf8: !skip_utf8_validation,
        limits: Limits {
            max_payload_len: limit(max_payload_len),
            max_fragments,
            max_buffered_chunks,
        },
    };
    with(|backend| backend.decoders.insert(Decoder::new(config)) as u32)
}

/// Sets the longest message that a decoder takes, in octets; `u32::MAX` is no limit. An id that isn't open is
/// ignored.
#[wasm_bindgen(js_name = setMaxPayloadLen)]
pub fn set_max_payload_len(id: u32, max_payload_len: u32) {
    with(|backend| {
        if let Some(decoder) = backend.decoders.get_mut(id as usize) {
            decoder.set_max_payload_len(limit(max_payload_len));
        }
    });
}

fn limit(len: u32) -> u64 {
    if len == u32::MAX { u64::MAX } else { u64::from(len) }
}

/// Whether a decoder has seen whole messages only, so that another may go on from there. Not so for an id that isn't
/// open.
#[wasm_bindgen(js_name = isBetweenMessages)]
pub fn is_between_messages(id: u32) -> bool {
    with(|backend| {
        backend.decoders.get(id as usize).is_some_and(|decoder| decoder.is_between_messages())
    })
}

/// Frees a decoder. An id that isn't open is ignored.
#[wasm_bindgen(js_name = closeDecoder)]
pub fn close_decoder(id: u32) {
    with(|backend| backend.decoders.try_remove(id as usize));
}

/// The module's memory.
#[wasm_bindgen(js_name = wasmMemory)]
pub fn wasm_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// Makes room for `len` octets and returns where. May grow the memory, which detaches views of it.
#[wasm_bindgen]
pub fn reserve(len: usize) -> *mut u8 {
    with(|backend| {
        if backend.octets.len() < len {
            backend.octets.resize(len, 0);
        }
        backend.octets.as_mut_ptr()
    })
}

/// Where the event table is. It doesn't move.
#[wasm_bindgen(js_name = tableAddress)]
pub fn table_address() -> *const u32 {
    with(|backend| backend.table.as_ptr())
}

/// Decodes the first `len` of the reserved octets, in place, into the event table. Returns whether the
/// table's place for a carried control payload may matter.
#[wasm_bindgen]
pub fn decode(id: u32, len: usize) -> bool {
    with(|Backend { decoders, counted, table, octets, .. }| {
        let (Some(decoder), Some(chunk)) = (decoders.get_mut(id as usize), octets.get_mut(..len))
        else {
            EventTable::write_internal_error(table, len);
            return false;
        };
        let mut events = EventTable::new(table);
        let taken_len = decoder.decode(chunk, &mut events);
        events.finish(taken_len, decoder.carried_control());
        let more = decoder.take_counters();
        counted.chunks += more.chunks;
        counted.frames += more.frames;
        counted.messages += more.messages;
        !decoder.carried_control().is_empty()
    })
}

/// Masks the first `len` of the reserved octets in place; the key's first octet is the lowest.
#[wasm_bindgen]
pub fn mask(key: u32, len: usize) {
    with(|backend| {
        backend.masked += 1;
        let end = len.min(backend.octets.len());
        Mask::new(key.to_le_bytes()).apply(&mut backend.octets[..end]);
    });
}

/// Chunks, frames, messages and payloads masked so far, and decoders in use now.
#[wasm_bindgen]
pub fn counters() -> Vec<f64> {
    with(|backend| {
        vec![
            backend.counted.chunks as f64,
            backend.counted.frames as f64,
            backend.counted.messages as f64,
            backend.masked as f64,
            backend.decoders.len() as f64,
        ]
    })
}
