//! Reads a capture of any kind and prints its frames, or writes it in another format.
//!
//! ```sh
//! cargo run -p framewright-capture --example fwcap -- dump FILE
//! cargo run -p framewright-capture --example fwcap -- convert FILE pcapng|har|native|hex OUT
//! ```
//!
//! `dump` prints a JSON object for each frame. The variable `SSLKEYLOGFILE` names a file with TLS secrets.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufWriter, Read, Write};

use framewright_capture::{
    Capture, Direction, ExportFormat, ExportOptions, Exporter, FrameId, ImportOptions, Importer,
    Limits, Reader,
};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["dump", file] => dump(&import(file)?),
        ["convert", file, format, out] => convert(&import(file)?, format, out),
        _ => {
            eprintln!("usage: fwcap dump FILE | fwcap convert FILE pcapng|har|native|hex OUT");
            std::process::exit(2);
        }
    }
}

fn import(file: &str) -> Result<Capture, Box<dyn Error>> {
    let mut capture = Capture::new(Limits::default());
    let keys = std::env::var_os("SSLKEYLOGFILE").map(std::fs::read).transpose()?;
    let options = ImportOptions { keys: keys.unwrap_or_default(), ..ImportOptions::default() };
    let mut importer = Importer::new(options);
    let mut file = std::fs::File::open(file)?;
    let mut piece = vec![0; 1 << 20];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            len => importer.push(&mut capture, &piece[..len])?,
        }
    }
    let report = importer.finish(&mut capture)?;
    eprintln!("{}: {}", report.detection.format.name(), report.detection.why);
    for note in report.notes.iter().chain(&report.unread) {
        eprintln!("{note}");
    }
    Ok(capture)
}

fn convert(capture: &Capture, format: &str, out: &str) -> Result<(), Box<dyn Error>> {
    let format = match format {
        "pcapng" => ExportFormat::Pcapng,
        "har" => ExportFormat::Har,
        "native" => ExportFormat::Native,
        "hex" => ExportFormat::Hex,
        _ => return Err(format!("no format is called {format}").into()),
    };
    let mut out = BufWriter::new(std::fs::File::create(out)?);
    let mut exporter = Exporter::new(format, ExportOptions::default());
    let mut part = Vec::new();
    loop {
        let more = exporter.step(capture, &mut part);
        out.write_all(&part)?;
        part.clear();
        if !more {
            return Ok(out.flush()?);
        }
    }
}

fn dump(capture: &Capture) -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut reader = Reader::new();
    for id in capture.frame_ids().map(FrameId) {
        let Some(frame) = capture.frame(id) else { continue };
        let [rsv1, rsv2, rsv3] = frame.rsv();
        let content = reader.payload(capture, id, 0..u64::MAX);
        let payload = content.map(|content| hex(content.bytes));
        let message = frame.message().and_then(|message| reader.message(capture, message));
        let line = json!({
            "conn": frame.conn().0,
            "client": capture.connection(frame.conn()).and_then(|conn| conn.init.client),
            "toServer": frame.direction() == Direction::ToServer,
            "timeNs": frame.time_ns().to_string(),
            "offset": frame.offset(),
            "fin": frame.fin(),
            "rsv": u8::from(rsv1) << 2 | u8::from(rsv2) << 1 | u8::from(rsv3),
            "opcode": frame.opcode().bits(),
            "maskingKey": frame.masking_key().map(|key| hex(&key)),
            "payloadLen": frame.payload_len(),
            "payload": payload,
            "message": frame.message().map(|message| message.0),
            "content": message.map(|message| hex(message.bytes)),
            "findings": frame
                .findings()
                .map(|finding| capture.findings()[finding.0 as usize].rule.id())
                .collect::<Vec<_>>(),
        });
        writeln!(out, "{line}")?;
    }
    Ok(out.flush()?)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
