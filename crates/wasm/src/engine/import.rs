//! Files and pastes.

use framewright_capture::{ImportError, ImportOptions, Importer};
use wasm_bindgen::prelude::*;

use super::Engine;
use crate::object::object;

#[wasm_bindgen]
impl Engine {
    /// Takes a file's next octets; the format is detected.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, for people. `finishImport` must still follow.
    #[wasm_bindgen(js_name = import)]
    pub fn import(&mut self, octets: &[u8]) -> Result<(), JsError> {
        self.keep_reserve(octets.len());
        let importer = self.importer.get_or_insert_with(|| Importer::new(ImportOptions::default()));
        Ok(importer.push(&mut self.capture, octets)?)
    }

    /// The file is at its end: an object of `format`, `why` and `notes`.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, for people. What was read before it is in the capture.
    #[wasm_bindgen(js_name = finishImport)]
    pub fn finish_import(&mut self) -> Result<JsValue, JsError> {
        let importer = self.importer.take().ok_or(ImportError::Empty)?;
        let report = importer.finish(&mut self.capture)?;
        let notes = report.notes.into_iter().map(JsValue::from);
        Ok(object([
            ("format", report.detection.format.name().into()),
            ("why", report.detection.why.into()),
            ("notes", notes.collect::<js_sys::Array>().into()),
        ]))
    }
}
