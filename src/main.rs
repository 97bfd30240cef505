//! Parses the command line, runs the command, and turns its end into an exit code.

use std::io::Write as _;
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::Arc;

use afterwave::cli::line::CommandLine;
use afterwave::diagnostics::{InputError, PartFailed};
use afterwave::escape::terminal;

fn main() -> ExitCode {
    let words = std::env::args_os().skip(1);
    // Where standard error takes nothing, the exit code still tells.
    let mut stderr = anstream::stderr();
    let line = match CommandLine::parse(words) {
        Ok(line) => line,
        Err(error) if error.use_stderr() => {
            let _ = write!(stderr, "{}", terminal(&error.render().to_string()));
            return ExitCode::from(2);
        }
        Err(help) => {
            return if help.print().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
    };
    take_too_large_for_an_error();
    let Err(error) = afterwave::commands::run(&line) else { return ExitCode::SUCCESS };
    if let Some(InputError(problems)) = error.downcast_ref() {
        let _ = writeln!(stderr, "{}", problems.render(true));
        return ExitCode::from(2);
    }
    let is_closed_pipe = error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe);
    if is_closed_pipe {
        return ExitCode::SUCCESS;
    }
    let _ = writeln!(stderr, "error: {}", terminal(&format!("{error:#}")));
    if error.is::<PartFailed>() { ExitCode::from(3) } else { ExitCode::FAILURE }
}

/// A file that would outgrow what is allowed here ends in an error of its writing, as a full disk
/// does, not in the end of the program half-way: the signal of it is taken and does nothing.
fn take_too_large_for_an_error() {
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}
