//! Files to save, without secrets where asked.

use framewright_capture::{Capture, ConnId, ExportFormat, ExportOptions, Exporter, Redaction};
use wasm_bindgen::prelude::*;

use super::Engine;
use crate::object::object;

/// An export under way; it goes on by steps, so that a long one blocks nothing.
#[derive(Debug)]
pub(super) struct Export {
    exporter: Exporter,
    /// A copy without secrets, where one was asked for.
    redacted: Option<Capture>,
    out: Vec<u8>,
}

#[wasm_bindgen]
impl Engine {
    /// Begins an export: `format` is pcapng, har, native or hex; with `shown_only`, only connections that
    /// the view has frames of. `secrets`, `payloads`, `json_keys` and `patterns` say what to take out.
    /// Returns an object of `extension` and `type`.
    ///
    /// # Errors
    ///
    /// If the format is unknown or a pattern is no regular expression.
    #[wasm_bindgen(js_name = beginExport)]
    pub fn begin_export(
        &mut self,
        format: &str,
        shown_only: bool,
        secrets: bool,
        payloads: bool,
        json_keys: Vec<String>,
        patterns: Vec<String>,
    ) -> Result<JsValue, JsError> {
        let format = match format {
            "pcapng" => ExportFormat::Pcapng,
            "har" => ExportFormat::Har,
            "native" => ExportFormat::Native,
            "hex" => ExportFormat::Hex,
            other => return Err(JsError::new(&format!("no format is called {other}"))),
        };
        let is_redacted = secrets || payloads || !json_keys.is_empty() || !patterns.is_empty();
        let mut redaction = if secrets { Redaction::secrets() } else { Redaction::new() };
        if payloads {
            redaction = redaction.payloads();
        }
        for key in json_keys {
            redaction = redaction.json_key(&key);
        }
        for pattern in patterns {
            redaction = redaction.pattern(&pattern)?;
        }
        let redacted = is_redacted.then(|| redaction.apply(&self.capture));
        if redacted.as_ref().is_some_and(Capture::is_full) {
            return Err(JsError::new(
                "without its secrets, this is too much for the memory of a page: compressed messages come out \
                 uncompressed. Export it with them, or split the file",
            ));
        }
        let connections = shown_only.then(|| self.shown_connections());
        self.export = Some(Export {
            exporter: Exporter::new(format, ExportOptions { connections }),
            redacted,
            out: Vec::new(),
        });
        Ok(object([("extension", format.extension().into()), ("type", format.media_type().into())]))
    }

    /// The next part of the export, or nothing after the last.
    #[wasm_bindgen(js_name = exportStep)]
    pub fn export_step(&mut self) -> Option<js_sys::Uint8Array> {
        let Export { exporter, redacted, out } = self.export.as_mut()?;
        out.clear();
        let is_more = exporter.step(redacted.as_ref().unwrap_or(&self.capture), out);
        let part = js_sys::Uint8Array::from(&out[..]);
        if !is_more {
            self.export = None;
        }
        Some(part)
    }
}

impl Engine {
    fn shown_connections(&self) -> Vec<ConnId> {
        let mut is_shown = vec![false; self.capture.connections().len()];
        for row in 0..self.view.len(&self.capture) {
            let frame = self.view.get(&self.capture, row).and_then(|id| self.capture.frame(id));
            if let Some(is_shown) =
                frame.and_then(|frame| is_shown.get_mut(frame.conn().0 as usize))
            {
                *is_shown = true;
            }
        }
        let ids = is_shown.iter().zip(0..).filter(|&(&is_shown, _)| is_shown);
        ids.map(|(_, id)| ConnId(id)).collect()
    }
}
