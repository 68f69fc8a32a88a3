//! Files and pastes.

use framewright_capture::{ImportError, ImportOptions, Importer, is_key_log, needs_full};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::{Engine, UNSURE_LEN};
use crate::object::object;

/// The most bytes that logs of TLS secrets may have.
const MAX_KEYS_LEN: usize = 64 << 20;

/// Whether a file that starts with `head` can be read only by the full module.
#[wasm_bindgen(js_name = needsFull)]
pub fn file_needs_full(head: &[u8]) -> bool {
    needs_full(head)
}

/// Whether a file that starts with `head` is a log of TLS secrets.
#[wasm_bindgen(js_name = isKeyLog)]
pub fn file_is_key_log(head: &[u8]) -> bool {
    is_key_log(head)
}

#[wasm_bindgen]
impl Engine {
    /// Takes a log of TLS secrets for the file that is imported next.
    ///
    /// # Errors
    ///
    /// If all logs together are too long.
    #[wasm_bindgen(js_name = importKeys)]
    pub fn import_keys(&mut self, log: &[u8]) -> Result<(), JsError> {
        if log.len() >= MAX_KEYS_LEN - self.keys.len() {
            return Err(JsError::new(
                "this log of TLS keys is too long: 64 MiB are taken. Leave out what is of other connections",
            ));
        }
        self.keys.extend_from_slice(log);
        self.keys.push(b'\n');
        Ok(())
    }

    /// Takes a file's next bytes; the format is detected.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, for people. `finishImport` must still follow.
    #[wasm_bindgen(js_name = import)]
    pub fn import(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        for part in bytes.chunks(UNSURE_LEN) {
            self.keep_reserve(part.len());
            let importer = self.importer.get_or_insert_with(|| {
                let keys = std::mem::take(&mut self.keys);
                Importer::new(ImportOptions { keys, ..ImportOptions::default() })
            });
            importer.push(&mut self.capture, part)?;
        }
        Ok(())
    }

    /// The file is at its end: an object of `format`, `why`, `notes`, `unread` and `wantsKeys`.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, for people. What was read before it is in the capture.
    #[wasm_bindgen(js_name = finishImport)]
    pub fn finish_import(&mut self) -> Result<JsValue, JsError> {
        let importer = self.importer.take().ok_or(ImportError::Empty)?;
        let report = importer.finish(&mut self.capture)?;
        let list = |texts: Vec<String>| texts.into_iter().map(JsValue::from).collect::<Array>();
        Ok(object([
            ("format", report.detection.format.name().into()),
            ("why", report.detection.why.into()),
            ("notes", list(report.notes).into()),
            ("unread", list(report.unread).into()),
            ("wantsKeys", report.wants_keys.into()),
        ]))
    }
}
