use proptest::prelude::*;

use super::*;
use crate::lane::Lane;

struct Ran {
    months: Vec<Waited<1>>,
    list: f64,
}

fn ran(queue: &Queue<1>, opening: (f64, f64), arrivals: &[f64], starts: &[f64]) -> Ran {
    let arrivals: Vec<_> = arrivals.iter().map(|&a| Lane([a])).collect();
    let capacity: Vec<_> = starts.iter().map(|&c| Capacity::Starts(Lane([c]))).collect();
    let mut joined = vec![Lane::ZERO; arrivals.len()];
    let mut months = vec![Waited::EMPTY; arrivals.len()];
    let list = List::opening(Lane([opening.0]), Lane([opening.1]), queue.renege, Lane::ZERO);
    let list = run(queue, list, &arrivals, &capacity, &mut joined, &mut months);
    Ran { months, list: list.waiting()[0] }
}

#[test]
fn a_list_grows_by_what_capacity_lacks_and_falls_by_what_it_spares() {
    let ran = ran(&Queue::PLAIN, (0.0, 100.0), &[120.0, 120.0, 50.0, 50.0], &[100.0]);
    let lists: Vec<f64> = ran.months.iter().map(|m| m.list[0]).collect();
    for (seen, told) in lists.iter().zip([20.0, 40.0, 0.0, 0.0]) {
        assert!((seen - told).abs() < 1e-9, "{lists:?}");
    }
    assert!((ran.months[2].starts[0] - 90.0).abs() < 1e-9);
    assert!((ran.months[0].load[0] - 1.2).abs() < 1e-12);
    assert!(ran.months[3].wait[0] < 1e-9);
}

#[test]
fn the_head_of_the_queue_has_waited_since_it_joined() {
    // 300 people waiting, seen at 100 a month, referred evenly over the three months before: each
    // has waited three months when called, and so have those who join a list that stays as long.
    let ran = ran(&Queue::PLAIN, (300.0, 100.0), &[100.0; 12], &[100.0]);
    for month in &ran.months {
        assert!((month.wait[0] - 3.0).abs() < 1e-9, "{}", month.wait[0]);
    }
}

#[test]
fn in_the_steady_state_the_wait_is_the_list_over_the_starts() {
    for (arrivals, capacity, renege, friction) in
        [(100.0, 100.0, 0.0, 5.0), (90.0, 100.0, 0.0, 40.0), (130.0, 100.0, 0.1, 0.0)]
    {
        let queue = Queue { renege: Lane([renege]), friction: Lane([friction]), threshold: None };
        let ran = ran(&queue, (0.0, 100.0), &vec![arrivals; 600], &[capacity]);
        let last = ran.months.last().unwrap();
        if renege == 0.0 && arrivals < capacity {
            // Little: list = arrivals x wait; the list is taken at the end of a step.
            let wait = last.list[0] / last.starts[0];
            assert!((last.wait[0] / wait - 1.0).abs() < 0.05, "{} {wait}", last.wait[0]);
            let load: f64 = arrivals / capacity;
            assert!((ran.list - friction * load / (1.0 - load)).abs() < 1e-3, "{}", ran.list);
        }
        if renege > 0.0 {
            // Reneging balances the overload: list = (130 - 100) / 0.1; the survivors of the
            // wait are the starts: 130 exp(-0.1 wait) = 100.
            assert!((ran.list - 300.0).abs() < 1e-6, "{}", ran.list);
            let wait = (arrivals / capacity).ln() / renege;
            assert!((last.wait[0] / wait - 1.0).abs() < 0.02, "{} {wait}", last.wait[0]);
        }
    }
}

#[test]
fn places_free_as_the_caseload_leaves() {
    let capacity = Capacity::Places { places: Lane([200.0]), leave: Lane([0.25]) };
    assert!((capacity.sustained(0) - 50.0).abs() < 1e-12);
    let mut months = vec![Waited::EMPTY; 60];
    let list = List::opening(Lane([0.0]), Lane([50.0]), Lane([0.0]), Lane([200.0]));
    let list = run(
        &Queue::PLAIN,
        list,
        &[Lane([60.0]); 60],
        &[capacity],
        &mut [Lane::ZERO; 60],
        &mut months,
    );
    let last = months.last().unwrap();
    // Steps are implicit: a fifth of a month's leavers, 200 x (1 - 1 / 1.05) each.
    assert!((last.starts[0] - 5.0 * 200.0 * (1.0 - 1.0 / 1.05)).abs() < 1e-6, "{last:?}");
    assert!(list.caseload()[0] <= 200.0 + 1e-9);
}

#[test]
fn raised_thresholds_turn_people_away_only_under_pressure() {
    let threshold = Threshold { above: 1.0, fall: Lane([0.5]), least: 0.6 };
    let queue = Queue { threshold: Some(threshold), ..Queue::PLAIN };
    let ran = ran(&queue, (0.0, 100.0), &[90.0, 140.0, 400.0], &[100.0]);
    let away: Vec<f64> = ran.months.iter().map(|m| m.turned_away[0]).collect();
    for (seen, told) in away.iter().zip([0.0, 140.0 * 0.2, 400.0 * 0.4]) {
        assert!((seen - told).abs() < 1e-9, "{away:?}");
    }
}

/// Constant arrivals keep the list that a service opens with, and the wait of those who start.
#[test]
fn the_opening_list_is_the_models_own_steady_state() {
    for (renege, load, weeks) in
        [(0.0, 0.95, 5.0), (0.0202, 0.95, 5.0), (0.0202, 0.8, 18.0), (1.609, 0.95, 4.9)]
    {
        let standing = Standing::waiting(1_000.0, load, weeks / WEEKS, renege);
        let queue =
            Queue { renege: Lane([renege]), friction: Lane([standing.friction]), threshold: None };
        let opening = (standing.list, standing.starts);
        let ran = ran(&queue, opening, &[1_000.0; 240], &[1_000.0 / load]);
        for month in &ran.months {
            assert!((month.list[0] / standing.list - 1.0).abs() < 1e-9, "{renege}: {month:?}");
            assert!((month.starts[0] / standing.starts - 1.0).abs() < 1e-9, "{month:?}");
            // Those who leave do so once in a step, so the wait is known to part of one.
            assert!((month.wait[0] * WEEKS / weeks - 1.0).abs() < 0.02, "{renege}: {month:?}");
        }
    }
}

/// A list that is given, and no more arrivals: those at its end wait until it is worked off.
#[test]
fn a_list_stands_as_long_as_it_takes_to_work_it_off() {
    let queue = Queue { renege: Lane([0.1]), ..Queue::PLAIN };
    let ran = ran(&queue, (300.0, 100.0), &[100.0; 12], &[100.0]);
    let told = 1.3_f64.ln() / list::fading(0.1);
    assert!((ran.months[0].wait[0] / told - 1.0).abs() < 0.05, "{} {told}", ran.months[0].wait[0]);
}

/// A service that responds keeps its usual list and wait at its usual arrivals, and near them at
/// others: the more it responds, the nearer.
#[test]
fn a_service_that_responds_keeps_its_wait() {
    let standing = Standing::waiting(1_000.0, 0.95, 2.0, 0.03);
    let ran_at = |response: f64, arrivals: f64| {
        let capacity = [Capacity::Responds {
            usual: Lane([standing.starts]),
            more: Lane::ZERO,
            wait: Lane([standing.list / standing.starts]),
            response: Lane([response]),
        }];
        let queue = Queue { renege: Lane([0.03]), ..Queue::PLAIN };
        let list =
            List::opening(Lane([standing.list]), Lane([standing.starts]), Lane([0.03]), Lane::ZERO);
        let mut months = vec![Waited::EMPTY; 240];
        run(&queue, list, &[Lane([arrivals]); 240], &capacity, &mut [Lane::ZERO; 240], &mut months);
        months.last().unwrap().clone()
    };
    for response in [0.3, 0.9] {
        let usual = ran_at(response, 1_000.0);
        assert!((usual.list[0] / standing.list - 1.0).abs() < 1e-9, "{usual:?}");
        assert!((usual.wait[0] / 2.0 - 1.0).abs() < 0.02, "{usual:?}");
    }
    let (stiff, ready) = (ran_at(0.3, 1_150.0), ran_at(0.9, 1_150.0));
    assert!(stiff.wait[0] > 2.3 && ready.wait[0] < 2.1, "{stiff:?} {ready:?}");
}

/// A month without capacity has nobody who starts, and no wait.
#[test]
fn a_closed_month_has_no_wait() {
    let ran = ran(&Queue::PLAIN, (100.0, 100.0), &[100.0; 3], &[100.0, 0.0, 100.0]);
    assert_eq!((ran.months[1].starts[0], ran.months[1].wait[0]), (0.0, 0.0));
    assert_eq!(ran.months[1].load[0], 0.0);
    assert!((ran.months[1].list[0] - 200.0).abs() < 1e-9);
    assert!((ran.months[2].wait[0] - 2.0).abs() < 1e-9, "{:?}", ran.months[2]);
}

/// 1,200 wait and 130 come a month: those at the head have waited the same whatever capacity is
/// to come (1,200 people at 130 a month, 40 weeks), and extra capacity shows in later months.
#[test]
fn what_the_first_have_waited_does_not_hang_on_the_capacity_to_come() {
    let first = |starts: f64| {
        ran(&Queue::PLAIN, (1_200.0, 130.0), &[130.0; 12], &[starts]).months[0].wait[0]
    };
    for starts in [60.0, 117.0, 265.0] {
        let weeks = first(starts) * WEEKS;
        assert!((33.0..42.0).contains(&weeks), "{starts}: {weeks}");
    }
}

#[test]
fn the_capacity_needed_is_just_enough() {
    let longest = 0.6;
    let arrivals = [130.0; 24];
    let capacity = [Capacity::Starts(Lane([100.0]))];
    let list = List::opening(Lane([50.0]), Lane([100.0]), Lane::ZERO, Lane::ZERO);
    let ask =
        |by| capacity_needed(&Queue::PLAIN, list, &arrivals, &capacity, longest, by, None).unwrap();
    let (whole, later) = (ask(0), ask(12));
    assert!(later <= whole * 1.0001 && later > 25.0, "{whole} {later}");
    let knowing = |known| {
        let queue = &Queue::PLAIN;
        capacity_needed(queue, list, &arrivals, &capacity, longest, 12, Some(known)).unwrap()
    };
    for known in [whole, 10.0 * whole] {
        assert!((knowing(known) / later - 1.0).abs() < 3e-4, "{known}: {} {later}", knowing(known));
    }
    let ran = ran(&Queue::PLAIN, (50.0, 100.0), &arrivals, &[100.0 + whole]);
    let worst = ran.months.iter().map(|m| m.wait[0]).fold(0.0, f64::max);
    assert!(worst <= longest && worst > 0.999 * longest, "{worst}");
}

/// Halvings of the search for a fitted path: to one part in a million million.
const HALVINGS: usize = 40;

/// The capacity of a period that gives its observed share within the limit: fitted, not observed.
#[derive(Clone, Copy, PartialEq, Debug)]
struct FittedCapacity {
    /// Starts a month, held over the period.
    starts: f64,
    /// The share within the limit that it gives.
    share: f64,
    /// The people waiting at the period's end.
    list: f64,
}

/// The capacity path, constant over periods of `period` months, that would have given each
/// period's `shares` of starts within `weeks`. It explains waits by capacity alone, so it is a
/// fitted number and must be shown as one. A share that no capacity gives (the list carried over
/// is too long, or too short) gets the nearest: [`FittedCapacity::share`] tells.
fn capacity_that_gives(
    queue: &Queue<1>,
    mut list: List<1>,
    arrivals: &[f64],
    period: usize,
    shares: &[f64],
    (standard, weeks): (Spread, f64),
) -> Vec<FittedCapacity> {
    let arrivals: Vec<Lane<1>> = arrivals.iter().map(|&a| Lane([a])).collect();
    let mut joined = vec![Lane::ZERO; arrivals.len()];
    let mut fitted = Vec::with_capacity(shares.len());
    for (share, months) in shares.iter().zip(arrivals.chunks(period.max(1))) {
        let mut run = |starts: f64| {
            let (mut after, mut month) = (list, Waited::EMPTY);
            let (mut seen, mut within) = (0.0, 0.0);
            for arrivals in months {
                let capacity = Capacity::Starts(Lane([starts]));
                after.step_month(queue, arrivals, &mut joined, &capacity, &mut month);
                seen += month.starts[0];
                within += month.starts[0] * standard.within(WEEKS * month.wait[0], weeks);
            }
            (after, if seen > 0.0 { within / seen } else { 0.0 })
        };
        let (mut less, mut enough) = (0.0, 16.0 * months.iter().map(|a| a[0]).fold(1.0, f64::max));
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(less, enough);
            if run(middle).1 >= *share { enough = middle } else { less = middle }
        }
        let (after, reached) = run(enough);
        fitted.push(FittedCapacity { starts: enough, share: reached, list: after.waiting()[0] });
        list = after;
    }
    fitted
}

/// Bury (00V), IAPT, 2017-18 to 2021-22: referrals, and the shares of first treatments within 6
/// weeks (Talking Therapies annual statistics). Seventy referrals in a hundred are treated.
const REFERRALS: [f64; 5] = [8_915.0, 9_720.0, 9_035.0, 6_365.0, 7_305.0];
const WITHIN_SIX: [f64; 5] = [0.86, 0.78, 0.59, 0.64, 0.42];
fn bury_spread() -> Spread {
    Spread::one(0.59)
}

fn bury() -> (Vec<f64>, Standing) {
    let arrivals: Vec<f64> = REFERRALS.iter().flat_map(|r| [0.7 * r / 12.0; 12]).collect();
    let limit = Limit { weeks: 6.0, share: WITHIN_SIX[0] };
    let wait = bury_spread().wait_that_meets(limit).unwrap();
    let standing = Standing::waiting(arrivals[0], 0.95, wait / WEEKS, 0.0);
    (arrivals, standing)
}

fn by_year(months: &[Waited<1>]) -> Vec<f64> {
    let share = |year: &[Waited<1>]| {
        let starts: f64 = year.iter().map(|m| m.starts[0]).sum();
        year.iter().map(|m| m.starts[0] * bury_spread().within(WEEKS * m.wait[0], 6.0)).sum::<f64>()
            / starts
    };
    months.chunks(12).map(share).collect()
}

/// What the model says of a capacity held: the list shortens month by month once referrals fall
/// (from April 2019), and the share within six weeks, which lags by the wait itself, never falls
/// again. A rise of referrals by 9% the year before has filled the list, so the year's mean share
/// of 2019-20 is still low; by 2021-22 everyone is seen in time, where 42% were.
#[test]
fn with_capacity_held_the_share_within_six_weeks_does_not_fall_while_referrals_fall() {
    let (arrivals, standing) = bury();
    let queue = Queue { friction: Lane([standing.friction]), ..Queue::PLAIN };
    let mean_of_three = arrivals[..36].iter().sum::<f64>() / 36.0;
    for (held, of) in [(arrivals[0], "2017-18"), (mean_of_three, "2017-18 to 2019-20")] {
        let opening = (standing.list, arrivals[0]);
        let months = ran(&queue, opening, &arrivals, &[held / 0.95]).months;
        let shares = by_year(&months);
        eprintln!("Bury, capacity held at that of {of}: {shares:.2?}, published {WITHIN_SIX:?}");
        assert!(shares[1] < shares[0], "referrals rose by 9%: {shares:?}");
        assert!(shares[3] > shares[2] && shares[4] > shares[3] && shares[4] > 0.99, "{shares:?}");
        let falling = &months[24..48];
        assert!(falling.windows(2).all(|m| m[1].list[0] <= m[0].list[0]));
        assert!(falling[3..].windows(2).all(|m| m[1].wait[0] <= m[0].wait[0]));
    }
}

#[test]
fn a_capacity_path_that_gives_burys_shares_falls_with_them() {
    let (arrivals, standing) = bury();
    let queue = Queue { friction: Lane([standing.friction]), ..Queue::PLAIN };
    let list = List::opening(Lane([standing.list]), Lane([arrivals[0]]), Lane::ZERO, Lane::ZERO);
    let fitted =
        capacity_that_gives(&queue, list, &arrivals, 12, &WITHIN_SIX, (bury_spread(), 6.0));
    eprintln!("Bury, fitted: {fitted:.3?}");
    for (fit, share) in fitted.iter().zip(WITHIN_SIX) {
        assert!((fit.share - share).abs() < 1e-6, "{fitted:?}");
    }
    let starts: Vec<f64> = fitted.iter().map(|f| f.starts).collect();
    let ran = ran(
        &queue,
        (standing.list, arrivals[0]),
        &arrivals,
        &starts.iter().flat_map(|&s| [s; 12]).collect::<Vec<_>>(),
    );
    for (share, told) in by_year(&ran.months).iter().zip(WITHIN_SIX) {
        assert!((share - told).abs() < 1e-6);
    }
    assert!(starts[3] < 0.85 * starts[0], "{starts:?}");
}

fn months(most: f64) -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(0.0..most, 1..40)
}

proptest! {
    #[test]
    fn everyone_who_arrives_starts_leaves_or_waits(
        arrivals in months(500.0),
        starts in months(400.0),
        opening in 0.0..2_000.0,
        renege in 0.0..2.0,
        friction in 0.0..300.0,
    ) {
        let queue = Queue { renege: Lane([renege]), friction: Lane([friction]), threshold: None };
        let ran = ran(&queue, (opening, 100.0), &arrivals, &starts);
        let mut before = opening;
        for (month, arrived) in ran.months.iter().zip(&arrivals) {
            let balance = before + arrived - month.starts[0] - month.reneged[0] - month.list[0];
            prop_assert!(balance.abs() < 1e-8 * (1.0 + before + arrived), "{}", balance);
            prop_assert!(month.starts[0] >= 0.0 && month.reneged[0] >= -1e-9);
            prop_assert!(month.list[0] >= 0.0 && month.wait[0] >= 0.0);
            before = month.list[0];
        }
    }

    #[test]
    fn more_capacity_never_lengthens_the_list_or_the_wait(
        arrivals in months(500.0),
        starts in months(400.0),
        extra in 0.0..100.0,
        opening in 0.0..2_000.0,
        renege in 0.0..0.5,
        friction in 0.0..300.0,
    ) {
        let queue = Queue { renege: Lane([renege]), friction: Lane([friction]), threshold: None };
        let more: Vec<f64> = starts.iter().map(|s| s + extra).collect();
        let tight = ran(&queue, (opening, 100.0), &arrivals, &starts);
        let loose = ran(&queue, (opening, 100.0), &arrivals, &more);
        for (tight, loose) in tight.months.iter().zip(&loose.months) {
            prop_assert!(loose.list[0] <= tight.list[0] + 1e-9);
            if tight.starts[0] > 1e-9 {
                prop_assert!(loose.wait[0] <= tight.wait[0] + 1e-9, "{loose:?} {tight:?}");
            }
        }
    }

    #[test]
    fn lanes_are_independent(arrivals in months(500.0), starts in 50.0..400.0) {
        let queue = Queue::<4> { renege: Lane([0.05; 4]), friction: Lane([10.0; 4]), threshold: None };
        let factors = [1.0, 0.5, 2.0, 1.5];
        let blocks: Vec<Lane<4>> =
            arrivals.iter().map(|a| Lane(factors.map(|f| a * f))).collect();
        let mut out = vec![Waited::EMPTY; blocks.len()];
        let list = List::opening(Lane::all(30.0), Lane::all(starts), Lane::all(0.05), Lane::ZERO);
        let capacity = [Capacity::Starts(Lane::all(starts))];
        run(&queue, list, &blocks, &capacity, &mut vec![Lane::ZERO; blocks.len()], &mut out);
        for (lane, factor) in factors.iter().enumerate() {
            let one: Vec<f64> = arrivals.iter().map(|a| a * factor).collect();
            let queue = Queue { renege: Lane([0.05]), friction: Lane([10.0]), threshold: None };
            let alone = ran(&queue, (30.0, starts), &one, &[starts]);
            for (a, b) in alone.months.iter().zip(&out) {
                prop_assert_eq!(a.list[0], b.list[lane]);
                prop_assert_eq!(a.wait[0], b.wait[lane]);
            }
        }
    }
}
