//! A WebSocket server that sends every message back, compressed if the client likes. What the codec leaves
//! to its caller is the socket and the HTTP parser.
//!
//! `cargo run -p framewright-codec --example echo -- 127.0.0.1:9001`

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use framewright_codec::handshake::{DeflateConfig, HandshakeHeaders, accept_upgrade};
use framewright_codec::{Connection, ConnectionConfig, Received};

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9001".to_owned());
    for stream in TcpListener::bind(address)?.incoming() {
        let stream = stream?;
        std::thread::spawn(|| serve(stream).unwrap_or_else(|error| eprintln!("{error}")));
    }
    Ok(())
}

fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    let (mut connection, mut len) = shake_hands(&mut stream, &mut buffer)?;
    loop {
        let mut chunk = &mut buffer[..len];
        while let Some(received) = connection.receive(&mut chunk) {
            if let Received::Message(message) = received {
                // Fails only while the connection closes, when no answer is wanted.
                let _ = connection.send_message(message.message_type, &message.payload);
            }
        }
        stream.write_all(connection.output())?;
        connection.written(usize::MAX);
        len = if connection.is_closed() { 0 } else { stream.read(&mut buffer)? };
        if len == 0 {
            return Ok(());
        }
    }
}

/// Answers the request. Returns how many bytes after it are in `buffer` now.
fn shake_hands(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<(Connection, usize)> {
    let mut len = 0;
    loop {
        let added = stream.read(&mut buffer[len..])?;
        if added == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        len += added;
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut fields);
        let status = request.parse(&buffer[..len]).map_err(io::Error::other)?;
        let httparse::Status::Complete(request_len) = status else {
            continue;
        };
        let fields = request.headers.iter().map(|field| (field.name, field.value));
        let headers = HandshakeHeaders::collect(fields);
        let method = request.method.unwrap_or_default();
        let upgrade = accept_upgrade(method, &headers, Some(&DeflateConfig::default()));
        let response = match &upgrade {
            Ok(upgrade) => upgrade.response(&[]),
            Err(error) => error.response(),
        };
        stream.write_all(response.as_bytes())?;
        let mut config = ConnectionConfig::default();
        config.deflate = upgrade.map_err(io::Error::other)?.deflate;
        buffer.copy_within(request_len..len, 0);
        return Ok((Connection::server(config), len - request_len));
    }
}
