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
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            thread::spawn(move || serve(stream, answer));
        }
    });
    Command::new(env!("CARGO_BIN_EXE_framewright-loadgen"))
        .args(["--port", &port])
        .args(load)
        .args(["--payload-len", "64", "--verbatim", "--warmup-ms", "20", "--duration-ms", "100"])
        .output()
        .unwrap()
}

fn serve(mut stream: TcpStream, answer: fn(&mut TcpStream, &[u8])) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
    stream
        .write_all(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
              Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        )
        .unwrap();
    let mut chunk = [0; 4096];
    while let Ok(len @ 1..) = stream.read(&mut chunk) {
        answer(&mut stream, &chunk[..len]);
    }
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
fn a_wrong_octet_fails() {
    let flip_last = |stream: &mut TcpStream, chunk: &[u8]| {
        let mut octets = chunk.to_vec();
        *octets.last_mut().unwrap() ^= 1;
        drop(stream.write_all(&octets));
    };
    fails_with(flip_last, &["wrong answer"]);
}

#[test]
fn a_lost_octet_fails() {
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
