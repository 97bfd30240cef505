//! From people at risk to referrals, treatment and relapse: a stock-flow model in monthly steps.
//!
//! Per group the stock at risk `R`; per group, condition and service the stock in treatment `T`.
//! Flows of a month are taken from the stocks at its start (explicit Euler, step one month):
//!
//! ```text
//! presenting(g,c) = R(g) x rate(g,c) x help_seeking(g,c)
//! referred(g,c,s) = presenting x weight(g,c,s) / sum over s of weight(g,c,s)
//! started(g,c,s)  = referred x accepted(s)
//! left(g,c,s)     = T(g,c,s) x leave(s)
//! R(g)   += inflow - no_need - unseen - started - [refused, where they leave]
//!           + sum of left x (1 - recovered(s))
//! T(g,c,s) += started - left
//! ```
//!
//! Pathways of one group that lead to one service share everything but their size, so `T` stays in
//! proportion to it: the state is kept by group and service (a [`Flow`]), and the pathways follow
//! exactly by [`Detail`]. The published model of the Strategy Unit is this one with
//! `help_seeking` 1 and [`Refused::RePresent`].
//!
//! How it is computed: [`System::set`] derives the coefficients, [`System::run`] solves the stocks
//! at risk and then the services; for many scenarios on the same draws [`System::respond`] solves
//! the answer to one person at risk once, and [`System::apply`] superposes it. Draws lie side by
//! side, `L` of them: 1, or a multiple of 8.

// What runs inside the dispatch on the processor's features must be compiled into it.
#![allow(clippy::inline_always)]

mod coefficients;
mod fate;
mod layout;
mod outcome;
mod parameters;
mod register;
mod response;
mod schedule;
mod system;

pub use fate::{Fate, Number};
pub use layout::{Flow, Layout, LayoutError, Need, Pathway};
pub use outcome::{Detail, Outcome, Table};
pub use parameters::{Parameters, Refused, leave};
pub use schedule::{Schedule, Scheduled};
pub use system::System;

#[cfg(test)]
mod tests;
