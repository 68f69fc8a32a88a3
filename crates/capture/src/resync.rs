//! Finding a frame's start where it isn't known: at the start of a chunk, by what follows from it.

use framewright_codec::walk::Sender;
use framewright_codec::{FrameHeader, LenForm, Opcode};

/// The longest payload that is believed of a frame that doesn't end inside the chunk.
const MAX_PLAUSIBLE_LEN: u64 = 64 << 20;

/// How many frames `octets` can be told to start with, or `None` if a header in it is one that no correct
/// peer would send. The last frame may go beyond.
pub(crate) fn count_frames(octets: &[u8], sender: Sender) -> Option<usize> {
    let mut at = 0;
    let mut frames = 0;
    while at < octets.len() {
        let Some((header, header_len)) = FrameHeader::parse(&octets[at..]) else {
            return (frames > 0).then_some(frames);
        };
        if !is_plausible(&header, sender) || header.encoded_len() != header_len {
            return None;
        }
        frames += 1;
        let payload_len = usize::try_from(header.payload_len).unwrap_or(usize::MAX);
        let end = (at + header_len).saturating_add(payload_len);
        if end > octets.len() {
            // A lone header proves little: the octets must bear it out.
            return (frames > 1).then_some(frames);
        }
        at = end;
    }
    (frames > 0).then_some(frames)
}

/// Whether `octets` can be told to start with a frame: every header in it is plausible, and its frames fill
/// it or are at least two.
pub(crate) fn is_frame_start(octets: &[u8], sender: Sender) -> bool {
    count_frames(octets, sender).is_some()
}

fn is_plausible(header: &FrameHeader, sender: Sender) -> bool {
    let masking = match sender {
        Sender::Client => header.masking_key.is_some(),
        Sender::Server => header.masking_key.is_none(),
        Sender::Unknown => true,
    };
    let opcode = match header.opcode {
        Opcode::Reserved(_) => false,
        Opcode::Continuation => !header.rsv1,
        Opcode::Text | Opcode::Binary => true,
        Opcode::Close | Opcode::Ping | Opcode::Pong => {
            header.fin && !header.rsv1 && LenForm::minimal(header.payload_len) == LenForm::Bits7
        }
    };
    masking && opcode && !header.rsv2 && !header.rsv3 && header.payload_len <= MAX_PLAUSIBLE_LEN
}
