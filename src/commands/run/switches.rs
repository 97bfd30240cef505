//! What the page of a run with levers switches between: each scenario as it was asked for, without
//! its levers, and with each of them alone. All are runs of their own, on the same draws.

use crate::cli::run::{Report, RunArgs};
use crate::output::disclosure::Control;
use crate::projection::{Projection, project};
use crate::study::Study;
use crate::study::lever::Lever;
use crate::study::scenario::Scenario;

/// Scenarios that a page holds.
const MOST: usize = 8;
/// Scenarios by areas that are projected for it.
const MOST_CASES: usize = 80;

/// The study as it may be told with the scenarios beside, and these projected.
pub(super) struct Switches {
    pub(super) study: Study,
    projections: Vec<Projection>,
}

impl Switches {
    /// Projects them; none where no scenario has levers or there is no room for them.
    pub(super) fn of(
        args: &RunArgs,
        (model, told): (&Study, &Study),
        control: Option<&Control>,
        tick: &(dyn Fn(f64) + Sync),
    ) -> Option<Self> {
        let beside = beside(model).filter(|_| args.report != Report::None)?;
        if beside.len() * model.areas.len() > MOST_CASES {
            return None;
        }
        let count = model.scenarios.len();
        let mut own = model.clone();
        own.scenarios.clone_from(&beside);
        let mut projections = project(&own, tick);
        let mut control = control.cloned();
        for projection in &mut projections {
            projection.scenario += count;
            if let Some(control) = &mut control {
                control.apply(projection);
                control.forget(projection);
            }
        }
        let mut study = told.clone();
        study.scenarios.extend(beside);
        Some(Self { study, projections })
    }

    /// Takes the projections of an area.
    pub(super) fn take(&mut self, area: usize) -> Vec<Projection> {
        self.projections.extract_if(.., |projection| projection.area == area).collect()
    }
}

/// Scenarios without their levers, and where there is room, with each alone.
fn beside(study: &Study) -> Option<Vec<Scenario>> {
    let with = |scenario: &Scenario, levers: Vec<Lever>, id: &str, name: &str| Scenario {
        id: format!("{}-{id}", scenario.id),
        name: format!("{}, {name}", scenario.name),
        levers,
        ..scenario.clone()
    };
    let (mut bare, mut alone) = (Vec::new(), Vec::new());
    for scenario in study.scenarios.iter().filter(|scenario| !scenario.levers.is_empty()) {
        bare.push(with(scenario, Vec::new(), "without-levers", "without its levers"));
        for lever in scenario.levers.iter().filter(|_| scenario.levers.len() > 1) {
            let name = format!("{} alone", lever.label);
            alone.push(with(scenario, vec![lever.clone()], &lever.name, &name));
        }
    }
    let fits = |beside: &[Scenario]| study.scenarios.len() + beside.len() <= MOST;
    if bare.is_empty() || !fits(&bare) {
        return None;
    }
    let all: Vec<Scenario> = bare.iter().cloned().chain(alone).collect();
    Some(if fits(&all) { all } else { bare })
}
