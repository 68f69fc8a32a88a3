//! The layout of the event table, for this crate and, by [`contract`](crate::contract()), for JavaScript.
//! Nothing else knows these numbers.

use framewright_codec::MAX_CONTROL_PAYLOAD_LEN;

/// Defines constants, and `LAYOUT`, which lists them all for the other side of the border.
macro_rules! layout {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $value:expr;)*) => {
        $($(#[$doc])* pub const $name: $type = $value;)*

        /// All of the above, by name.
        pub const LAYOUT: &[(&str, i64)] = &[$((stringify!($name), $name as i64)),*];
    };
}

layout! {
    /// Word 0: events in the table.
    COUNT: usize = 0;
    /// Word 1: bytes of the chunk that the events cover.
    TAKEN: usize = 1;
    /// The first word of a carried control payload.
    CARRIED_AT: usize = 4;
    /// The same in bytes.
    CARRIED_OFFSET: usize = 4 * CARRIED_AT;
    /// The first event.
    EVENTS_AT: usize = CARRIED_AT + MAX_CONTROL_PAYLOAD_LEN.div_ceil(4);
    /// The words of each.
    EVENT_WORDS: usize = 4;
    /// The most events one call reports.
    MAX_EVENTS: usize = 1024;
    /// The table's length in 32-bit words.
    TABLE_WORDS: usize = EVENTS_AT + MAX_EVENTS * EVENT_WORDS;

    /// An event's word 1: its first byte's index in the chunk, or the error's number.
    OFFSET: usize = 1;
    /// An event's word 2: its length in bytes, or what the error's message names.
    LENGTH: usize = 2;
    /// An event's word 3: the close code, or the lower bits of the frame's payload length.
    DETAIL: usize = 3;

    /// The bits of an event's first word that say its kind. The others are flags.
    KIND_MASK: u32 = 0x0f;
    /// A whole text message.
    TEXT: u32 = 1;
    /// A whole binary message.
    BINARY: u32 = 2;
    /// Part of a message.
    PIECE: u32 = 3;
    /// A close frame.
    CLOSE: u32 = 8;
    /// A ping.
    PING: u32 = 9;
    /// A pong.
    PONG: u32 = 10;
    /// The connection failed.
    ERROR: u32 = 15;

    /// The control payload began in an earlier chunk, and is in the table.
    CARRIED: u32 = 1 << 4;
    /// The piece is part of a text message.
    IS_TEXT: u32 = 1 << 5;
    /// The piece is part of a compressed message.
    COMPRESSED: u32 = 1 << 6;
    /// The piece is the first of its frame.
    STARTS_FRAME: u32 = 1 << 7;
    /// The piece is the last of its frame.
    ENDS_FRAME: u32 = 1 << 8;
    /// The piece is the last of its message.
    ENDS_MESSAGE: u32 = 1 << 9;
    /// The piece's message is too big, and is skipped.
    SKIPPED: u32 = 1 << 10;
    /// From here on, a piece's first word holds the upper bits of its frame's payload length.
    LEN_HIGH_SHIFT: u32 = 11;

    /// With the flags of an `inflate`: skip the message if it inflates to too much.
    SKIPS_TOO_BIG: u32 = 1 << 4;

    /// The outcome of an `inflate` that `inflateAsync` is to finish.
    UNFINISHED: i32 = i32::MIN;
    /// The outcome of an `inflate` whose message is skipped.
    LEFT_OUT: i32 = i32::MIN + 1;
}
