//! A stream that never blocks and never ends: the same frames over and over.

use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use framewright_codec::{Frame, Opcode};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The most bytes that one read gives: what Node reads at once.
pub(crate) const CHUNK_LEN: usize = 64 << 10;

/// The length of all frames together: more than the first-level cache, less than the second.
const FRAMES_LEN: usize = 1 << 20;

/// Masked text messages of one length, each in as many frames.
pub(crate) struct Frames {
    /// What the frames say.
    pub(crate) payloads: Vec<Vec<u8>>,
    bytes: Vec<u8>,
}

impl Frames {
    pub(crate) fn new(payload_len: usize, fragments: usize) -> Self {
        let payloads: Vec<_> =
            (0..FRAMES_LEN / payload_len).map(|index| text(payload_len, index)).collect();
        let mut bytes = Vec::new();
        for (index, payload) in payloads.iter().enumerate() {
            let masking_key = Some((index as u32 | 0x0101_0101).to_be_bytes());
            let fragments = payload.chunks(payload_len.div_ceil(fragments));
            let last = fragments.len() - 1;
            for (index, fragment) in fragments.enumerate() {
                let opcode = if index == 0 { Opcode::Text } else { Opcode::Continuation };
                Frame { fin: index == last, masking_key, ..Frame::new(opcode, fragment) }
                    .append_to(&mut bytes);
            }
        }
        Self { payloads, bytes }
    }
}

/// ASCII text, different for each index.
fn text(len: usize, index: usize) -> Vec<u8> {
    format!("{{\"lot\":{index},\"by\":\"someone\"}} ").bytes().cycle().take(len).collect()
}

/// Reads the frames' bytes round and round; drops what is written.
pub(crate) struct Feed {
    bytes: Vec<u8>,
    offset: usize,
}

impl Feed {
    pub(crate) fn new(frames: &Frames) -> Self {
        Self { bytes: frames.bytes.clone(), offset: 0 }
    }

    /// The next bytes, at most so many.
    fn next(&mut self, len: usize) -> &[u8] {
        let rest = &self.bytes[self.offset..];
        let next = &rest[..rest.len().min(len).min(CHUNK_LEN)];
        self.offset = (self.offset + next.len()) % self.bytes.len();
        next
    }
}

impl Read for Feed {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let next = self.next(buf.len());
        buf[..next.len()].copy_from_slice(next);
        Ok(next.len())
    }
}

impl Write for Feed {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for Feed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let next = self.next(buf.remaining());
        buf.put_slice(next);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Feed {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
