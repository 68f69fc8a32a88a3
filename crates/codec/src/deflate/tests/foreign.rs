//! miniz_oxide on the other end of the connection.

use std::vec;
use std::vec::Vec;

use miniz_oxide::deflate::core::{CompressorOxide, create_comp_flags_from_zip_params};
use miniz_oxide::deflate::stream::deflate;
use miniz_oxide::inflate::stream::{InflateState, inflate as inflate_foreign};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};

use super::corpus::{message, noise, text};
use super::*;
use crate::deflate::{Context, TAIL};

fn messages() -> Vec<Vec<u8>> {
    let mut messages: Vec<_> = (0..count(200, 6)).map(message).collect();
    if !cfg!(miri) {
        messages.extend([text(100_000), noise(50_000), text(1), noise(40_000), text(70_000)]);
    }
    messages
}

#[test]
fn a_foreign_inflater_understands_us() {
    let mut compressor = compressor(params(15, true));
    let mut foreign = InflateState::new_boxed(DataFormat::Raw);
    for (index, message) in messages().iter().enumerate() {
        let payload = [&compress(&mut compressor, message)[..], &TAIL].concat();
        let mut inflated = vec![0; message.len() + 1];
        let result = inflate_foreign(&mut foreign, &payload, &mut inflated, MZFlush::None);
        assert_eq!((result.status, result.bytes_consumed), (Ok(MZStatus::Ok), payload.len()));
        assert!(inflated[..result.bytes_written] == *message);
        if index % 3 == 0 {
            compressor.sleep();
        }
    }
}

#[test]
fn we_understand_a_foreign_compressor() {
    for level in [0, 1, 6, 9] {
        let flags = create_comp_flags_from_zip_params(level, -15, 0);
        let mut foreign = CompressorOxide::new(flags);
        let mut decompressor = decompressor(params(15, true));
        for (index, message) in messages().iter().enumerate() {
            let mut payload = vec![0; message.len() + message.len() / 50 + 1000];
            let result = deflate(&mut foreign, message, &mut payload, MZFlush::Sync);
            assert_eq!((result.status, result.bytes_consumed), (Ok(MZStatus::Ok), message.len()));
            payload.truncate(result.bytes_written - TAIL.len());
            assert!(inflate(&mut decompressor, &payload).unwrap() == *message);
            if index % 3 == 0 {
                decompressor.sleep();
            }
        }
    }
}
