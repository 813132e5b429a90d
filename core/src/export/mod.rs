//! The far side of outputs: console, file, memory, and the thread that serves one.
//!
//! Nothing here knows how records are made or configured.

mod console;
mod file;
mod file_tail;
mod memory;
mod null;
pub mod output;
mod worker;

pub use console::ConsoleSink;
pub use file::FileSink;
pub use memory::{MemorySink, MemoryStore};
pub use null::NullSink;
pub use worker::Ticker;
