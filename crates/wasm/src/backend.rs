//! The host for Node where the addon can't be loaded: the same calls, on bytes that the glue copies in and out
//! (`npm/wasm`). An id that isn't open is ignored where nothing else is said.

use std::cell::RefCell;

use framewright_host::layout::TABLE_WORDS;
use framewright_host::{DecoderOptions, EventTable, Host, TableWords};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

struct Backend {
    host: Host,
    table: Box<TableWords>,
    /// Where the glue puts the bytes of a call, and finds them changed.
    bytes: Vec<u8>,
}

thread_local! {
    static BACKEND: RefCell<Backend> = RefCell::new(Backend {
        host: Host::default(),
        table: Box::new([0; TABLE_WORDS]),
        bytes: Vec::new(),
    });
}

fn with<R>(f: impl FnOnce(&mut Backend) -> R) -> R {
    BACKEND.with_borrow_mut(f)
}

/// The layout of the event table and the list of errors, as JSON.
#[wasm_bindgen]
pub fn contract() -> String {
    framewright_host::contract()
}

/// Opens a decoder.
#[wasm_bindgen(js_name = openDecoder)]
pub fn open_decoder(
    is_server: bool,
    permessage_deflate: bool,
    skip_utf8_validation: bool,
    max_payload_len: Option<u32>,
    max_fragments: Option<u32>,
    max_buffered_chunks: Option<u32>,
) -> u32 {
    let options = DecoderOptions {
        is_server,
        permessage_deflate,
        skip_utf8_validation,
        max_payload_len,
        max_fragments,
        max_buffered_chunks,
    };
    with(|backend| backend.host.decoders.open(options))
}

/// Sets the longest message that a decoder takes, in bytes, before inflating and after. With
/// `skip_too_big`, a longer one is skipped.
#[wasm_bindgen(js_name = setMaxPayloadLen)]
pub fn set_max_payload_len(id: u32, max_payload_len: Option<u32>, skip_too_big: Option<bool>) {
    let skips = skip_too_big.unwrap_or(false);
    with(|backend| backend.host.decoders.set_max_payload_len(id, max_payload_len, skips));
}

/// Whether a decoder has seen whole messages only, so that another may go on from there.
#[wasm_bindgen(js_name = isBetweenMessages)]
pub fn is_between_messages(id: u32) -> bool {
    with(|backend| backend.host.decoders.is_between_messages(id))
}

/// The bytes so far of a frame whose last one hasn't come, but without a data frame's payload.
#[wasm_bindgen(js_name = frameUnderWay)]
pub fn frame_under_way(id: u32) -> Vec<u8> {
    with(|backend| backend.host.decoders.frame_under_way(id))
}

/// Frees a decoder.
#[wasm_bindgen(js_name = closeDecoder)]
pub fn close_decoder(id: u32) {
    with(|backend| backend.host.decoders.close(id));
}

/// The module's memory.
#[wasm_bindgen(js_name = wasmMemory)]
pub fn wasm_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// Makes room for `len` bytes and returns where. May grow the memory, which detaches views of it.
#[wasm_bindgen]
pub fn reserve(len: usize) -> *mut u8 {
    with(|backend| {
        if backend.bytes.len() < len {
            backend.bytes.resize(len, 0);
        }
        backend.bytes.as_mut_ptr()
    })
}

/// Where the event table is. It doesn't move.
#[wasm_bindgen(js_name = tableAddress)]
pub fn table_address() -> *const u32 {
    with(|backend| backend.table.as_ptr())
}

/// Decodes the first `len` of the reserved bytes, in place, into the event table. Returns whether the table
/// may hold a carried control payload.
#[wasm_bindgen]
pub fn decode(id: u32, len: usize) -> bool {
    with(|Backend { host, table, bytes }| {
        let Some(chunk) = bytes.get_mut(..len) else {
            EventTable::write_internal_error(table, len);
            return false;
        };
        host.decoders.decode(id, chunk, table)
    })
}

/// Checks the first `len` of the reserved bytes as what a compressed frame of a decoder inflated to, or as a part
/// of it. Returns a length or an error's number, inverted.
#[wasm_bindgen(js_name = checkInflated)]
pub fn check_inflated(id: u32, len: usize, flags: u32) -> f64 {
    with(|Backend { host, bytes, .. }| {
        let text = &bytes[..len.min(bytes.len())];
        host.decoders.check_inflated(id, text, flags).to_number() as f64
    })
}

/// Masks the first `len` of the reserved bytes in place; the key's first byte is the lowest.
#[wasm_bindgen]
pub fn mask(key: u32, len: usize) {
    with(|Backend { host, bytes, .. }| {
        let end = len.min(bytes.len());
        host.decoders.mask(key.to_le_bytes(), &mut bytes[..end]);
    });
}

/// Chunks, frames, messages and payloads masked so far, and decoders in use now.
#[wasm_bindgen]
pub fn counters() -> Vec<f64> {
    let totals = with(|backend| backend.host.decoders.totals());
    vec![
        totals.decoded.chunks as f64,
        totals.decoded.frames as f64,
        totals.decoded.messages as f64,
        totals.masked as f64,
        totals.decoders as f64,
    ]
}
