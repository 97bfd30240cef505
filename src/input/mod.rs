//! Files to validated types. Each reader lists every problem of its file at once.

pub mod published;

pub mod workbook;
