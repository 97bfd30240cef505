//! A network of services, as a folder of tables.

use std::fmt::Write as _;

use super::super::choices::{Choices, cell};
use super::{Case, case};

pub(super) fn network(c: &mut Choices<'_>) -> Case {
    let size = c.between(1, 5);
    let mut services = String::from("service,places,stay,stay_mean,stay_sd,reneging,daily_risk\n");
    let mut routes = String::from("from,to,after_service,after_reneging\n");
    let mut arrivals = String::from("service,first_day,last_day,distribution,rate\n");
    for service in 0..size {
        let stay = c.pick(&["exponential", "lognormal", "gamma", "constant"]);
        let sd = if matches!(stay, "lognormal" | "gamma") { "4" } else { "" };
        let reneges = c.chance(40);
        let (kind, risk) =
            if reneges { ("constant", c.pick(&["0.01", "0.2", "0"])) } else { ("", "") };
        let places = c.between(0, 40).to_string();
        let mean = c.pick(&["1", "3", "20", "0.5"]);
        let _ = writeln!(
            services,
            "s{service},{},{stay},{},{sd},{kind},{}",
            cell(c, places),
            cell(c, mean),
            cell(c, risk)
        );
        let onward = if service + 1 < size { c.pick(&[0.0, 0.25, 0.5]) } else { 0.0 };
        let again = c.pick(&[0.0, 0.0, 0.25]);
        let home = 1.0 - onward - again;
        let leave = if reneges { "1" } else { "" };
        let _ = writeln!(routes, "s{service},home,{},{leave}", cell(c, format!("{home}")));
        if onward > 0.0 {
            let _ = writeln!(routes, "s{service},s{},{onward},", service + 1);
        }
        if again > 0.0 {
            let _ = writeln!(routes, "s{service},s{service},{again},");
        }
        let split = c.between(10, 50);
        let rates = [c.pick(&["0", "0.5", "3", "12"]), c.pick(&["0.2", "6"])];
        let distribution = c.pick(&["poisson", "constant"]);
        let _ = writeln!(arrivals, "s{service},1,{split},{distribution},{}", cell(c, rates[0]));
        let _ = writeln!(arrivals, "s{service},{},,{distribution},{}", split + 1, rates[1]);
    }
    services.push_str("home,,,,,,\n");
    let days = c.between(60, 200).to_string();
    let mut case = case(&[
        "network",
        "net",
        "--replications",
        "2",
        "--charts",
        "none",
        "--warm-up",
        "20",
        "--days",
        &days,
        "--clock",
        c.pick(&["daily", "event"]),
    ]);
    if c.chance(20) {
        case.words.extend(["--set", "s0.capacity=x1.5"].map(str::to_owned));
    }
    case.with("net/services.csv", services)
        .with("net/routes.csv", routes)
        .with("net/arrivals.csv", arrivals)
}
