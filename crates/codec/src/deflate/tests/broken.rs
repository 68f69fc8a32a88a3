//! Streams that no honest peer sends.

use std::vec::Vec;

use proptest::prelude::*;

use super::corpus::{message, noise};
use super::*;
use crate::deflate::Context;

/// Changes to a connection's payloads.
#[derive(Clone, Debug)]
enum Damage {
    None,
    Flip { at: usize, bit: u8 },
    Cut { at: usize },
    Insert { at: usize, byte: u8 },
    Noise { len: usize },
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        2 => Just(Damage::None),
        3 => (any::<usize>(), 0_u8..8).prop_map(|(at, bit)| Damage::Flip { at, bit }),
        3 => any::<usize>().prop_map(|at| Damage::Cut { at }),
        1 => (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Damage::Insert { at, byte }),
        1 => (0_usize..600).prop_map(|len| Damage::Noise { len }),
    ]
}

fn apply(payload: &mut Vec<u8>, damage: &Damage) {
    let place = |at: usize, len: usize| at.checked_rem(len).unwrap_or(0);
    match *damage {
        Damage::None => {}
        Damage::Flip { at, bit } => {
            let at = place(at, payload.len());
            payload.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << bit);
        }
        Damage::Cut { at } => payload.truncate(place(at, payload.len())),
        Damage::Insert { at, byte } => payload.insert(place(at, payload.len()), byte),
        Damage::Noise { len } => *payload = noise(len),
    }
}

type Outcome = Result<Vec<u8>, InflateError>;

/// Inflates a message in two frames, `step_len` bytes at a time.
fn inflate_in_steps(
    decompressor: &mut Decompressor,
    payload: &[u8],
    split_at: usize,
    step_len: usize,
) -> Outcome {
    let (first, second) = payload.split_at(split_at.checked_rem(payload.len()).unwrap_or(0));
    let mut message = Vec::new();
    for (frame, fin) in [(first, false), (second, true)] {
        let mut consumed = 0;
        loop {
            let step =
                decompressor.inflate_step(&frame[consumed..], fin, step_len, &mut message)?;
            consumed += step.consumed;
            if step.finished {
                break;
            }
        }
    }
    Ok(message)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: count(2000, 2) as u32,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// However the text is taken out, the outcome is the same; a sleep in between only turns what would
    /// have been read as the rest of a block into an error.
    #[test]
    fn outcomes_depend_on_the_frames_alone(
        bits in 8_u8..=15,
        takeover in any::<bool>(),
        damages in proptest::collection::vec(damage(), 1..6),
        step_len in 1_usize..400,
        split_at in prop_oneof![Just(0), any::<usize>()],
    ) {
        let params = params(bits, takeover);
        let limits = InflateLimits { max_message_len: 20_000, max_ratio: None };
        let mut compressor = compressor(params);
        let [mut whole, mut stepped, mut sleepy] =
            [(); 3].map(|()| Decompressor::new(params, limits));
        let mut slept_well = true;
        for (index, damage) in damages.iter().enumerate() {
            let mut payload = compress(&mut compressor, &message(index));
            apply(&mut payload, damage);
            let expected = inflate_in_steps(&mut whole, &payload, split_at, usize::MAX);
            let outcome = inflate_in_steps(&mut stepped, &payload, split_at, step_len);
            prop_assert_eq!(&outcome, &expected);
            let outcome = inflate_in_steps(&mut sleepy, &payload, split_at, usize::MAX);
            slept_well &= outcome == expected;
            prop_assert!(slept_well || outcome == Err(InflateError::Corrupt));
            sleepy.sleep();
            if expected.is_err() {
                break;
            }
        }
    }

    #[test]
    fn noise_is_no_harder_than_the_limit(payload in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let limits = InflateLimits { max_message_len: 5000, max_ratio: None };
        let mut message = Vec::new();
        let _ = Decompressor::new(params(15, true), limits).inflate(&payload, true, &mut message);
        prop_assert!(message.len() <= 5000);
    }
}
