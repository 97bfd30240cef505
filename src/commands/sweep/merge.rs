//! x
pub(super) fn merge(_: &crate::cli::sweep::MergeArgs, _: bool) -> anyhow::Result<()> { Ok(()) }
