//! Finding a frame's start where it isn't known: at the start of a chunk, by what follows from it.

use framewright_codec::walk::Sender;
use framewright_codec::{FrameHeader, LenForm, Opcode};

/// The longest payload that is believed of a frame that doesn't end inside the chunk.
const MAX_PLAUSIBLE_LEN: u64 = 64 << 20;

/// Whether `octets` can be told to start with a frame: every header in it is one that a correct peer could
/// send, and there is enough of it that chance is unlikely: the frames fill the chunk exactly, or there are
/// at least two.
pub(crate) fn is_frame_start(octets: &[u8], sender: Sender) -> bool {
    let mut at = 0;
    let mut frames = 0;
    while at < octets.len() {
        let Some((header, header_len)) = FrameHeader::parse(&octets[at..]) else {
            return frames >= 2;
        };
        let form_len = header.encoded_len();
        if !is_plausible(&header, sender) || form_len != header_len {
            return false;
        }
        frames += 1;
        match usize::try_from(header.payload_len)
            .ok()
            .and_then(|len| (at + header_len).checked_add(len))
        {
            Some(end) if end <= octets.len() => at = end,
            _ => return frames >= 2,
        }
    }
    frames > 0
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
