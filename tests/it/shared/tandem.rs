//! The standard network of the comparison with other engines: `benches/network.rs` times it,
//! `tests/it/network.rs` holds it against Erlang.

use afterwave::model::network::{Arrivals, Network, Reneging, Service, Stay, Timeline};

/// Five services in a row, each with 10 places and exponential stays of a mean of one day;
/// whoever gives up goes on to the next.
pub fn tandem(arrivals: f64, patience: f64, days: u32) -> Network {
    let services = (0..5)
        .map(|index| Service {
            id: format!("n{index}"),
            from_service: String::new(),
            line: String::new(),
            arrivals: Timeline::constant(Arrivals::Poisson(if index == 0 {
                arrivals
            } else {
                0.0
            })),
            capacity: Timeline::constant(10),
            stay: Timeline::constant(Stay::Exponential(1.0)),
            reneging: (patience > 0.0)
                .then(|| Reneging::Constant { daily_risk: 1.0 - f64::exp(-patience) }),
            routes: Timeline::constant(vec![(index + 1, 1.0)]),
            renege_routes: vec![(index + 1, 1.0)],
        })
        .collect();
    Network { services, exits: vec!["out".into()], days }
}
