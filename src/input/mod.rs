//! Files to validated types. Each reader lists every problem of its file at once.

pub mod baseline;
pub mod builtin;
pub mod capacity;
mod cells;
pub mod checks;
mod count;
pub mod dates;
pub mod document;
mod file;
pub mod goals;
pub mod indicator;
pub mod lever_file;
mod names;
pub mod network;
pub mod pack;
pub mod published;
pub mod registry;
pub mod scenario;
pub mod setting;
pub mod standards;
pub mod study;
pub mod sweep;
pub mod table;
pub mod text;
pub mod tidy;
pub mod waits;
pub mod workbook;
