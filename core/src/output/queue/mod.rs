//! The bounded buffer of one output and the books of what went through it.
//!
//! Not for the thread that empties it: see `worker`.

mod closing;
mod entering;
mod loss;
mod state;
mod waiting;
mod writing;

pub(crate) use loss::{Loss, Phase};
pub(in crate::output) use state::{Queue, Settings};
pub(in crate::output) use waiting::Work;

#[cfg(test)]
mod tests;
