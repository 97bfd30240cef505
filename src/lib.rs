//! Mental health demand that follows the waves of an epidemic.
//!
//! Data flows one way, down this list; a module uses only those above it.
//!
//! | room | what it is for |
//! | --- | --- |
//! | [`checksum`] | whether a file is the one that was read or written |
//! | [`escape`] | text of unknown origin made safe for each way out |
//! | [`month`] | calendar months, financial years, positions in time |
//! | [`diagnostics`] | what is wrong with an input, where, and what would be right |
//! | [`lane`] | several draws side by side, with arithmetic for all of them at once |
//! | [`draw`] | uncertain numbers and joint samples from keyed random streams |
//! | [`model`] | the science, pure: one file per rule, its equation at the top |
//! | [`study`] | everything a projection needs, validated together, immutable |
//! | [`input`] | files to validated types, one file per kind; [`input::published`] one per publisher |
//! | [`projection`] | a study times draws to summarised results, in blocks over threads |
//! | [`evaluate`] | scores, backtest, fit, attribution, sensitivity, levers and checks compared |
//! | [`output`] | results to tables, charts and files, one file per format |
//! | [`cli`] | every command and option |
//! | [`commands`] | one file per verb; each reads as the story of that verb |

pub mod checksum;
pub mod cli;
pub mod commands;
pub mod diagnostics;
pub mod draw;
pub mod escape;
pub mod evaluate;
pub mod input;
pub mod lane;
pub mod model;
pub mod month;
pub mod output;
pub mod projection;
pub mod study;
