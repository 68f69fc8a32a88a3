//! A WebSocket server that sends every message back, compressed if the client likes. What the codec leaves
//! to its caller is the socket and the HTTP parser.
//!
//! ```text
//! cargo run -p framewright-codec --example echo -- 127.0.0.1:9001
//! ```

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use framewright_codec::handshake::{DeflateConfig, HandshakeHeaders, accept_upgrade};
use framewright_codec::{Connection, ConnectionConfig, Received};

const MAX_REQUEST_LEN: usize = 8 * 1024;

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9001".to_owned());
    let listener = TcpListener::bind(address)?;
    println!("ws://{}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(|| serve(stream).unwrap_or_else(|error| eprintln!("{error}")));
    }
    Ok(())
}

fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    let Some((mut connection, mut len)) = shake_hands(&mut stream, &mut buffer)? else {
        return Ok(());
    };
    loop {
        let mut chunk = &mut buffer[..len];
        while let Some(received) = connection.receive(&mut chunk) {
            if let Received::Message(message) = received
                && connection.is_open()
            {
                connection
                    .send_message(message.message_type, &message.payload)
                    .map_err(io::Error::other)?;
            }
        }
        let output = connection.output();
        stream.write_all(output)?;
        let output_len = output.len();
        connection.written(output_len);
        if connection.is_closed() {
            return Ok(());
        }
        len = stream.read(&mut buffer)?;
        if len == 0 {
            return Ok(());
        }
    }
}

/// Answers the request. Returns the connection and how many bytes after the request are in `buffer` now;
/// `None` if it was refused.
fn shake_hands(
    stream: &mut TcpStream,
    buffer: &mut [u8],
) -> io::Result<Option<(Connection, usize)>> {
    let mut len = 0;
    loop {
        let added = stream.read(&mut buffer[len..MAX_REQUEST_LEN])?;
        len += added;
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut fields);
        let request_len = match request.parse(&buffer[..len]).map_err(io::Error::other)? {
            httparse::Status::Complete(request_len) => request_len,
            httparse::Status::Partial if added == 0 || len == MAX_REQUEST_LEN => return Ok(None),
            httparse::Status::Partial => continue,
        };
        let fields = request.headers.iter().map(|field| (field.name, field.value));
        let headers = HandshakeHeaders::collect(fields);
        let method = request.method.unwrap_or_default();
        let upgrade = match accept_upgrade(method, &headers, Some(&DeflateConfig::default())) {
            Ok(upgrade) => upgrade,
            Err(error) => {
                write!(stream, "HTTP/1.1 {} {error}\r\n", error.status())?;
                for (name, value) in error.headers() {
                    write!(stream, "{name}: {value}\r\n")?;
                }
                write!(stream, "Content-Length: 0\r\nConnection: close\r\n\r\n")?;
                return Ok(None);
            }
        };
        write!(
            stream,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\n",
            upgrade.accept
        )?;
        if let Some(params) = upgrade.deflate {
            write!(stream, "Sec-WebSocket-Extensions: {params}\r\n")?;
        }
        write!(stream, "\r\n")?;
        let mut config = ConnectionConfig::default();
        config.deflate = upgrade.deflate;
        buffer.copy_within(request_len..len, 0);
        return Ok(Some((Connection::server(config), len - request_len)));
    }
}
