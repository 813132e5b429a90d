//! Encoded records on their way: in one piece of memory with their ends, and batches rendered late.
//!
//! Nothing here knows what a record's bytes mean or what kind of output they go to.

pub mod deferred;
pub mod records;
pub mod rendered;
