//! Every number that TypeScript and Rust must agree on. `cargo xtask wire` makes lib/batch/wire.ts of this file, and a
//! test compares the two.
//!
//! Records stand in columns: integers, doubles, and one text that holds all texts one after another. Each text has its
//! length among the integers. What follows an item is written below it, in the order of the integers.

/// The first integer of an item that is no log record. A log record begins with the number of its form, 0 and up.
pub mod op {
    /// An ended span: `span_ints`.
    pub const SPAN: i32 = -1;
    /// A context, which gets the next number for contexts: `context_ints`. The first number is 1, 0 is the empty context.
    pub const CONTEXT: i32 = -2;
    /// What is bound to a logger, which gets the next number from 1: the logger, the number of what it is bound to
    /// already, 0 for nothing, then tagged members.
    pub const BOUND: i32 = -3;
    /// What contexts carry, which gets the next number from 1: the number of what it is added to, 0 for nothing, then
    /// a `tracestate` as text, empty for that of what it is added to, then tagged members.
    pub const CARRIED: i32 = -4;
    /// A line of pino: `line_ints`, one double, the time of the call in microseconds, then the line as text, and the name of
    /// its level, which is empty for the levels that pino has itself.
    pub const LINE: i32 = -5;
}

/// Where the integers of a log record stand behind the first one. It has one double, the time in microseconds. The
/// message follows unless the form has it, with what another library filled it from where the form is of `style::TOLD`, then the
/// attributes as the form says, then the error when the form has
/// one: the texts of type and message, the length of the stack, which is the next one of the batch's stacks, tagged members up to an `END`, whether there is a cause, how many members
/// there are, and then the cause and the members in the same way.
pub mod log_ints {
    /// The number of its context.
    pub const CONTEXT: usize = 0;
    /// The number of what is bound to its logger, 0 for nothing.
    pub const BOUND: usize = 1;
    /// How many there are.
    pub const COUNT: usize = 2;
}

/// Where the integers of a line stand behind the first one.
pub mod line_ints {
    /// The number of the keys that its writer uses.
    pub const KEYS: usize = 0;
    /// The number of its level in pino, 0 where the line alone says it.
    pub const LEVEL: usize = 1;
    /// The number of its context.
    pub const CONTEXT: usize = 2;
    /// How many there are.
    pub const COUNT: usize = 3;
}

/// Where the integers of a context stand behind the first one.
pub mod context_ints {
    /// Four integers, the highest first.
    pub const TRACE: usize = 0;
    /// Two integers, the higher one first.
    pub const SPAN: usize = 4;
    pub const FLAGS: usize = 6;
    /// The number of what it carries, 0 for nothing.
    pub const CARRIED: usize = 7;
    /// How many there are.
    pub const COUNT: usize = 8;
}

/// Where the integers of a span stand behind the first one. It has two doubles, the start in microseconds and the
/// duration in nanoseconds. The name follows unless the form has it, then the attributes as the form says, and what
/// `flag::RICH` announces.
pub mod span_ints {
    pub const FORM: usize = 0;
    /// Four integers, the highest first.
    pub const TRACE: usize = 1;
    /// Two integers, the higher one first.
    pub const SPAN: usize = 5;
    /// The flags of the trace, and those of `flag`.
    pub const FLAGS: usize = 7;
    /// The number of what its context carries, 0 for nothing.
    pub const CARRIED: usize = 8;
    /// Two integers, both 0 for the root of a trace.
    pub const PARENT: usize = 9;
    /// The nanoseconds of the start beyond its microseconds.
    pub const START_NS: usize = 11;
    /// How many there are.
    pub const COUNT: usize = 12;
}

/// Bits beside the flags of a trace.
pub mod flag {
    /// More follows: the status, the text of its message, how many events and how many links were dropped; how many
    /// events there are, and of each the number of its form, the nanoseconds of its time, its time as a double in
    /// microseconds, its name unless the form has it, and the attributes as the form says; how many links there are, and of each `link_ints` and tagged members.
    pub const RICH: i32 = 256;
    /// The parent of a span, or the span that a link leads to, is one of another process.
    pub const REMOTE: i32 = 512;
}

/// Where the integers of a link stand.
pub mod link_ints {
    /// Four integers, the highest first.
    pub const TRACE: usize = 0;
    /// Two integers, the higher one first.
    pub const SPAN: usize = 4;
    /// The flags of the trace, and `flag::REMOTE`.
    pub const FLAGS: usize = 6;
    /// How many there are.
    pub const COUNT: usize = 7;
}

/// Bits in the first integer of the start of a run. The kind of its span follows, its name as text, the contexts that are
/// announced, how many links there are and of each `link_ints`, twice how many texts there are and of each its key and itself
/// (those that go down to other runs, those for logs), then tagged members.
pub mod run {
    /// It gets no span.
    pub const HIDDEN: i32 = 1;
    /// Where it stands when its parent is not known: four integers of the trace, two of the span, the flags; a
    /// `tracestate` and a `baggage` as texts; how many portions of attributes there are, and of each tagged members.
    pub const CONTEXT: i32 = 2;
    /// Where it stands when its parent is known, and something was entered in the body of that. It is written as above.
    pub const NEARER: i32 = 4;
    /// It keeps a text.
    pub const KEEPS: i32 = 8;
    /// What the start of a run gives back when it has not begun: its parent is not known and it was given no context.
    pub const PARENT_UNKNOWN: u32 = 1;
}

/// How a run ended: the first integer of its end. Then follow whether there is an error, and if so the texts of its type,
/// message and stack; the key as text of what tells the time of the first chunk, which may be empty; tagged members.
pub mod run_state {
    pub const OK: i32 = 0;
    pub const ERROR: i32 = 1;
    pub const CANCELLED: i32 = 2;
    pub const ABANDONED: i32 = 3;
    pub const INTERRUPTED: i32 = 4;
}

/// Where the doubles stand that tell what a run was.
pub mod run_told {
    /// One of `run_state`.
    pub const STATE: usize = 0;
    /// Seconds.
    pub const DURATION: usize = 1;
    /// How many chunks.
    pub const CHUNKS: usize = 2;
    /// Seconds from the start to the first chunk, negative without one.
    pub const FIRST_CHUNK: usize = 3;
    /// Seconds from a chunk to the next, negative below two.
    pub const CHUNK_INTERVAL: usize = 4;
    /// How many there are.
    pub const COUNT: usize = 5;
}

/// How an attribute stands in the columns when its form says the kind.
pub mod kind {
    /// A text.
    pub const STR: i32 = 0;
    /// A double.
    pub const NUM: i32 = 1;
    /// An integer, 0 or 1.
    pub const BOOL: i32 = 2;
    /// Nothing.
    pub const NULL: i32 = 3;
    /// A tag and what it announces.
    pub const TAGGED: i32 = 4;
    /// All further attributes, as tagged members.
    pub const REST: i32 = 5;
}

/// The tag of a value that brings its kind along. Tagged members are pairs of a `KEY` and a value, up to an `END`.
pub mod tag {
    /// A text.
    pub const STR: i32 = 0;
    /// A double.
    pub const NUM: i32 = 1;
    pub const TRUE: i32 = 2;
    pub const FALSE: i32 = 3;
    pub const NULL: i32 = 4;
    /// A BigInt as the text of its decimal digits.
    pub const BIG: i32 = 5;
    /// How many bytes there are, then the bytes, four to an integer.
    pub const BYTES: i32 = 6;
    /// Tagged members.
    pub const MAP: i32 = 7;
    /// Values, up to an `END`.
    pub const LIST: i32 = 8;
    pub const END: i32 = 9;
    /// The text of a name.
    pub const KEY: i32 = 10;
    /// A number of `mark`, in place of a value.
    pub const MARK: i32 = 11;
    /// A point in time as a double, in whole milliseconds since 1970.
    pub const TIME: i32 = 12;
}

/// What stands in place of a value that cannot be written.
pub mod mark {
    pub const CIRCULAR: i32 = 0;
    pub const GETTER_THREW: i32 = 1;
    pub const TRUNCATED: i32 = 2;
    /// Users' code that was not called any more.
    pub const OVER_BUDGET: i32 = 3;
}

/// What the records of a form are.
pub mod owner {
    pub const LOG: u32 = 0;
    pub const SPAN: u32 = 1;
}

/// How the variant of a form of log records is made up: logger and severity, each times its factor, and one of `style`.
/// The variant of a form of spans is their kind.
pub mod variant {
    pub const LOGGER: u32 = 128;
    pub const SEVERITY: u32 = 4;
}

/// What the message of a log record is.
pub mod style {
    /// A template, filled from the attributes.
    pub const TEMPLATE: u32 = 0;
    /// A finished message.
    pub const LITERAL: u32 = 1;
    /// What another library has let through and filled: a level that nobody set does not count, and the text that the
    /// message was filled from follows it, empty where it is not known.
    pub const TOLD: u32 = 2;
}

/// Role of a span in its trace.
pub mod span_kind {
    pub const INTERNAL: u32 = 0;
    pub const SERVER: u32 = 1;
    pub const CLIENT: u32 = 2;
    pub const PRODUCER: u32 = 3;
    pub const CONSUMER: u32 = 4;
}

/// Status of a span.
pub mod status {
    pub const UNSET: i32 = 0;
    pub const OK: i32 = 1;
    pub const ERROR: i32 = 2;
}

/// The kind of an instrument.
pub mod instrument_kind {
    pub const COUNTER: u32 = 0;
    pub const UP_DOWN: u32 = 1;
    pub const GAUGE: u32 = 2;
    pub const HISTOGRAM: u32 = 3;
}

/// What is sent of a series. The number of the series is the next integer.
pub mod measure {
    /// A double: a sum to add or a last value.
    pub const VALUE: i32 = 0;
    /// A double: a sum of fractions to add, which may be a whole number.
    pub const FRACTIONS: i32 = 1;
    /// What a histogram collected: whether there were fractions, how many doubles there are, the doubles as `histogram` says.
    pub const COUNTS: i32 = 2;
    /// A double: a value as it was given, which the core judges.
    pub const RAW: i32 = 3;
    /// How many measurements those of above stood for, beyond one for each; sent of the overflow series only, where they
    /// are counted.
    pub const MORE: i32 = 4;
}

/// Where the doubles of a histogram stand.
pub mod histogram {
    pub const SUM: usize = 0;
    pub const MIN: usize = 1;
    pub const MAX: usize = 2;
    /// The count of the first bucket. Those of the others follow.
    pub const BUCKETS: usize = 3;
}

/// Bounds that both sides keep to.
pub mod most {
    /// How many errors deep an error is told, by way of causes and of members alike.
    pub const ERROR_DEPTH: usize = 8;
    /// The members of an error: one more than the core keeps, so that it sees the excess.
    pub const MEMBERS: usize = 9;
    /// The errors of a record, as often as with that many members the core keeps all that it may.
    pub const ERRORS: usize = 128;
}

/// Thresholds of a logger.
pub mod threshold {
    /// The logger lets nothing through. No severity has so high a number.
    pub const NOTHING: u8 = 25;
}
