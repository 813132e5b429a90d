//! Bytes on their way: the bounded queue of an output, and batches rendered late.
//!
//! Nothing here knows what a line means or what kind of output it goes to.

pub mod deferred;
pub mod queue;
pub mod rendered;
pub mod sink;
