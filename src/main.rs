//! Parses the command line, runs the command, and turns its end into an exit code.

use std::process::ExitCode;

use afterwave::cli::{Cli, usage};
use afterwave::diagnostics::{InputError, PartFailed};
use clap::Parser as _;

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| usage::explained(error).exit());
    let Err(error) = afterwave::commands::run(&cli) else { return ExitCode::SUCCESS };
    if let Some(InputError(problems)) = error.downcast_ref() {
        anstream::eprintln!("{}", problems.render(true));
        return ExitCode::from(2);
    }
    let is_closed_pipe = error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe);
    if is_closed_pipe {
        return ExitCode::SUCCESS;
    }
    anstream::eprintln!("error: {error:#}");
    if error.is::<PartFailed>() { ExitCode::from(3) } else { ExitCode::FAILURE }
}
