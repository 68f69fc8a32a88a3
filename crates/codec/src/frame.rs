//! Frames (RFC 6455 §5): the header and its checks, opcodes, masking, control frames, and the encoder.

pub(crate) mod close;
pub(crate) mod control;
pub(crate) mod encoder;
pub(crate) mod header;
pub(crate) mod mask;
pub(crate) mod opcode;
