//! Demand at the door for many variants of one study: what of a line is the same in all of them is
//! made once, and a variant adds its people at risk and its restrictions.
//!
//! ```text
//! surge(t) = sum over groups of at_risk(g, t) x referred(g)
//! referred(g) = size of the area over the pack's x sum over members of flow(g, m) x factors of m
//! ```
//!
//! with `at_risk` that of the pack's own size: people at risk are in proportion to who enters, and
//! so is the rule that nobody enters twice.

// What runs inside the dispatch on the processor's features must be compiled into it.
#![allow(clippy::inline_always)]

use std::collections::VecDeque;

use pulp::{Simd, WithSimd};

use super::{Stage, is_known};
use crate::lane::Lane;
use crate::model::pathway::{Layout as Pathways, Table};
use crate::model::suppression::{Held, Restrictions, Suppression};
use crate::projection::asked::AtDoor;
use crate::projection::block::Prepared;
use crate::projection::buffer::{BlockBuffer, Buffer, Layout};
use crate::projection::case::Line;
use crate::projection::line_figures::LineFigures;
use crate::projection::measure::Measure;

/// A line of an area, the same in every variant; a list by block each.
pub struct LineOnce<const L: usize> {
    service: usize,
    underlying: Vec<Vec<Lane<L>>>,
    referred: Vec<Vec<(usize, Lane<L>)>>,
    suppression: Vec<Suppression<L>>,
}

/// One block of a variant, the same in every area.
#[derive(Debug)]
pub struct OfVariant<const L: usize> {
    /// The people at risk by group, of the pack's own size.
    pub at_risk: Table<L>,
    /// Stringency of the restrictions of wave 1, and of later ones.
    pub restrictions: [Vec<Lane<L>>; 2],
    /// How much a later restriction suppresses.
    pub gain: Lane<L>,
}

/// A variant in an area.
#[derive(Clone, Copy)]
pub struct Door<'a, const L: usize> {
    /// What is asked.
    pub asked: &'a AtDoor,
    /// The lines of the area.
    pub lines: &'a [LineOnce<L>],
    /// The blocks of the variant.
    pub variant: &'a [OfVariant<L>],
}

impl<const L: usize> Stage<'_, L> {
    /// What of a line is the same in every variant; `flows` are referrals of a person at risk, by
    /// block and flow.
    pub(super) fn once(
        &self,
        line: &Line<'_>,
        pathways: &Pathways,
        flows: &[Vec<Lane<L>>],
    ) -> LineOnce<L> {
        let of = |prepared: &&Prepared<L>| LineFigures::new(self.study, line, &prepared.sample);
        let figures: Vec<LineFigures<L>> = self.prepared.iter().map(of).collect();
        let underlying = |(prepared, figures): (&&Prepared<L>, &LineFigures<L>)| {
            self.underlying(line, prepared, None, figures)
        };
        let referred = |(prepared, flows): (&&Prepared<L>, &Vec<Lane<L>>)| {
            self.referred(line, pathways, prepared, flows)
        };
        LineOnce {
            service: line.service,
            underlying: if is_known(line) {
                self.prepared.iter().zip(&figures).map(underlying).collect()
            } else {
                Vec::new()
            },
            referred: self.prepared.iter().zip(flows).map(referred).collect(),
            suppression: figures.into_iter().map(|figures| figures.suppression).collect(),
        }
    }

    /// Referrals to a line of a person at risk, by group, at the size of the area.
    fn referred(
        &self,
        line: &Line<'_>,
        pathways: &Pathways,
        prepared: &Prepared<L>,
        flows: &[Lane<L>],
    ) -> Vec<(usize, Lane<L>)> {
        let mut list: Vec<(usize, Lane<L>)> = Vec::new();
        for (member, _) in &line.members {
            let surge = prepared.sample[self.study.pack.services[*member].figures.surge];
            let share = self.share_of_member(line, *member, prepared);
            let factor = surge * share * self.case.services[*member];
            for flow in pathways.flows_of_service(*member) {
                let group = pathways.flows()[*flow].group;
                let own = flows[*flow] * factor * self.case.scale[group];
                match list.iter_mut().find(|(other, _)| *other == group) {
                    Some((_, sum)) => *sum += own,
                    None => list.push((group, own)),
                }
            }
        }
        list
    }

    /// All draws of some lines of a variant, of what is asked. Lines of a block run one after another,
    /// while its people at risk are at hand: to read them takes longer than what is done with them.
    pub(super) fn at_door(&self, door: &Door<'_, L>, lines: &[&Line<'_>]) -> VecDeque<Buffer<L>> {
        let months = self.case.months();
        let layout = Layout::of_rows(&door.asked.rows());
        let room = |_| Buffer::new(self.spare, layout.clone(), months, self.draws);
        let mut buffers: VecDeque<Buffer<L>> = lines.iter().map(room).collect();
        let own = |line: &&Line<'_>| door.lines.iter().find(|own| own.service == line.service);
        let once: Vec<Option<&LineOnce<L>>> = lines.iter().map(own).collect();
        let zeros = vec![Lane::ZERO; months];
        let mut surge = zeros.clone();
        let arch = pulp::Arch::new();
        let mut blocks: Vec<_> = buffers.iter_mut().map(Buffer::blocks_in_turn).collect();
        for (block, variant) in door.variant.iter().enumerate() {
            for (blocks, once) in blocks.iter_mut().zip(&once) {
                let (Some(out), Some(once)) = (blocks.next(), once) else { continue };
                arch.dispatch(BlockAtDoor {
                    underlying: once.underlying.get(block).unwrap_or(&zeros),
                    referred: &once.referred[block],
                    suppression: &once.suppression[block],
                    variant,
                    surge: &mut surge,
                    out,
                });
            }
        }
        drop(blocks);
        buffers
    }
}

/// A block of a line of a variant.
struct BlockAtDoor<'a, const L: usize> {
    underlying: &'a [Lane<L>],
    referred: &'a [(usize, Lane<L>)],
    suppression: &'a Suppression<L>,
    variant: &'a OfVariant<L>,
    /// Room for the surge by month.
    surge: &'a mut [Lane<L>],
    out: BlockBuffer<'a, L>,
}

impl<const L: usize> WithSimd for BlockAtDoor<'_, L> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { underlying, referred, suppression, variant, surge, mut out } = self;
        surge.fill(Lane::ZERO);
        for (group, referred) in referred {
            for (sum, people) in surge.iter_mut().zip(variant.at_risk.row(*group)) {
                for i in 0..L {
                    sum[i] += people[i] * referred[i];
                }
            }
        }
        for (measure, of) in [(Measure::Underlying, underlying), (Measure::Surge, &*surge)] {
            if let Some(row) = out.row(measure) {
                row.copy_from_slice(of);
            }
        }
        let [first, later] = &variant.restrictions;
        suppression.run(
            &Restrictions { first, later, gain: variant.gain },
            |t, i| underlying[t][i] + surge[t][i],
            |t, held| {
                let Held { suppressed, returning, .. } = held;
                if let Some(row) = out.row(Measure::Referrals) {
                    for i in 0..L {
                        row[t][i] = underlying[t][i] - suppressed[i] + returning[i] + surge[t][i];
                    }
                }
                for (measure, of) in
                    [(Measure::Suppressed, suppressed), (Measure::Returning, returning)]
                {
                    if let Some(row) = out.row(measure) {
                        row[t] = *of;
                    }
                }
            },
        );
    }
}
