//! The walker against itself however the bytes are cut, and against the strict decoder.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::{Decoder, DecoderConfig, Event, Limits, MAX_HEADER_LEN, ProtocolError, Role};

fn walk(walker: &Walker, chunks: &[&[u8]]) -> Findings {
    let mut walker = walker.clone();
    let mut findings = Findings::default();
    for chunk in chunks {
        walker.push(chunk, &mut findings);
    }
    findings
}

fn rules(findings: &Findings) -> Vec<(Rule, u64)> {
    findings.violations.iter().map(|violation| (violation.rule, violation.offset)).collect()
}

/// Frames that are right or nearly so: first byte, masked, payload, and what to do to the length.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        4 => proptest::sample::select(vec![0x81, 0x82, 0x01, 0x80, 0x00, 0x89, 0x8a, 0x88]),
        1 => any::<u8>(),
    ];
    let payload = prop_oneof![
        3 => "[a-zé🎉]{0,20}".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..150),
        1 => Just(Vec::from([0x03, 0xe8])),
    ];
    let frame = (first, any::<bool>(), any::<[u8; 4]>(), payload, 0..12_u8);
    proptest::collection::vec(frame, 1..8).prop_map(|frames| {
        let mut stream = Vec::new();
        for (first, masked, key, mut payload, len_style) in frames {
            let header = crate::FrameHeader {
                fin: first & 0x80 != 0,
                rsv1: first & 0x40 != 0,
                rsv2: first & 0x20 != 0,
                rsv3: first & 0x10 != 0,
                opcode: crate::Opcode::from_bits(first),
                masking_key: masked.then_some(key),
                payload_len: payload.len() as u64,
            };
            if masked {
                crate::Mask::new(key).apply(&mut payload);
            }
            let mut bytes = [0; MAX_HEADER_LEN];
            let len = header.encode(&mut bytes);
            match len_style {
                // A longer form than needed.
                0 if payload.len() < 126 => {
                    stream.extend([bytes[0], bytes[1] & 0x80 | 126, 0, payload.len() as u8]);
                    stream.extend(&bytes[2..len]);
                }
                1 => {
                    stream.extend([bytes[0], bytes[1] | 127]);
                    stream.extend((payload.len() as u64).to_be_bytes());
                    stream.extend(header.masking_key.iter().flatten());
                }
                _ => stream.extend(&bytes[..len]),
            }
            stream.extend(payload);
        }
        stream
    })
}

/// The rules that are the decoder's reason to fail.
fn reasons(error: ProtocolError) -> &'static [Rule] {
    match error {
        ProtocolError::UnexpectedRsv1 => {
            &[Rule::Rsv1WithoutExtension, Rule::Rsv1OnContinuation, Rule::Rsv1OnControl]
        }
        ProtocolError::UnexpectedRsv23 => &[Rule::Rsv2WithoutExtension, Rule::Rsv3WithoutExtension],
        ProtocolError::InvalidOpcode(_) => {
            &[Rule::ReservedOpcode, Rule::OrphanContinuation, Rule::InterruptedMessage]
        }
        ProtocolError::ExpectedFin => &[Rule::FragmentedControl],
        ProtocolError::InvalidControlPayloadLen(_) => {
            // The long forms of a length are too long for a control frame, whatever they say.
            &[Rule::ControlTooLong, Rule::CloseBodyOneByte, Rule::NonMinimalLength]
        }
        ProtocolError::ExpectedMask => &[Rule::UnmaskedClientFrame],
        ProtocolError::UnexpectedMask => &[Rule::MaskedServerFrame],
        ProtocolError::InvalidCloseCode(_) => &[Rule::InvalidCloseCode],
        ProtocolError::InvalidUtf8 => &[Rule::InvalidUtf8Text, Rule::InvalidUtf8CloseReason],
        _ => &[],
    }
}

/// What the decoder is more lenient in than the RFC, as ws is, or never sees, since it stops.
const WALKER_ONLY: [Rule; 4] =
    [Rule::NonMinimalLength, Rule::RepeatedMaskingKey, Rule::LengthTopBit, Rule::DataAfterClose];

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 2 } else { 2000 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn however_cut_it_reports_the_same(
        bytes in prop_oneof![stream(), proptest::collection::vec(any::<u8>(), 0..200)],
        cuts in proptest::collection::vec(0..200_usize, 0..5),
        deflate: bool,
    ) {
        let walker = Walker::new(Some(Role::Client)).permessage_deflate(deflate);
        let whole = walk(&walker, &[&bytes]);
        let ones: Vec<_> = bytes.chunks(1).collect();
        let slow = walk(&walker, &ones);
        prop_assert_eq!(&whole.frames, &slow.frames);
        prop_assert_eq!(&whole.violations, &slow.violations);
        let mut parts = Vec::new();
        let mut rest = bytes.as_slice();
        for cut in cuts {
            let (part, after) = rest.split_at(cut.min(rest.len()));
            parts.push(part);
            rest = after;
        }
        parts.push(rest);
        let cut = walk(&walker, &parts);
        prop_assert_eq!(&whole.frames, &cut.frames);
        prop_assert_eq!(&whole.violations, &cut.violations);
        // Frames lie one after the other, and violations in theirs.
        let mut next = 0;
        for frame in &whole.frames {
            prop_assert_eq!(frame.offset, next);
            next = next.saturating_add(frame.header_len.into()).saturating_add(frame.header.payload_len);
        }
        for violation in &whole.violations {
            let frame = whole.frames.iter().find(|frame| frame.offset == violation.frame_offset);
            let frame = frame.expect("a violation names its frame");
            let len = u64::from(frame.header_len).saturating_add(frame.header.payload_len);
            let end = violation.offset.saturating_add(violation.len);
            prop_assert!(violation.offset >= frame.offset && end <= frame.offset.saturating_add(len));
        }
    }

    #[test]
    fn it_agrees_with_the_strict_decoder(bytes in stream(), to_server: bool, deflate: bool) {
        let (role, sender) = if to_server {
            (Role::Server, Some(Role::Client))
        } else {
            (Role::Client, Some(Role::Server))
        };
        let config = DecoderConfig {
            permessage_deflate: deflate,
            limits: Limits::NONE,
            ..DecoderConfig::new(role)
        };
        let mut events: Vec<Event> = Vec::new();
        Decoder::new(config).decode(&mut bytes.clone(), &mut events);
        let mut walker = Walker::new(sender).permessage_deflate(deflate);
        let mut findings = Findings::default();
        walker.push(&bytes, &mut findings);
        let mut violations = findings.violations.iter().filter(|v| !WALKER_ONLY.contains(&v.rule));
        match events.last() {
            // The decoder needn't wait for all of a header.
            Some(Event::Error(_)) if walker.open_header_offset().is_some() => {}
            Some(Event::Error(error)) => {
                // It need not be the frame's first violation, but no frame before has one.
                let is_reason = |violation: &&Violation| reasons(*error).contains(&violation.rule);
                let reason = findings.violations.iter().find(is_reason);
                let reason = reason.expect("the decoder's reason");
                let before = violations.take_while(|v| v.frame_offset < reason.frame_offset);
                prop_assert_eq!(before.count(), 0, "{:?}: {:?}", error, findings.violations);
            }
            // After a close frame the decoder takes no more events.
            Some(Event::Close { .. }) => {}
            _ => prop_assert_eq!(violations.next(), None),
        }
    }
}

#[test]
fn a_gap_inside_a_payload_costs_only_that_payload() {
    let mut walker = Walker::new(Some(Role::Client));
    let mut findings = Findings::default();
    walker.push(&[0x81, 0x8a, 0, 0, 0, 0, b'a', b'b', 0xc3], &mut findings);
    assert_eq!(walker.payload_left(), Some(7));
    assert_eq!(walker.gap(5, &mut findings), Gap::InPayload);
    walker.push(&[0xa9, b'z', 0x89, 0x80, 1, 2, 3, 4], &mut findings);
    assert_eq!((findings.frames.len(), rules(&findings)), (2, Vec::new()));
    assert_eq!(findings.frames[1].offset, 16);

    assert_eq!(walker.gap(1, &mut findings), Gap::LostBoundary);
    // What goes on here may have begun before.
    walker.push(&[0x80, 0x80, 1, 2, 3, 5], &mut findings);
    assert_eq!(rules(&findings), []);
    assert_eq!(findings.frames[2].offset, 23);
}

#[test]
fn a_gap_over_a_payloads_end_loses_the_boundary() {
    for len in [4, 5, 100] {
        let mut walker = Walker::new(Some(Role::Server));
        let mut findings = Findings::default();
        walker.push(&[0x01, 0x05, b'a'], &mut findings);
        let outcome = walker.gap(len, &mut findings);
        let expected = if len == 4 { Gap::InPayload } else { Gap::LostBoundary };
        assert_eq!(outcome, expected);
        assert_eq!(walker.in_message(), len == 4);
        assert!(walker.at_boundary());
        walker.push(&[0x81, 0x00], &mut findings);
        let interrupted = [(Rule::InterruptedMessage, 7)];
        assert_eq!(rules(&findings), if len == 4 { interrupted.to_vec() } else { Vec::new() });
    }
}

#[test]
fn a_message_begun_before_is_no_violation_until_its_last_fragment() {
    // Four fragments of it, one with FIN, then one of nothing.
    const FRAGMENTS: &[u8] = b"\x00\x01a\x00\x01b\x89\x00\x00\x01c\x80\x01d\x00\x01e";
    let walker = Walker::new(Some(Role::Server)).mid_stream();
    assert_eq!(rules(&walk(&walker, &[FRAGMENTS])), [(Rule::OrphanContinuation, 14)]);

    // The same after a gap.
    let mut walker = Walker::new(Some(Role::Server));
    let mut findings = Findings::default();
    walker.push(b"\x01\x01a\x00\x01", &mut findings);
    assert_eq!(walker.gap(4, &mut findings), Gap::LostBoundary);
    walker.push(FRAGMENTS, &mut findings);
    assert_eq!(rules(&findings), [(Rule::OrphanContinuation, 9 + 14)]);

    // A message of its own ends it, too.
    let walker = Walker::new(Some(Role::Server)).mid_stream();
    let bytes = b"\x00\x01a\x81\x01b\x00\x01c";
    assert_eq!(rules(&walk(&walker, &[bytes])), [(Rule::OrphanContinuation, 6)]);
}

#[test]
fn a_payload_of_any_declared_length_is_walked_without_memory() {
    let mut walker = Walker::new(Some(Role::Server));
    let mut findings = Findings::default();
    let mut bytes = Vec::from([0x82, 0x7f]);
    bytes.extend(u64::MAX.to_be_bytes());
    bytes.extend([0; 100]);
    walker.push(&bytes, &mut findings);
    assert_eq!(rules(&findings), [(Rule::LengthTopBit, 2)]);
    assert_eq!(walker.payload_left(), Some(u64::MAX - 100));
    assert_eq!(walker.gap(u64::MAX - 100, &mut findings), Gap::InPayload);
    assert!(walker.at_boundary());
}

#[test]
fn every_rule_has_a_section() {
    for rule in Rule::ALL {
        assert!(
            rule.section().starts_with("RFC 6455 §") || rule.section().starts_with("RFC 7692 §")
        );
    }
}
