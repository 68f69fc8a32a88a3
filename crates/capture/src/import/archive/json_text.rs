//! The text of a JSON file, and where it is wrong.

use crate::import::{Format, ImportError};

/// A file's text.
pub(in crate::import) fn text(format: Format, bytes: &[u8]) -> Result<&str, ImportError> {
    crate::import::paste::text::as_text(bytes).ok_or_else(|| ImportError::Malformed {
        format,
        offset: 0,
        what: "it is not UTF-8".to_owned(),
    })
}

/// A JSON error with its place in bytes.
pub(in crate::import) fn malformed(
    format: Format,
    text: &str,
    error: &serde_json::Error,
) -> ImportError {
    let line_start: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    ImportError::Malformed {
        format,
        offset: (line_start + error.column().saturating_sub(1)) as u64,
        what: error.to_string(),
    }
}
