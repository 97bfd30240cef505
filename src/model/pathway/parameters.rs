//! The numbers of the pathway model, draws side by side.

use super::Layout;
use crate::lane::Lane;

/// What becomes of people who are referred and not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Refused {
    /// They leave the stock at risk, below the threshold of every service.
    #[default]
    Leave,
    /// They stay at risk and are referred again next month, as in the published model.
    RePresent,
}

/// The parameters of `L` draws; indices as in the [`Layout`].
///
/// Shares lie between 0 and 1 and weights are not negative; a caller that samples them clamps
/// them. Rates of a group that add up to more than 1 in a draw are scaled down to 1 together.
#[derive(Clone, PartialEq, Debug)]
pub struct Parameters<const L: usize> {
    /// Per need: share of the people at risk who develop the condition.
    pub rate: Vec<Lane<L>>,
    /// Per need: share of those who seek help.
    pub help_seeking: Vec<Lane<L>>,
    /// Per pathway: weight of the service among those for its need, on any scale. A need whose
    /// weights are all zero reaches no service: it is unseen.
    pub weight: Vec<Lane<L>>,
    /// Per service: share of referrals that start treatment.
    pub accepted: Vec<Lane<L>>,
    /// Per service: share of the caseload that leaves in a month, see [`leave`].
    pub leave: Vec<Lane<L>>,
    /// Per service: share of those leaving who have recovered; the others are at risk again.
    pub recovered: Vec<Lane<L>>,
}

impl<const L: usize> Parameters<L> {
    /// Parameters with no need, everyone seeking help, equal weights, everyone accepted and nobody
    /// ever leaving.
    pub fn new(layout: &Layout) -> Self {
        Self {
            rate: vec![Lane::ZERO; layout.needs().len()],
            help_seeking: vec![Lane::ONE; layout.needs().len()],
            weight: vec![Lane::ONE; layout.pathways().len()],
            accepted: vec![Lane::ONE; layout.services()],
            leave: vec![Lane::ZERO; layout.services()],
            recovered: vec![Lane::ZERO; layout.services()],
        }
    }
}

/// The share of a caseload that leaves in one month when the share `decay` of it leaves over
/// `months`: `1 - (1 - decay)^(1/months)`.
///
/// All of it where `decay` is 1 or `months` is 0, none of it where `decay` is 0. From the
/// portable `libm`, so that machines agree to the last bit.
pub fn leave(decay: f64, months: f64) -> f64 {
    if decay <= 0.0 {
        0.0
    } else if decay >= 1.0 || months <= 0.0 {
        1.0
    } else {
        -libm::expm1(libm::log1p(-decay) / months)
    }
}
