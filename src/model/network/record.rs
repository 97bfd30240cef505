//! What a replication leaves behind: counts by day and service, and their sums over spans of
//! days (weeks, periods).

use serde::Serialize;

/// One service on one day.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct DayCount {
    /// Patients who came from outside.
    pub arrivals: u32,
    /// All who joined the queue: from outside, from other services, after giving up elsewhere.
    pub joined: u32,
    /// Patients who began service.
    pub starts: u32,
    /// Patients who gave up waiting.
    pub reneged: u32,
    /// Patients who ended service.
    pub discharged: u32,
    /// Patients waiting at the end of the day.
    pub queue: u32,
    /// Patients in service at the end of the day.
    pub occupancy: u32,
    /// Days waited by those who began service, summed.
    pub wait_started: f64,
    /// Days waited by those who gave up, summed.
    pub wait_reneged: f64,
}

/// All days of a replication.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    services: usize,
    /// Day by day, within it service by service.
    counts: Vec<DayCount>,
    /// Patients who left the network, by day.
    exits: Vec<u32>,
    /// Patients moved after the warm-up, by service and target: after service, after giving up.
    pub flows: [Vec<u64>; 2],
}

impl Record {
    /// An empty record.
    pub fn new(services: usize, targets: usize, days: u32) -> Self {
        Self {
            services,
            counts: vec![DayCount::default(); services * days as usize],
            exits: vec![0; days as usize],
            flows: [vec![0; services * targets], vec![0; services * targets]],
        }
    }

    /// Empties it for the next replication.
    pub(super) fn clear(&mut self) {
        self.counts.fill(DayCount::default());
        self.exits.fill(0);
        self.flows.iter_mut().for_each(|flows| flows.fill(0));
    }

    /// The services on `day`, counted from 1.
    pub fn day(&self, day: u32) -> &[DayCount] {
        let start = (day as usize - 1) * self.services;
        &self.counts[start..start + self.services]
    }

    pub(super) fn day_mut(&mut self, day: u32) -> &mut [DayCount] {
        let start = (day as usize - 1) * self.services;
        &mut self.counts[start..start + self.services]
    }

    pub(super) fn exit(&mut self, day: u32, patients: u32) {
        self.exits[day as usize - 1] += patients;
    }

    /// The number of days.
    pub fn days(&self) -> u32 {
        self.exits.len() as u32
    }

    /// Starts and reneges of all services and days.
    pub fn visits(&self) -> u64 {
        self.counts.iter().map(|day| u64::from(day.starts) + u64::from(day.reneged)).sum()
    }

    /// The first day on which people were lost or made: all who came must have left, wait or be
    /// in service.
    pub fn first_imbalance(&self) -> Option<u32> {
        let (mut came, mut left) = (0u64, 0u64);
        (1..=self.days()).find(|&day| {
            let services = self.day(day);
            came += services.iter().map(|s| u64::from(s.arrivals)).sum::<u64>();
            left += u64::from(self.exits[day as usize - 1]);
            let here: u64 =
                services.iter().map(|s| u64::from(s.queue) + u64::from(s.occupancy)).sum();
            came != left + here
        })
    }

    /// The metrics of every service over `span`, in the order of [`Metric::ALL`]; not a number
    /// where nobody started.
    pub fn over(&self, span: &Span, out: &mut Vec<f64>) {
        let days = f64::from(span.last_day - span.first_day + 1);
        for service in 0..self.services {
            // Counts of a day fit 32 bits, their sums over thousands of days may not.
            let mut counts = [0u64; 7];
            let (mut wait_started, mut wait_reneged) = (0.0, 0.0);
            for day in span.first_day..=span.last_day {
                let count = &self.day(day)[service];
                let of_day = [
                    count.arrivals,
                    count.queue,
                    count.occupancy,
                    count.starts,
                    count.reneged,
                    count.discharged,
                    count.joined,
                ];
                for (sum, count) in counts.iter_mut().zip(of_day) {
                    *sum += u64::from(count);
                }
                wait_started += count.wait_started;
                wait_reneged += count.wait_reneged;
            }
            let [arrivals, queue, occupancy, starts, reneged, discharged, joined] =
                counts.map(|sum| sum as f64);
            out.extend([
                arrivals,
                queue / days,
                occupancy / days,
                starts,
                reneged,
                discharged,
                wait_started / starts,
                joined,
                (wait_started + wait_reneged) / (starts + reneged),
            ]);
        }
    }
}

/// What is summarised over a span of days.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Patients who came from outside.
    Arrivals,
    /// The mean of the numbers waiting at the end of each day.
    Queue,
    /// The mean of the numbers in service at the end of each day.
    Occupancy,
    /// Patients who began service.
    Starts,
    /// Patients who gave up waiting.
    Reneged,
    /// Patients who ended service.
    Discharged,
    /// The mean wait, in days, of those who began service.
    WaitMean,
    /// All who joined the queue, from wherever.
    Joined,
    /// The mean wait, in days, of all who left the queue, by starting or giving up.
    WaitLeaveMean,
}

impl Metric {
    /// All of them, in the order of the record.
    pub const ALL: [Self; 9] = [
        Self::Arrivals,
        Self::Queue,
        Self::Occupancy,
        Self::Starts,
        Self::Reneged,
        Self::Discharged,
        Self::WaitMean,
        Self::Joined,
        Self::WaitLeaveMean,
    ];

    /// Those written to the weekly and period tables.
    pub const WRITTEN: [Self; 7] = [
        Self::Arrivals,
        Self::Queue,
        Self::Occupancy,
        Self::Starts,
        Self::Reneged,
        Self::Discharged,
        Self::WaitMean,
    ];

    /// Its name in the tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arrivals => "arrivals",
            Self::Queue => "queue",
            Self::Occupancy => "occupancy",
            Self::Starts => "starts",
            Self::Reneged => "reneged",
            Self::Discharged => "discharged",
            Self::WaitMean => "wait_mean",
            Self::Joined => "joined",
            Self::WaitLeaveMean => "wait_leave_mean",
        }
    }
}

/// A stretch of days, both ends included.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Span {
    /// The number of a week or the name of a period.
    pub name: String,
    /// Its first day.
    pub first_day: u32,
    /// Its last day.
    pub last_day: u32,
}

impl Span {
    /// The weeks after the warm-up, numbered from 1; the last may be shorter.
    pub fn weeks(warm_up: u32, days: u32) -> Vec<Self> {
        (warm_up + 1..=days)
            .step_by(7)
            .zip(1..)
            .map(|(first_day, week): (u32, u32)| Self {
                name: week.to_string(),
                first_day,
                last_day: (first_day + 6).min(days),
            })
            .collect()
    }

    /// The whole time after the warm-up.
    pub fn after(warm_up: u32, days: u32) -> Self {
        Self { name: "all".into(), first_day: warm_up + 1, last_day: days }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_count_from_the_end_of_the_warm_up_and_the_last_is_cut() {
        let weeks = Span::weeks(730, 1531);
        assert_eq!(weeks.len(), 115);
        assert_eq!((weeks[0].first_day, weeks[0].last_day), (731, 737));
        assert_eq!((weeks[114].first_day, weeks[114].last_day), (1529, 1531));
        assert_eq!(weeks[114].name, "115");
    }
}
