//! x
pub(super) fn plan(_: &crate::cli::sweep::PlanArgs, _: bool) -> anyhow::Result<()> { Ok(()) }
