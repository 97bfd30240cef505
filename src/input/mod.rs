//! Files to validated types. Each reader lists every problem of its file at once.

pub mod areas;
pub mod baseline;
pub mod builtin;
pub mod capacity;
mod cells;
pub mod checks;
pub mod document;
pub mod goals;
pub mod indicator;
pub mod lever_file;
mod local;
pub mod network;
pub mod pack;
pub mod published;
pub mod scenario;
mod scored;
mod served;
pub mod setting;
pub mod study;
pub mod table;
pub mod text;
pub mod workbook;
