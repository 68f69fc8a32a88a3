//! Masking a payload, beside copying it.

use std::hint::black_box;

use framewright_codec::Mask;

use crate::Peer;
use crate::timing::Bench;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// Bytes a pass.
const PASS_LEN: usize = 1 << 20;

type Work = fn(source: &[u8], target: &mut [u8]);

pub(crate) fn bench(peer: Peer, payload_len: usize) -> Option<Box<dyn Bench>> {
    let work: Work = match peer {
        Peer::Framewright => |_, target| Mask::new(black_box(KEY)).apply(target),
        Peer::Fastwebsockets => |_, target| fastwebsockets::unmask(target, black_box(KEY)),
        Peer::Memcpy => |source, target| target.copy_from_slice(source),
        Peer::Tungstenite => return None,
    };
    Some(Box::new(MaskBench {
        work,
        masks: peer != Peer::Memcpy,
        source: (0..payload_len).map(|index| (index * 7) as u8).collect(),
        target: vec![0; payload_len],
    }))
}

struct MaskBench {
    work: Work,
    masks: bool,
    source: Vec<u8>,
    target: Vec<u8>,
}

impl Bench for MaskBench {
    fn pass(&mut self) -> usize {
        let count = PASS_LEN / self.target.len();
        for _ in 0..count {
            (self.work)(black_box(&self.source), black_box(&mut self.target));
        }
        count
    }

    fn verify(&mut self) {
        let Self { work, masks, source, target } = self;
        let key = if *masks { KEY } else { [0; 4] };
        target.copy_from_slice(source);
        work(source, target);
        for (index, (masked, byte)) in target.iter().zip(source.iter()).enumerate() {
            assert_eq!(*masked, byte ^ key[index % 4], "byte {index} is wrong");
        }
    }
}
