//! Arguments → window or command line; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    podwright::cli::main(std::env::args_os())
}
