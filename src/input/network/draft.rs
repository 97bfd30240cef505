//! A network as read, before its days are known: rows with places, still to be checked together.

use serde::Serialize;

use super::place_named;
use crate::diagnostics::{InputError, Place, Problem, Problems};
use crate::model::network::{Arrivals, Network, Reneging, Service, Stay, Timeline};

/// The longest simulation, in days.
pub const MOST_DAYS: u32 = 100_000;
/// The most patients a place or a day may hold.
pub(super) const MOST_PEOPLE: f64 = 10_000_000.0;
/// The length and the warm-up of the published small runs, which have a network file alone.
const SMALL: (u32, u32) = (415, 50);
/// The most services and exits.
const MOST_SERVICES: usize = 2000;
/// How far from 1 the sum of a row of probabilities may be.
const TOLERANCE: f64 = 1e-6;

/// A value that holds for some days, and where it was read.
#[derive(Clone, Debug)]
pub(super) struct Period<T> {
    pub(super) first: u32,
    /// `u32::MAX` where it was left blank.
    pub(super) last: u32,
    pub(super) value: T,
    pub(super) place: Place,
}

/// A service as read.
#[derive(Clone, Debug)]
pub(super) struct DraftService {
    pub(super) id: String,
    pub(super) place: Place,
    pub(super) from_service: Option<String>,
    pub(super) line: Option<String>,
    pub(super) arrivals: Vec<Period<Arrivals>>,
    pub(super) capacity: Vec<Period<u32>>,
    pub(super) stay: Vec<Period<Stay>>,
    pub(super) reneging: Option<Reneging>,
    pub(super) routes: Routes,
    pub(super) routes_switched: Option<Routes>,
    pub(super) renege_routes: Routes,
}

/// Targets by name with their probabilities, and where they were read.
#[derive(Clone, Debug)]
pub(super) struct Routes {
    pub(super) to: Vec<(String, f64)>,
    pub(super) place: Place,
}

/// Which files a network came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// `services.csv`, `routes.csv`, `arrivals.csv`.
    Own,
    /// Files that begin with `network`, `arrivals` and `postcov_flow`.
    Published,
    /// A published network file alone, whose figures hold on every day.
    #[serde(rename = "published, network file alone")]
    Small,
    /// The example compiled in.
    BuiltIn,
}

/// A network as read from a folder.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Which files it came from.
    pub layout: Layout,
    /// The name and content of each file read.
    pub files: Vec<(String, Vec<u8>)>,
    pub(super) services: Vec<DraftService>,
    pub(super) exits: Vec<String>,
    pub(super) switches: bool,
    /// The day on which the routes change, where the files give it.
    pub(super) switch_day: Option<u32>,
}

impl Draft {
    /// The last day that any service's figures reach, where any have an end.
    pub fn last_day(&self) -> Option<u32> {
        self.ends().max()
    }

    /// The first day on which any service's figures end, where any do.
    pub fn first_end(&self) -> Option<u32> {
        self.ends().min()
    }

    fn ends(&self) -> impl Iterator<Item = u32> {
        self.services
            .iter()
            .flat_map(|service| {
                let arrivals = service.arrivals.iter().map(|period| period.last).max();
                let capacity = service.capacity.iter().map(|period| period.last).max();
                arrivals.into_iter().chain(capacity)
            })
            .filter(|&last| last != u32::MAX)
    }

    /// Whether the routes change on a switch day.
    pub const fn switches(&self) -> bool {
        self.switches
    }

    /// That day, where the files give it.
    pub const fn switch_day(&self) -> Option<u32> {
        self.switch_day
    }

    /// The length and the warm-up of the published runs of a network file alone.
    pub fn small(&self) -> Option<(u32, u32)> {
        (self.layout == Layout::Small).then_some(SMALL)
    }

    /// The last first day of any service's figures.
    pub fn last_change(&self) -> u32 {
        let periods = self.services.iter().flat_map(|service| {
            let arrivals = service.arrivals.iter().map(|period| period.first);
            arrivals.chain(service.capacity.iter().map(|period| period.first))
        });
        periods.chain(self.switch_day).max().unwrap_or(1)
    }

    /// Lets the referrals of a projection's line arrive at a service.
    pub fn feed(&mut self, service: &str, line: &str) -> Result<(), Problem> {
        let ids: Vec<String> = self.services.iter().map(|service| service.id.clone()).collect();
        match self.services.iter_mut().find(|own| own.id == service) {
            Some(own) => {
                own.from_service = Some(line.to_owned());
                own.place = place_named("--feed");
                Ok(())
            }
            None => Err(Problem::error(place_named("--feed"), "no service is called so")
                .choose(service, ids.iter().map(String::as_str))),
        }
    }

    /// Checks everything together and makes the network of `days` days.
    pub fn finish(self, days: u32, switch_day: Option<u32>) -> Result<Network, InputError> {
        let mut problems = Problems::default();
        if self.services.len() + self.exits.len() > MOST_SERVICES {
            let problem = Problem::error(place_named("the network"), "too many services and exits");
            return Err(problem.allowed(format!("at most {MOST_SERVICES}")).into());
        }
        let names: Vec<String> =
            self.services.iter().map(|s| s.id.clone()).chain(self.exits.iter().cloned()).collect();
        let mut services = Vec::new();
        for draft in self.services {
            let arrivals = timeline(&draft, "arrivals", &draft.arrivals, days, &mut problems);
            let capacity = timeline(&draft, "capacity", &draft.capacity, days, &mut problems);
            let stay = timeline(&draft, "stay", &draft.stay, days, &mut problems);
            let routes = resolve(&draft.id, "after service", &draft.routes, &names, &mut problems);
            let mut routes = Timeline::constant(routes);
            if let (Some(switched), Some(day)) = (&draft.routes_switched, switch_day) {
                let to = resolve(&draft.id, "after the switch", switched, &names, &mut problems);
                // A switch to the same routes is none.
                if to != *routes.last() {
                    routes.change_from(day, |_| to.clone());
                }
            }
            let renege_routes = if draft.reneging.is_some() {
                resolve(&draft.id, "after reneging", &draft.renege_routes, &names, &mut problems)
            } else {
                Vec::new()
            };
            let (Some(arrivals), Some(capacity), Some(stay)) = (arrivals, capacity, stay) else {
                continue;
            };
            let from_service = draft.from_service.unwrap_or_else(|| draft.id.clone());
            services.push(Service {
                line: draft.line.unwrap_or_else(|| from_service.clone()),
                from_service,
                id: draft.id,
                arrivals,
                capacity,
                stay,
                reneging: draft.reneging,
                routes,
                renege_routes,
            });
        }
        problems.stop_on_errors()?;
        let network = Network { services, exits: self.exits, days };
        check_whole(&network)?;
        Ok(network)
    }
}

/// What can only be seen once all is read.
fn check_whole(network: &Network) -> Result<(), InputError> {
    let place = place_named("the network");
    let mut problems = Problems::default();
    for id in network.closed() {
        let message = format!("whoever enters `{id}` can never leave: no route leads to an exit");
        problems.push(
            Problem::error(place.clone(), message)
                .allowed("a way out of every service, if through others")
                .suggest(format!("a row of routes.csv from `{id}` to an exit")),
        );
    }
    let total: f64 = network
        .services
        .iter()
        .flat_map(|s| (1..=network.days).map(|day| s.arrivals.at(day).rate()))
        .sum();
    if total > 1e9 {
        let problem = Problem::error(place.clone(), "more patients than can be counted");
        problems.push(problem.read(format!("{total:.0}")).allowed("at most 1,000,000,000"));
    }
    if network.services.len() as f64 * f64::from(network.days) > 2e7 {
        let problem = Problem::error(place, "too many days for so many services");
        problems.push(problem.allowed("services times days at most 20,000,000"));
    }
    problems.stop_on_errors()
}

/// Periods that must cover every day from 1 to `days` exactly once.
fn timeline<T: Clone>(
    service: &DraftService,
    what: &str,
    periods: &[Period<T>],
    days: u32,
    problems: &mut Problems,
) -> Option<Timeline<T>> {
    let id = &service.id;
    let mut sorted: Vec<&Period<T>> = periods.iter().collect();
    sorted.sort_by_key(|period| period.first);
    let mut next = 1;
    let mut fine = true;
    for period in &sorted {
        if period.first != next {
            let message = if period.first > next {
                format!(
                    "the {what} of `{id}` are not given for days {next} to {}",
                    period.first - 1
                )
            } else {
                format!("the {what} of `{id}` are given twice for day {}", period.first)
            };
            fine = false;
            problems.push(
                Problem::error(period.place.clone(), message)
                    .read(if period.last == u32::MAX {
                        format!("days {} to the end", period.first)
                    } else {
                        format!("days {} to {}", period.first, period.last)
                    })
                    .allowed("every day exactly once"),
            );
        }
        next = period.last.saturating_add(1).max(next);
    }
    if next <= days {
        let place = sorted.last().map_or(&service.place, |period| &period.place);
        let message = format!("the {what} of `{id}` end on day {}, before day {days}", next - 1);
        problems.push(
            Problem::error(place.clone(), message)
                .suggest("a later last day, or --days with a smaller number"),
        );
        return None;
    }
    let steps = sorted.into_iter().map(|p| (p.first, p.value.clone())).collect();
    if fine { Timeline::new(steps) } else { None }
}

/// Probabilities that must be of known targets and sum to 1.
fn resolve(
    id: &str,
    when: &str,
    routes: &Routes,
    names: &[String],
    problems: &mut Problems,
) -> Vec<(usize, f64)> {
    let mut resolved = Vec::new();
    for (to, probability) in routes.to.iter().filter(|(_, p)| *p > 0.0) {
        match names.iter().position(|name| name == to) {
            Some(target) => resolved.push((target, *probability)),
            None => problems.push(
                Problem::error(routes.place.clone(), format!("`{id}` leads to an unknown `{to}`"))
                    .choose(to, names.iter().map(String::as_str)),
            ),
        }
    }
    let sum: f64 = routes.to.iter().map(|(_, p)| p).sum();
    if !routes.to.iter().any(|(_, p)| *p > 0.0) {
        let message = format!("no route leaves `{id}` {when}");
        problems.push(
            Problem::error(routes.place.clone(), message)
                .allowed("ways from every service, with probabilities that sum to 1")
                .suggest(format!("a row from `{id}`")),
        );
    } else if (sum - 1.0).abs() > TOLERANCE {
        problems.push(
            Problem::error(
                routes.place.clone(),
                format!("the probabilities of `{id}` {when} do not sum to 1"),
            )
            .read(format!("{}", (sum * 1e9).round() / 1e9))
            .allowed("1"),
        );
    }
    resolved
}
