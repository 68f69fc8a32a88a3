//! A WebSocket server that sends every message back: what the codec leaves to its caller is the socket, the
//! HTTP parser, and keeping the pieces of a message until the last has come.
//!
//! ```text
//! cargo run -p framewright-codec --example echo -- 127.0.0.1:9001
//! ```

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use framewright_codec::handshake::{HandshakeHeaders, accept_upgrade};
use framewright_codec::{
    CloseCode, ControlPayload, Decoder, DecoderConfig, Event, FrameHeader, MessageType, Opcode,
    Piece, Role,
};

const MAX_REQUEST_LEN: usize = 8 * 1024;

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9001".to_owned());
    let listener = TcpListener::bind(address)?;
    println!("ws://{}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        std::thread::spawn(move || {
            if let Err(error) = serve(stream) {
                eprintln!("{error}");
            }
        });
    }
    Ok(())
}

fn serve(mut stream: TcpStream) -> io::Result<()> {
    let Some(mut rest) = shake_hands(&mut stream)? else { return Ok(()) };
    let mut connection = Echo::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        // What came behind the request is the first chunk.
        let is_open = connection.take(&mut rest);
        stream.write_all(&connection.answers)?;
        connection.answers.clear();
        if !is_open {
            return Ok(());
        }
        let len = stream.read(&mut chunk)?;
        if len == 0 {
            return Ok(());
        }
        rest.clear();
        rest.extend_from_slice(&chunk[..len]);
    }
}

/// Answers the request, and returns what came behind it; `None` if it was refused.
fn shake_hands(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut octets = Vec::new();
    loop {
        let mut chunk = [0; 1024];
        let len = stream.read(&mut chunk)?;
        octets.extend_from_slice(&chunk[..len]);
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut fields);
        let request_len = match request.parse(&octets).map_err(io::Error::other)? {
            httparse::Status::Complete(request_len) => request_len,
            httparse::Status::Partial if len > 0 && octets.len() < MAX_REQUEST_LEN => continue,
            httparse::Status::Partial => return Ok(None),
        };
        let fields = request.headers.iter().map(|field| (field.name, field.value));
        let headers = HandshakeHeaders::collect(fields);
        return match accept_upgrade(request.method.unwrap_or_default(), &headers, None) {
            Ok(upgrade) => {
                write!(
                    stream,
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                     Sec-WebSocket-Accept: {}\r\n\r\n",
                    upgrade.accept
                )?;
                Ok(Some(octets.split_off(request_len)))
            }
            Err(error) => {
                write!(stream, "HTTP/1.1 {} {error}\r\n", error.status())?;
                for (name, value) in error.headers() {
                    write!(stream, "{name}: {value}\r\n")?;
                }
                write!(stream, "Content-Length: 0\r\nConnection: close\r\n\r\n")?;
                Ok(None)
            }
        };
    }
}

/// One connection: what came of its message so far, and what is to be written.
struct Echo {
    decoder: Decoder,
    message: Vec<u8>,
    answers: Vec<u8>,
}

impl Echo {
    fn new() -> Self {
        let decoder = Decoder::new(DecoderConfig::new(Role::Server));
        Self { decoder, message: Vec::new(), answers: Vec::new() }
    }

    /// Takes a chunk, which is unmasked in place. Returns whether the connection goes on.
    fn take(&mut self, chunk: &mut [u8]) -> bool {
        let mut events = Vec::new();
        // A `Vec` is never full, so all of the chunk is decoded.
        self.decoder.decode(chunk, &mut events);
        for event in events {
            match event {
                Event::Message { message_type, offset, len } => {
                    self.answer(opcode(message_type), &chunk[offset..offset + len]);
                }
                Event::Piece(piece) => self.take_piece(piece, chunk),
                Event::Ping(payload) => {
                    let payload = self.control(payload, chunk).to_vec();
                    self.answer(Opcode::Pong, &payload);
                }
                Event::Pong(_) => {}
                Event::Close { body, .. } => {
                    let body = self.control(body, chunk).to_vec();
                    self.answer(Opcode::Close, &body);
                    return false;
                }
                Event::Error(error) => {
                    let CloseCode(code) = error.close_code();
                    self.answer(Opcode::Close, &code.to_be_bytes());
                    return false;
                }
            }
        }
        true
    }

    fn take_piece(&mut self, piece: Piece, chunk: &[u8]) {
        self.message.extend_from_slice(&chunk[piece.range()]);
        if piece.ends_message {
            let message = std::mem::take(&mut self.message);
            self.answer(opcode(piece.message_type), &message);
        }
    }

    fn control<'a>(&'a self, payload: ControlPayload, chunk: &'a [u8]) -> &'a [u8] {
        match payload {
            ControlPayload::InChunk { offset, len } => &chunk[offset..offset + len],
            ControlPayload::Carried { len } => &self.decoder.carried_control()[..len],
        }
    }

    fn answer(&mut self, opcode: Opcode, payload: &[u8]) {
        FrameHeader::new(opcode).append_frame(payload, &mut self.answers);
    }
}

fn opcode(message_type: MessageType) -> Opcode {
    match message_type {
        MessageType::Text => Opcode::Text,
        MessageType::Binary => Opcode::Binary,
    }
}
