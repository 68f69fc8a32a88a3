//! Every importer, and all that can be done with what came of it.

use framewright_capture::{
    Capture, ConnId, ExportFormat, ExportOptions, Exporter, FrameId, ImportOptions, Importer,
    Limits, MessageId, Reader, Redaction, Timing, diagnose,
};

use crate::input::Input;

/// The length of pieces in two bytes, little-endian, then a file.
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let piece_len = u16::from_le_bytes(input.bytes());
    let limits = Limits {
        max_kept_len: 1 << 20,
        evicts: false,
        max_inflated_len: 1 << 20,
        max_inflated_total: 1 << 22,
        ..Limits::default()
    };
    let mut capture = Capture::new(limits);
    let mut importer = Importer::new(ImportOptions::default());
    for piece in input.0.chunks(usize::from(piece_len).max(1)) {
        if importer.push(&mut capture, piece).is_err() {
            break;
        }
    }
    let _ = importer.finish(&mut capture);
    assert!(capture.kept_len() <= limits.max_kept_len + (8 << 20), "{}", capture.kept_len());

    let mut reader = Reader::new();
    for id in capture.frame_ids().map(FrameId) {
        let frame = capture.frame(id).expect("it is held");
        let _ = frame.fields();
        let _ = reader.payload(&capture, id, 0..1 << 20);
    }
    for id in capture.message_ids().map(MessageId) {
        let _ = reader.message(&capture, id);
    }
    for id in (0..capture.connections().len() as u32).map(ConnId) {
        let _ = (Timing::of(&capture, id), diagnose(&capture, id));
    }
    let redacted = Redaction::secrets().apply(&capture);
    for format in [ExportFormat::Pcapng, ExportFormat::Har, ExportFormat::Native, ExportFormat::Hex]
    {
        let mut out = Vec::new();
        Exporter::new(format, ExportOptions::default()).run(&redacted, &mut out);
    }
}
