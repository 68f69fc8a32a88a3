//! A WebSocket load generator: many connections on one core, every byte of every answer checked.
//!
//! Prints one line of JSON, or fails with a non-zero exit code at the first wrong byte.

mod args;
mod connection;
mod cpu;
mod error;
mod fleet;
mod modes;
mod script;
mod window;
mod wire;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Mode};
use crate::error::Error;

fn run(args: &Args) -> Result<String, Error> {
    let json = match &args.mode {
        Mode::Echo(echo) => serde_json::to_string(&modes::echo::run(args.port, echo)?),
        Mode::Rate(rate) => serde_json::to_string(&modes::rate::run(args.port, rate)?),
        Mode::Broadcast(broadcast) => {
            serde_json::to_string(&modes::broadcast::run(args.port, broadcast)?)
        }
        Mode::Handshakes(handshakes) => {
            serde_json::to_string(&modes::handshakes::run(args.port, handshakes)?)
        }
        Mode::Idle(idle) => serde_json::to_string(&modes::idle::run(args.port, idle)?),
        Mode::Churn(churn) => serde_json::to_string(&modes::churn::run(args.port, churn)?),
    };
    Ok(json?)
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(json) => {
            println!("{json}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("loadgen: {error}");
            ExitCode::FAILURE
        }
    }
}
