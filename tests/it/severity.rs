//! Severity by condition and service: it moves length of treatment, bed-days and cost, and a wrong
//! key is told.

use afterwave::input::study::{Inputs, read_study};
use afterwave::projection::Projection;
use afterwave::projection::course::Period;
use afterwave::projection::measure::Measure;

use afterwave::study::Study;

use crate::shared::projected::{central, line};

type Run = (Study, Projection);

#[test]
fn a_severer_condition_stays_longer_costs_more_and_leaves_other_services_alone() {
    let at = |share: &str| {
        central(
            "two-waves",
            &[&format!("severity.psychosis-existing/inpatient.severe_share={share}")],
        )
    };
    let (mild, severe) = (at("0.1"), at("0.9"));
    let of = |run: &Run, service: &str| {
        let line = line(run, service);
        let months = line.course.measure(Measure::BedDays).map_or(0.0, |months| months[20].mean);
        let cost = line.burden.costs.iter().find(|(p, _)| *p == Period::Horizon).unwrap().1.mean;
        let surge = line.course.measure(Measure::SurgeCaseload).unwrap()[20].mean;
        [months, cost, surge, line.burden.severe_at_peak.unwrap().mean]
    };
    let (low, high) = (of(&mild, "inpatient"), of(&severe, "inpatient"));
    for (low, high) in low.iter().zip(&high) {
        assert!(high > low, "{low} {high}");
    }
    assert_eq!(of(&mild, "hbt"), of(&severe, "hbt"));
    // Referrals are what they are, however ill the people.
    let referrals =
        |run: &Run| line(run, "inpatient").course.total(Measure::Referrals).unwrap().mean;
    assert_eq!(referrals(&mild), referrals(&severe));
}

#[test]
fn only_one_condition_of_the_same_severity_as_the_service_changes_nothing() {
    let share = "services.liaison.severe_share=0.2";
    let all = ["addiction", "psychosis-first", "psychosis-existing"]
        .map(|condition| format!("severity.{condition}/liaison.severe_share=0.2"));
    let mut settings: Vec<&str> = all.iter().map(String::as_str).collect();
    settings.extend([share, "services.*.severity_shift=0"]);
    let severe =
        line(&central("two-waves", &settings), "liaison").burden.severe_at_peak.unwrap().mean;
    assert!((severe - 0.2).abs() < 1e-12, "{severe}");
}

#[test]
fn wrong_keys_are_refused_with_the_nearest_right_one() {
    for (key, try_) in [
        ("severity.psychosis-frst/inpatient.severe_share=0.5", "psychosis-first"),
        ("severity.addiction/inpatent.severe_share=0.5", "inpatient"),
        ("severity.addiction.severe_share=0.5", "psychosis-first/inpatient"),
        ("severity.addiction/inpatient.severe_shre=0.5", "severe_share"),
        ("needs.*/adiction.help_seeking=0.5", "*/addiction"),
    ] {
        let inputs = Inputs { settings: vec![key.to_owned()], ..Inputs::default() };
        let problems = read_study(&inputs).err().unwrap_or_else(|| panic!("{key} was taken"));
        let text = problems.render(false);
        assert!(text.contains(&format!("try: {try_}")), "{key}: {text}");
    }
}
