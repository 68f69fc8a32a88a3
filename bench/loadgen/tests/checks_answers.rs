//! The generator against servers that copy what comes: honest ones pass, each kind of liar fails.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::thread;

const LOADS: &[&[&str]] = &[
    &["echo", "--connections", "3", "--in-flight", "4"],
    &["rate", "--connections", "3", "--rate", "2000"],
    // One connection: what it publishes is what it gets.
    &["broadcast", "--connections", "1", "--batch", "4"],
];

/// Runs the generator against a server that passes each chunk through `answer`.
fn run(load: &[&str], answer: fn(&mut TcpStream, &[u8])) -> Output {
    let output = |args: &[&str]| load_with(&[load, args].concat(), move |s| serve(s, "", answer));
    output(&["--payload-len", "64", "--verbatim"])
}

/// Runs the generator against a server.
fn load_with(args: &[&str], serve: impl Fn(TcpStream) + Copy + Send + 'static) -> Output {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            thread::spawn(move || serve(stream));
        }
    });
    Command::new(env!("CARGO_BIN_EXE_framewright-loadgen"))
        .args(["--port", &port])
        .args(args)
        .args(["--warmup-ms", "20", "--duration-ms", "100"])
        .output()
        .unwrap()
}

fn serve(mut stream: TcpStream, headers: &str, answer: fn(&mut TcpStream, &[u8])) {
    open(&mut stream, headers);
    let mut chunk = [0; 4096];
    while let Ok(len @ 1..) = stream.read(&mut chunk) {
        answer(&mut stream, &chunk[..len]);
    }
}

fn open(stream: &mut TcpStream, headers: &str) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
    stream
        .write_all(
            format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n{headers}\r\n"
            )
            .as_bytes(),
        )
        .unwrap();
}

fn fails_with(answer: fn(&mut TcpStream, &[u8]), messages: &[&str]) {
    for load in LOADS {
        let output = run(load, answer);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{load:?} took a lie");
        assert!(output.stdout.is_empty());
        assert!(messages.iter().any(|message| stderr.contains(message)), "{load:?}: {stderr}");
    }
}

#[test]
fn an_honest_server_passes() {
    for load in LOADS {
        let output = run(load, |stream, chunk| drop(stream.write_all(chunk)));
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(stdout.lines().count(), 1);
        let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        assert!(result["messages"].as_f64().unwrap() > 1.0, "{result}");
    }
}

#[test]
fn a_wrong_byte_fails() {
    let flip_last = |stream: &mut TcpStream, chunk: &[u8]| {
        let mut bytes = chunk.to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        drop(stream.write_all(&bytes));
    };
    fails_with(flip_last, &["wrong answer"]);
}

#[test]
fn a_lost_byte_fails() {
    let lose_first = |stream: &mut TcpStream, chunk: &[u8]| drop(stream.write_all(&chunk[1..]));
    fails_with(lose_first, &["wrong answer"]);
}

#[test]
fn an_answer_too_many_fails() {
    let answer_twice = |stream: &mut TcpStream, chunk: &[u8]| {
        drop(stream.write_all(&chunk.repeat(2)));
    };
    fails_with(answer_twice, &["wrong answer", "an answer to nothing"]);
}

#[test]
fn a_closed_connection_fails() {
    let close = |stream: &mut TcpStream, _: &[u8]| {
        drop(stream.shutdown(std::net::Shutdown::Both));
    };
    fails_with(close, &["closed connection", "reset by peer", "Broken pipe"]);
}

/// Echoes compressed messages as they came, but unmasked: to the same texts, as long as nothing is missing.
/// `change` may change each of them.
fn echo_compressed(mut stream: TcpStream, change: impl Fn(&mut Vec<u8>)) {
    open(&mut stream, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    let mut header = [0; 8];
    while stream.read_exact(&mut header).is_ok() {
        assert_eq!(header[..2], [0xc1, 0xfe]);
        let len = u16::from_be_bytes([header[2], header[3]]);
        let mut payload = vec![0; len.into()];
        stream.read_exact(&mut payload).unwrap();
        let key = header[4..].iter().cycle();
        payload.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        change(&mut payload);
        let frame = [&[0xc1, 126, header[2], header[3]], &payload[..]].concat();
        if stream.write_all(&frame).is_err() {
            return;
        }
    }
}

#[test]
fn looks_into_compressed_answers() {
    for load in &LOADS[..2] {
        let messages = ["--payload-len", "1024", "--kind", "json", "--deflate", "takeover"];
        let args = [load, &messages[..]].concat();
        let honest = load_with(&args, |stream| echo_compressed(stream, |_| ()));
        assert!(honest.status.success(), "{}", String::from_utf8_lossy(&honest.stderr));
        let liar = load_with(&args, |stream| echo_compressed(stream, |text| text[300] ^= 1));
        let stderr = String::from_utf8(liar.stderr).unwrap();
        assert!(!liar.status.success(), "{load:?} took a lie");
        assert!(
            ["wrong answer", "does not inflate"].iter().any(|fault| stderr.contains(fault)),
            "{stderr}"
        );
    }
}
