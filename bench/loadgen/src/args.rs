//! The command line.

use std::time::Duration;

use clap::{Args as Group, Parser, Subcommand, ValueEnum};

/// Loads a WebSocket server on 127.0.0.1 and checks every byte that it answers.
#[derive(Parser)]
pub(crate) struct Args {
    /// The server's port.
    #[arg(long)]
    pub(crate) port: u16,
    #[command(subcommand)]
    pub(crate) mode: Mode,
}

#[derive(Subcommand)]
pub(crate) enum Mode {
    /// As fast as the server echoes, a fixed number of messages in flight on each connection.
    Echo(EchoArgs),
    /// A fixed rate, whatever the server does; latencies count from when a message was due.
    Rate(RateArgs),
    /// The first connection publishes; every connection must receive every message.
    Broadcast(BroadcastArgs),
    /// Opens connections, echoes some messages on each, and holds them until standard input ends.
    Idle(IdleArgs),
    /// Connections that come, echo some messages and go, each in another way.
    Churn(ChurnArgs),
    /// As many opening handshakes as the server answers, some at a time.
    Handshakes(HandshakesArgs),
}

#[derive(Group)]
pub(crate) struct EchoArgs {
    #[command(flatten)]
    pub(crate) messages: Messages,
    #[command(flatten)]
    pub(crate) window: Window,
    /// Messages in flight on each connection.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) in_flight: u32,
}

#[derive(Group)]
pub(crate) struct RateArgs {
    #[command(flatten)]
    pub(crate) messages: Messages,
    #[command(flatten)]
    pub(crate) window: Window,
    /// Messages a second over all connections.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) rate: u64,
}

#[derive(Group)]
pub(crate) struct BroadcastArgs {
    #[command(flatten)]
    pub(crate) messages: Messages,
    #[command(flatten)]
    pub(crate) window: Window,
    /// Messages published with one write.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) batch: u32,
    /// Batches under way at once: the next goes out when every connection has the oldest.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) in_flight: u32,
}

#[derive(Group)]
pub(crate) struct IdleArgs {
    #[command(flatten)]
    pub(crate) messages: Messages,
    /// Messages to echo on each connection, one after the other, before it idles.
    #[arg(long, default_value_t = 0)]
    pub(crate) echoes: u64,
}

#[derive(Group)]
pub(crate) struct ChurnArgs {
    #[command(flatten)]
    pub(crate) messages: Messages,
    #[command(flatten)]
    pub(crate) window: Window,
    /// Messages to echo on each connection, one after the other, before it goes.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) echoes: u64,
}

#[derive(Group)]
pub(crate) struct HandshakesArgs {
    #[command(flatten)]
    pub(crate) window: Window,
    /// Handshakes at a time.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) connections: u32,
}

/// What is sent, over how many connections.
#[derive(Group, Clone, Copy)]
pub(crate) struct Messages {
    /// Connections.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) connections: u32,
    /// Payload length in bytes.
    #[arg(long, default_value_t = 64)]
    pub(crate) payload_len: usize,
    /// What the payloads are.
    #[arg(long, value_enum, default_value_t = Kind::Text)]
    pub(crate) kind: Kind,
    /// Expect the very bytes that were sent, mask and all: what a server answers that only copies.
    #[arg(long)]
    #[arg(long, conflicts_with = "deflate")]
    pub(crate) verbatim: bool,
    /// Compress every message, and expect every answer to be compressed.
    #[arg(long, value_enum)]
    pub(crate) deflate: Option<Context>,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A short pattern, again and again.
    Text,
    /// Bytes that don't compress.
    Binary,
    /// JSON that compresses as an application's does.
    Json,
}

/// What to agree on for both directions (RFC 7692 §7.1.1).
#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
pub(crate) enum Context {
    /// A message may refer to earlier ones.
    Takeover,
    /// It may not.
    NoTakeover,
}

/// When to count.
#[derive(Group, Clone, Copy)]
pub(crate) struct Window {
    /// Time before counting starts.
    #[arg(long, default_value_t = 500)]
    warmup_ms: u64,
    /// Time to count for.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..))]
    duration_ms: u64,
    /// The server's process, to report how much processor time it took.
    #[arg(long)]
    pub(crate) server_pid: Option<u32>,
}

impl Window {
    pub(crate) fn warmup(&self) -> Duration {
        Duration::from_millis(self.warmup_ms)
    }

    pub(crate) fn duration(&self) -> Duration {
        Duration::from_millis(self.duration_ms)
    }
}
