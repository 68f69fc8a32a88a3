//! Build steps that need Rust beyond cargo: `cargo run -p xtask -- <step>`.

mod wasm;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo run -p xtask -- <step>

Steps:
  wasm [first | engine | codec | backend]
          build crates/wasm, bind it to JavaScript and optimise it, into npm/inspector/wasm/ and npm/wasm/wasm/
";

fn main() -> ExitCode {
    let step = std::env::args().nth(1);
    let result = match step.as_deref() {
        Some("wasm") => wasm::build(std::env::args().nth(2).as_deref()),
        Some("--help" | "-h") => {
            print!("{HELP}");
            Ok(())
        }
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
