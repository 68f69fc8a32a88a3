//! The command line.

use std::time::Duration;

use clap::{Args as Group, Parser, Subcommand, ValueEnum};

/// Loads a WebSocket server on 127.0.0.1 and checks every octet that it answers.
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
    /// Opens connections and holds them until standard input ends.
    Idle(IdleArgs),
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
    /// Connections.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) connections: u32,
}

/// What is sent, over how many connections.
#[derive(Group, Clone, Copy)]
pub(crate) struct Messages {
    /// Connections.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) connections: u32,
    /// Payload length in octets.
    #[arg(long)]
    pub(crate) payload_len: usize,
    /// What the payloads are.
    #[arg(long, value_enum, default_value_t = Kind::Text)]
    pub(crate) kind: Kind,
    /// Expect the very octets that were sent, mask and all: what a server answers that only copies.
    #[arg(long)]
    pub(crate) verbatim: bool,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Binary,
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
