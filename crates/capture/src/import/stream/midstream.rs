//! Finds frames in a stream begun before the capture, which may be anything.

use framewright_codec::{HeaderPrefix, Role};

use super::side::{HeldBytes, Side};
use crate::session::resync::{Found, LIKELY_BITS, SURE_BITS, Search};

/// How many bytes to look at before giving up a stream.
const MAX_SEARCHED_LEN: u64 = 8 << 20;
/// The most memory held. False starts hold less, since their next header refutes them.
const MAX_HELD_LEN: usize = 1 << 20;

/// One direction.
#[derive(Debug)]
struct LaneSearch {
    search: Search,
    /// How many bytes went by.
    len: u64,
    /// Whether frames were found. Once true, the search ignores this direction.
    found: bool,
}

/// What is known of the stream by now.
#[derive(Debug)]
pub(super) enum Verdict {
    Undecided,
    /// WebSocket, and these chunks are of directions that start with a frame here.
    Frames(Side, Vec<HeldBytes>),
    /// No WebSocket.
    Other,
}

/// A search through both directions, each chunk held back until it is sure.
#[derive(Debug)]
pub(super) struct MidStream {
    lanes: [LaneSearch; 2],
    /// The chunks that may be frames, in order of arrival.
    held: Vec<HeldBytes>,
    held_len: usize,
    /// Known once one direction's frames were found.
    client: Option<Side>,
}

impl MidStream {
    pub(super) fn new() -> Self {
        // Whether compression was agreed on isn't known.
        let lane = || LaneSearch { search: Search::new(None, true), len: 0, found: false };
        Self { lanes: [lane(), lane()], held: Vec::new(), held_len: 0, client: None }
    }

    /// The memory it takes.
    pub(super) fn kept_len(&self) -> usize {
        let searches: u64 = self.lanes.iter().map(|lane| lane.search.kept_len()).sum();
        size_of::<Self>() + self.held_len + searches as usize
    }

    /// Whether this direction's frames were found.
    pub(super) fn found(&self, side: Side) -> bool {
        self.lanes[side as usize].found
    }

    pub(super) fn push(&mut self, side: Side, bytes: &[u8], time_ns: u64) -> Verdict {
        let lane = &mut self.lanes[side as usize];
        let found = lane.search.push(lane.len, bytes, time_ns);
        lane.len += bytes.len() as u64;
        let is_sure = matches!(found, Found::Frames(_));
        let is_held = match found {
            Found::Frames(_) => true,
            // The new chunk is the last that can be refuted.
            Found::Nothing(refuted) => self.forget(side, refuted.len()) == refuted.len(),
        };
        if is_held {
            self.held_len += bytes.len() + size_of::<HeldBytes>();
            self.held.push(HeldBytes { side, bytes: bytes.to_vec(), missing: 0, time_ns });
        }
        self.judge(side, is_sure)
    }

    /// Bytes are missing, so the frames before them have no further evidence.
    pub(super) fn gap(&mut self, side: Side, len: u64) {
        self.lanes[side as usize].len += len;
        self.start_again(side);
    }

    /// No more evidence will come: what both directions show together decides.
    pub(super) fn end(&mut self) -> Verdict {
        let bits: u32 = self.lanes.iter().map(|lane| lane.search.bits()).sum();
        if self.client.is_none() && bits < LIKELY_BITS {
            return Verdict::Undecided;
        }
        let mut clients = [Side::A, Side::B]
            .into_iter()
            .filter(|&side| self.lanes[side as usize].search.is_likely())
            .filter_map(|side| self.client_by(side));
        match (self.client, clients.next(), clients.next()) {
            (None, Some(one), other) if other.is_none_or(|other| other == one) => {
                drop(clients);
                self.release(one)
            }
            _ => Verdict::Undecided,
        }
    }

    fn judge(&mut self, side: Side, is_sure: bool) -> Verdict {
        self.lanes[side as usize].found = is_sure;
        let [lane, other] = [side, side.other()].map(|side| &self.lanes[side as usize]);
        let Some(client) = self.client_by(side) else { return self.go_on() };
        if self.client.is_some() {
            // Known to be WebSocket, whose frames need less evidence.
            let is_found = is_sure || lane.search.is_borne_out();
            return if is_found { self.release(client) } else { self.go_on() };
        }
        let agrees = self.client_by(side.other()).map(|by_other| by_other == client);
        let bits = if is_sure { SURE_BITS } else { lane.search.bits() };
        let other_bits = if agrees == Some(true) { other.search.bits() } else { 0 };
        if bits + other_bits < SURE_BITS {
            return self.go_on();
        }
        if agrees == Some(false) && other.search.is_borne_out() {
            // Both directions masked, or none.
            return Verdict::Other;
        }
        self.release(client)
    }

    /// Undecided, or no WebSocket if it was undecided for too long.
    fn go_on(&mut self) -> Verdict {
        if self.held_len > MAX_HELD_LEN {
            self.start_again(Side::A);
            self.start_again(Side::B);
        }
        let searched_len: u64 = self.lanes.iter().map(|lane| lane.len).sum();
        if self.client.is_none() && searched_len > MAX_SEARCHED_LEN {
            return Verdict::Other;
        }
        Verdict::Undecided
    }

    /// Gives out what is held of directions whose frames were found.
    fn release(&mut self, client: Side) -> Verdict {
        self.client = Some(client);
        for side in [Side::A, Side::B] {
            let by_side = self.client_by(side);
            let lane = &mut self.lanes[side as usize];
            lane.found |= by_side == Some(client) && lane.search.is_borne_out();
            if lane.found {
                continue;
            }
            lane.search.know_sender(if side == client {
                Some(Role::Client)
            } else {
                Some(Role::Server)
            });
            if by_side != Some(client) {
                self.start_again(side);
            }
        }
        let (found, held) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|held| self.lanes[held.side as usize].found);
        self.held = held;
        self.held_len =
            self.held.iter().map(|held| held.bytes.len() + size_of::<HeldBytes>()).sum();
        Verdict::Frames(client, found)
    }

    /// The client, if what is held of `side` starts with a frame: only a client's are masked.
    fn client_by(&self, side: Side) -> Option<Side> {
        let first = self.held.iter().find(|held| held.side == side)?;
        let masked = HeaderPrefix(*first.bytes.first_chunk()?).masked();
        Some(if masked { side } else { side.other() })
    }

    fn start_again(&mut self, side: Side) {
        let refuted = self.lanes[side as usize].search.give_up();
        self.forget(side, refuted.len());
    }

    /// Drops the first `count` chunks of a direction and returns how many there were.
    fn forget(&mut self, side: Side, count: usize) -> usize {
        let mut forgotten = 0;
        let Self { held, held_len, .. } = self;
        if count > 0 {
            held.retain(|held| {
                let is_refuted = held.side == side && forgotten < count;
                if is_refuted {
                    forgotten += 1;
                    *held_len -= held.bytes.len() + size_of::<HeldBytes>();
                }
                !is_refuted
            });
        }
        forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_frames_is_searched_and_held_up_to_a_length() {
        let mut search = MidStream::new();
        // A header whose frame never ends, again and again.
        let chunk = [&[0x82, 127, 0, 0, 0, 0, 2, 0, 0, 0][..], &[7; 60_000]].concat();
        let mut searched_len = 0_u64;
        let mut held_len = 0;
        while matches!(search.push(Side::A, &chunk, 0), Verdict::Undecided) {
            searched_len += chunk.len() as u64;
            held_len = held_len.max(search.held_len);
            assert!(searched_len < 64 << 20, "still searched");
        }
        assert!(searched_len >= MAX_SEARCHED_LEN - chunk.len() as u64, "{searched_len}");
        assert!(held_len <= MAX_HELD_LEN + 2 * chunk.len(), "{held_len}");
    }
}
