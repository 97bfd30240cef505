//! Known answers, conservation and agreement of the ways to compute the same thing.

use proptest::prelude::*;

use super::*;
use crate::lane::Lane;

/// People who leave the model in a month.
struct Outflows<const L: usize> {
    no_need: Lane<L>,
    unseen: Lane<L>,
    refused: Lane<L>,
    recovered: Lane<L>,
}

/// Who leaves the model in a month, by the rule that the reports of need follow.
fn outflows<const L: usize>(
    (layout, parameters): (&Layout, &Parameters<L>),
    refused: Refused,
    outcome: &Outcome<L>,
    month: usize,
) -> Outflows<L> {
    let none = Lane::ZERO;
    let mut out = Outflows { no_need: none, unseen: none, refused: none, recovered: none };
    for group in 0..layout.groups() {
        let at_risk = outcome.at_risk[(group, month)];
        let rates: Lane<L> = layout.needs_of_group(group).map(|need| parameters.rate[need]).sum();
        out.no_need += at_risk * (1.0 - rates).max(0.0);
        for need in layout.needs_of_group(group) {
            let services = layout.pathways_of_need(need).map(|pathway| {
                let service = layout.pathways()[pathway].service;
                (parameters.weight[pathway], parameters.accepted[service])
            });
            let rate = (parameters.rate[need], rates);
            let fate = Fate::new(rate, parameters.help_seeking[need], services, refused);
            out.unseen += at_risk * fate.unseen;
            out.refused += at_risk * fate.refused;
        }
    }
    for (service, leave) in parameters.leave.iter().enumerate() {
        out.recovered +=
            outcome.caseload[(service, month)] * *leave * parameters.recovered[service];
    }
    out
}

/// Two groups, two conditions, two services: the published model's own small test input.
fn small() -> (Layout, Parameters<1>, Table<1>) {
    let mut pathways = Vec::new();
    for (group, condition, service) in (0..8).map(|i: usize| (i / 4, i / 2 % 2, i % 2)) {
        pathways.push(Pathway { group, condition, service });
    }
    let layout = Layout::new(2, 2, 2, pathways).unwrap();
    let mut parameters = Parameters::new(&layout);
    parameters.rate = vec![Lane([0.1]), Lane([0.2]), Lane([0.3]), Lane([0.4])];
    parameters.weight = (1..=8).map(|w| Lane([f64::from(w)])).collect();
    parameters.accepted = vec![Lane([0.5]), Lane([0.7])];
    parameters.leave = vec![Lane([leave(0.5, 1.0)]), Lane([leave(0.5, 2.0)])];
    parameters.recovered = vec![Lane([0.5]), Lane([0.2])];
    let mut inflow = Table::new(2, 4);
    for (t, (a, b)) in [(0.1, 0.2), (0.2, 0.3), (0.3, 0.3), (0.4, 0.2)].into_iter().enumerate() {
        inflow[(0, t)] = Lane([1000.0 * 0.1 * a]);
        inflow[(1, t)] = Lane([2000.0 * 0.2 * b]);
    }
    (layout, parameters, inflow)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs()) + 1e-300
}

#[test]
fn the_published_models_small_checkpoints_hold() {
    let (layout, parameters, inflow) = small();
    let mut system = System::<1>::new(&layout, Refused::RePresent, 4);
    let mut outcome = Outcome::new(&layout, 4);
    let mut detail = Detail::new(&layout, 4);
    system.set(&parameters);
    system.run(&inflow, &mut outcome);
    detail.fill(&system, &outcome);
    assert!(close(outcome.at_risk[(0, 1)][0], 10.0));
    assert!(close(detail.referrals(0, 1)[0], 0.333_333_333_333_333_3));
    assert!(close(detail.starts(0, 1)[0], 0.166_666_666_666_666_66));
    assert!(close(outcome.at_risk[(0, 2)][0], 21.138_095_238_095_24));
    assert!(close(detail.caseload(0, 3)[0], 0.435_634_920_634_921));
    // Everything the published model prints for this input adds up to one known number.
    let mut sum = 0.0;
    for t in 0..4 {
        for g in 0..2 {
            sum += outcome.at_risk[(g, t)][0] + inflow[(g, t)][0];
        }
        for k in 0..8 {
            sum += detail.referrals(k, t)[0] + detail.starts(k, t)[0] + detail.caseload(k, t)[0];
        }
        for before in 0..t {
            let out = outflows((&layout, &parameters), Refused::RePresent, &outcome, before);
            sum += out.no_need[0] + out.recovered[0];
        }
    }
    assert!(close(sum, 1_669.036_317_019_912_8), "{sum}");
}

#[test]
fn leave_at_its_edges() {
    assert_eq!(leave(0.0, 3.0), 0.0);
    assert_eq!(leave(0.0, 0.0), 0.0);
    assert_eq!(leave(1.0, 3.0), 1.0);
    assert_eq!(leave(0.5, 0.0), 1.0);
    assert!(close(leave(0.5, 2.0), 0.292_893_218_813_452_4));
    assert!(close(1.0 - (1.0 - leave(0.9, 7.0)).powi(7), 0.9));
}

#[test]
fn pathways_out_of_order_or_range_are_refused() {
    let p = |group, condition, service| Pathway { group, condition, service };
    assert_eq!(Layout::new(1, 1, 1, vec![p(0, 0, 1)]), Err(LayoutError::OutOfRange(0)));
    assert_eq!(Layout::new(1, 1, 2, vec![p(0, 0, 1), p(0, 0, 0)]), Err(LayoutError::OutOfOrder(1)));
    assert_eq!(Layout::new(1, 1, 1, vec![p(0, 0, 0), p(0, 0, 0)]), Err(LayoutError::OutOfOrder(1)));
}

const GROUPS: usize = 3;
const CONDITIONS: usize = 2;
const SERVICES: usize = 4;

/// A random system: which pathways exist, and numbers in their ranges.
fn any_system(months: usize) -> impl Strategy<Value = (Layout, Parameters<8>, Table<8>)> {
    let all = GROUPS * CONDITIONS * SERVICES;
    let share = || prop::array::uniform8(0.0..=1.0f64);
    (
        prop::collection::vec(prop::bool::weighted(0.6), all),
        prop::collection::vec((share(), share(), share()), all),
        prop::collection::vec(prop::array::uniform8(0.0..1000.0f64), GROUPS * months),
    )
        .prop_map(move |(present, numbers, inflow)| {
            let pathways = (0..all)
                .filter(|&i| present[i])
                .map(|i| Pathway {
                    group: i / (CONDITIONS * SERVICES),
                    condition: i / SERVICES % CONDITIONS,
                    service: i % SERVICES,
                })
                .collect();
            let layout = Layout::new(GROUPS, CONDITIONS, SERVICES, pathways).unwrap();
            let mut parameters = Parameters::new(&layout);
            for (n, x) in numbers.iter().take(layout.needs().len()).enumerate() {
                parameters.rate[n] = Lane(x.0) * 0.5;
                parameters.help_seeking[n] = Lane(x.1);
            }
            for (k, x) in numbers.iter().take(layout.pathways().len()).enumerate() {
                parameters.weight[k] = Lane(x.2);
            }
            for (s, x) in numbers.iter().rev().take(SERVICES).enumerate() {
                parameters.accepted[s] = Lane(x.0);
                parameters.leave[s] = Lane(x.1);
                parameters.recovered[s] = Lane(x.2);
            }
            let mut table = Table::new(GROUPS, months);
            for (i, x) in inflow.into_iter().enumerate() {
                table[(i / months, i % months)] = Lane(x);
            }
            (layout, parameters, table)
        })
}

fn total(table: &Table<8>, month: usize, lane: usize) -> f64 {
    (0..table.rows()).map(|row| table[(row, month)][lane]).sum()
}

fn assert_near(a: &Table<8>, b: &Table<8>) {
    for row in 0..a.rows() {
        for month in 0..a.months() {
            for lane in 0..8 {
                let (x, y) = (a[(row, month)][lane], b[(row, month)][lane]);
                assert!((x - y).abs() <= 1e-11 * x.abs().max(1.0), "{row} {month}: {x} {y}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn people_are_conserved((layout, parameters, inflow) in any_system(7), leave in any::<bool>()) {
        let fate = if leave { Refused::Leave } else { Refused::RePresent };
        let mut system = System::<8>::new(&layout, fate, 7);
        let mut outcome = Outcome::new(&layout, 7);
        system.set(&parameters);
        system.run(&inflow, &mut outcome);
        for lane in 0..8 {
            let (mut entered, mut left) = (0.0, 0.0);
            for month in 0..7 {
                let held = total(&outcome.at_risk, month, lane) + total(&outcome.caseload, month, lane);
                prop_assert!((entered - left - held).abs() < 1e-9 * entered.max(1.0), "{month}");
                let out = outflows((&layout, &parameters), fate, &outcome, month);
                entered += total(&inflow, month, lane);
                for part in [out.no_need, out.unseen, out.refused, out.recovered] {
                    prop_assert!(part[lane] >= 0.0);
                    left += part[lane];
                }
            }
        }
    }

    #[test]
    fn superposed_responses_agree_with_the_recursion((layout, parameters, inflow) in any_system(11)) {
        let mut system = System::<8>::new(&layout, Refused::RePresent, 11);
        let (mut run, mut applied) = (Outcome::new(&layout, 11), Outcome::new(&layout, 11));
        system.set(&parameters);
        system.run(&inflow, &mut run);
        system.respond();
        system.apply(&inflow, &mut applied);
        assert_near(&run.at_risk, &applied.at_risk);
        assert_near(&run.referrals, &applied.referrals);
        assert_near(&run.starts, &applied.starts);
        assert_near(&run.caseload, &applied.caseload);
        // A projection asks for less of it, over fewer months.
        let mut short = Table::new(GROUPS, 7);
        (0..GROUPS).for_each(|g| short.row_mut(g).copy_from_slice(&inflow.row(g)[..7]));
        let (mut at_risk, mut referrals) = (Table::new(GROUPS, 7), Table::new(SERVICES, 7));
        system.refer(&short, &mut at_risk, &mut referrals);
        for (part, whole) in [(&at_risk, &applied.at_risk), (&referrals, &applied.referrals)] {
            for row in 0..part.rows() {
                prop_assert_eq!(part.row(row), &whole.row(row)[..7]);
            }
        }
    }

    #[test]
    fn a_schedule_of_ones_changes_nothing((layout, parameters, inflow) in any_system(6)) {
        let mut system = System::<8>::new(&layout, Refused::Leave, 6);
        let (mut run, mut scheduled) = (Outcome::new(&layout, 6), Outcome::new(&layout, 6));
        let ones = |rows| {
            let mut table = Table::new(rows, 6);
            (0..rows).for_each(|row| table.row_mut(row).fill(Lane::ONE));
            Some(table)
        };
        let schedule = Schedule {
            rate: ones(layout.needs().len()),
            help_seeking: ones(layout.needs().len()),
            accepted: ones(SERVICES),
            leave: ones(SERVICES),
        };
        Scheduled::new(&layout).run(&mut system, &parameters, &schedule, &inflow, &mut scheduled);
        system.set(&parameters);
        system.run(&inflow, &mut run);
        assert_near(&run.at_risk, &scheduled.at_risk);
        assert_near(&run.referrals, &scheduled.referrals);
        assert_near(&run.starts, &scheduled.starts);
        assert_near(&run.caseload, &scheduled.caseload);
    }

    #[test]
    fn pathways_add_up_to_their_services((layout, parameters, inflow) in any_system(6)) {
        let mut system = System::<8>::new(&layout, Refused::RePresent, 6);
        let (mut outcome, mut detail) = (Outcome::new(&layout, 6), Detail::new(&layout, 6));
        system.set(&parameters);
        system.run(&inflow, &mut outcome);
        detail.fill(&system, &outcome);
        for month in 0..6 {
            for s in 0..SERVICES {
                for lane in 0..8 {
                    let of_service = |value: fn(&Detail<8>, usize, usize) -> &Lane<8>| -> f64 {
                        layout.pathways().iter().enumerate()
                            .filter(|(_, p)| p.service == s)
                            .map(|(k, _)| value(&detail, k, month)[lane]).sum()
                    };
                    for (parts, whole) in [
                        (of_service(Detail::referrals), &outcome.referrals),
                        (of_service(Detail::starts), &outcome.starts),
                        (of_service(Detail::caseload), &outcome.caseload),
                    ] {
                        let whole = whole[(s, month)][lane];
                        prop_assert!((parts - whole).abs() <= 1e-10 * whole.abs().max(1.0));
                    }
                }
            }
        }
    }
}

#[test]
fn draws_are_the_same_however_many_lie_side_by_side() {
    let (layout, parameters, inflow) = small();
    let mut wide = Parameters::<8>::new(&layout);
    let spread = |from: &[Lane<1>], to: &mut [Lane<8>]| {
        from.iter().zip(to).for_each(|(a, b)| *b = Lane::all(a[0]));
    };
    spread(&parameters.rate, &mut wide.rate);
    spread(&parameters.weight, &mut wide.weight);
    spread(&parameters.accepted, &mut wide.accepted);
    spread(&parameters.leave, &mut wide.leave);
    spread(&parameters.recovered, &mut wide.recovered);
    let mut wide_inflow = Table::new(2, 4);
    (0..2).for_each(|g| spread(inflow.row(g), wide_inflow.row_mut(g)));
    let mut one = System::<1>::new(&layout, Refused::RePresent, 4);
    let mut many = System::<8>::new(&layout, Refused::RePresent, 4);
    let (mut a, mut b) = (Outcome::new(&layout, 4), Outcome::new(&layout, 4));
    one.set(&parameters);
    many.set(&wide);
    one.run(&inflow, &mut a);
    many.run(&wide_inflow, &mut b);
    for s in 0..2 {
        for t in 0..4 {
            assert_eq!(Lane::all(a.caseload[(s, t)][0]), b.caseload[(s, t)]);
        }
    }
}

#[test]
fn need_beyond_everyone_is_scaled_back_and_weights_of_zero_leave_it_unseen() {
    let (layout, mut parameters, inflow) = small();
    parameters.rate = vec![Lane([0.9]), Lane([0.6]), Lane([0.3]), Lane([0.4])];
    parameters.weight[4] = Lane::ZERO;
    parameters.weight[5] = Lane::ZERO;
    let mut system = System::<1>::new(&layout, Refused::Leave, 4);
    let mut outcome = Outcome::new(&layout, 4);
    system.set(&parameters);
    system.run(&inflow, &mut outcome);
    let out = outflows((&layout, &parameters), Refused::Leave, &outcome, 1);
    let (first, second) = (outcome.at_risk[(0, 1)][0], outcome.at_risk[(1, 1)][0]);
    assert!(close(out.unseen[0], 0.3 * second));
    assert!(close(out.no_need[0], 0.3 * second));
    let referred: f64 = (0..2).map(|s| outcome.referrals[(s, 1)][0]).sum();
    assert!(close(referred, first + 0.4 * second));
}
