//! `afterwave rerun` and `afterwave verify`: results made again, or held against their record.

use std::path::PathBuf;

use clap::Args;

/// Repeats what wrote a folder of results, byte for byte.
///
/// The inputs must be as they were (their hashes are checked first) and where they were: run it from
/// the folder that the command was run in.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave rerun afterwave-out/run.json               again, into the same folder
  afterwave rerun afterwave-out/run.json --out again   into another one

Exit codes: 0 every file is the same; 1 some are not, or can't be written;
2 an input has changed.")]
pub struct RerunArgs {
    /// The run.json beside the results, or their folder
    #[arg(value_name = "RECORD")]
    pub record: PathBuf,
    /// Folder for the results [default: that of the record]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Holds every file of a folder of results against its run.json.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Lists files that are missing, changed or not in the record; results in folders of
their own within it are theirs to verify.

Exit codes: 0 all is as recorded; 1 something is not; 2 there is no record.")]
pub struct VerifyArgs {
    /// Folder with the results
    #[arg(value_name = "DIR", default_value = "afterwave-out")]
    pub dir: PathBuf,
}
