// The numbers that TypeScript and Rust must agree on, as constants that the compiler puts in their places.
// Made from src/wire.rs by `cargo xtask wire`; a test compares the two.

/** The first integer of an item that is no log record. A log record begins with the number of its form, 0 and up. */
export const enum Op {
  /** An ended span: `SpanInts`. */
  SPAN = -1,
  /** A context, which gets the next number for contexts: `ContextInts`. The first number is 1, 0 is the empty context. */
  CONTEXT = -2,
  /**
   * What is bound to a logger, which gets the next number from 1: the logger, the number of what it is bound to
   * already, 0 for nothing, then tagged members.
   */
  BOUND = -3,
  /**
   * What contexts carry, which gets the next number from 1: the number of what it is added to, 0 for nothing, then
   * a `tracestate` as text, empty for that of what it is added to, then tagged members.
   */
  CARRIED = -4,
  /**
   * A line of pino: `LineInts`, one double, the time of the call in microseconds, then the line as text, and the name of
   * its level, which is empty for the levels that pino has itself.
   */
  LINE = -5,
}

/**
 * Where the integers of a log record stand behind the first one. It has one double, the time in microseconds. The
 * message follows unless the form has it, with what another library filled it from where the form is of `Style.TOLD`, then the
 * attributes as the form says, then the error when the form has
 * one: the texts of type and message, the length of the stack, which is the next one of the batch's stacks, tagged members up to an `END`, whether there is a cause, how many members
 * there are, and then the cause and the members in the same way.
 */
export const enum LogInts {
  /** The number of its context. */
  CONTEXT = 0,
  /** The number of what is bound to its logger, 0 for nothing. */
  BOUND = 1,
  /** How many there are. */
  COUNT = 2,
}

/** Where the integers of a line stand behind the first one. */
export const enum LineInts {
  /** The number of the keys that its writer uses. */
  KEYS = 0,
  /** The number of its level in pino, 0 where the line alone says it. */
  LEVEL = 1,
  /** The number of its context. */
  CONTEXT = 2,
  /** How many there are. */
  COUNT = 3,
}

/** Where the integers of a context stand behind the first one. */
export const enum ContextInts {
  /** Four integers, the highest first. */
  TRACE = 0,
  /** Two integers, the higher one first. */
  SPAN = 4,
  FLAGS = 6,
  /** The number of what it carries, 0 for nothing. */
  CARRIED = 7,
  /** How many there are. */
  COUNT = 8,
}

/**
 * Where the integers of a span stand behind the first one. It has two doubles, the start in microseconds and the
 * duration in nanoseconds. The name follows unless the form has it, then the attributes as the form says, and what
 * `Flag.RICH` announces.
 */
export const enum SpanInts {
  FORM = 0,
  /** Four integers, the highest first. */
  TRACE = 1,
  /** Two integers, the higher one first. */
  SPAN = 5,
  /** The flags of the trace, and those of `Flag`. */
  FLAGS = 7,
  /** The number of what its context carries, 0 for nothing. */
  CARRIED = 8,
  /** Two integers, both 0 for the root of a trace. */
  PARENT = 9,
  /** The nanoseconds of the start beyond its microseconds. */
  START_NS = 11,
  /** How many there are. */
  COUNT = 12,
}

/** Bits beside the flags of a trace. */
export const enum Flag {
  /**
   * More follows: the status, the text of its message, how many events and how many links were dropped; how many
   * events there are, and of each the number of its form, the nanoseconds of its time, its time as a double in
   * microseconds, its name unless the form has it, and the attributes as the form says; how many links there are, and of each `LinkInts` and tagged members.
   */
  RICH = 256,
  /** The parent of a span, or the span that a link leads to, is one of another process. */
  REMOTE = 512,
}

/** Where the integers of a link stand. */
export const enum LinkInts {
  /** Four integers, the highest first. */
  TRACE = 0,
  /** Two integers, the higher one first. */
  SPAN = 4,
  /** The flags of the trace, and `Flag.REMOTE`. */
  FLAGS = 6,
  /** How many there are. */
  COUNT = 7,
}

/**
 * Bits in the first integer of the start of a run. The kind of its span follows, its name as text, the contexts that are
 * announced, how many links there are and of each `LinkInts`, twice how many texts there are and of each its key and itself
 * (those that go down to other runs, those for logs), then tagged members.
 */
export const enum Run {
  /** It gets no span. */
  HIDDEN = 1,
  /**
   * Where it stands when its parent is not known: four integers of the trace, two of the span, the flags; a
   * `tracestate` and a `baggage` as texts; how many portions of attributes there are, and of each tagged members.
   */
  CONTEXT = 2,
  /** Where it stands when its parent is known, and something was entered in the body of that. It is written as above. */
  NEARER = 4,
  /** It keeps a text. */
  KEEPS = 8,
  /** What the start of a run gives back when it has not begun: its parent is not known and it was given no context. */
  PARENT_UNKNOWN = 1,
}

/**
 * How a run ended: the first integer of its end. Then follow whether there is an error, and if so the texts of its type,
 * message and stack; the key as text of what tells the time of the first chunk, which may be empty; tagged members.
 */
export const enum RunState {
  OK = 0,
  ERROR = 1,
  CANCELLED = 2,
  ABANDONED = 3,
  INTERRUPTED = 4,
}

/** Where the doubles stand that tell what a run was. */
export const enum RunTold {
  /** One of `RunState`. */
  STATE = 0,
  /** Seconds. */
  DURATION = 1,
  /** How many chunks. */
  CHUNKS = 2,
  /** Seconds from the start to the first chunk, negative without one. */
  FIRST_CHUNK = 3,
  /** Seconds from a chunk to the next, negative below two. */
  CHUNK_INTERVAL = 4,
  /** How many there are. */
  COUNT = 5,
}

/** How an attribute stands in the columns when its form says the kind. */
export const enum Kind {
  /** A text. */
  STR = 0,
  /** A double. */
  NUM = 1,
  /** An integer, 0 or 1. */
  BOOL = 2,
  /** Nothing. */
  NULL = 3,
  /** A tag and what it announces. */
  TAGGED = 4,
  /** All further attributes, as tagged members. */
  REST = 5,
}

/** The tag of a value that brings its kind along. Tagged members are pairs of a `KEY` and a value, up to an `END`. */
export const enum Tag {
  /** A text. */
  STR = 0,
  /** A double. */
  NUM = 1,
  TRUE = 2,
  FALSE = 3,
  NULL = 4,
  /** A BigInt as the text of its decimal digits. */
  BIG = 5,
  /** How many bytes there are, then the bytes, four to an integer. */
  BYTES = 6,
  /** Tagged members. */
  MAP = 7,
  /** Values, up to an `END`. */
  LIST = 8,
  END = 9,
  /** The text of a name. */
  KEY = 10,
  /** A number of `Mark`, in place of a value. */
  MARK = 11,
  /** A point in time as a double, in whole milliseconds since 1970. */
  TIME = 12,
}

/** What stands in place of a value that cannot be written. */
export const enum Mark {
  CIRCULAR = 0,
  GETTER_THREW = 1,
  TRUNCATED = 2,
  /** Users' code that was not called any more. */
  OVER_BUDGET = 3,
}

/** What the records of a form are. */
export const enum Owner {
  LOG = 0,
  SPAN = 1,
}

/**
 * How the variant of a form of log records is made up: logger and severity, each times its factor, and one of `Style`.
 * The variant of a form of spans is their kind.
 */
export const enum Variant {
  LOGGER = 128,
  SEVERITY = 4,
}

/** What the message of a log record is. */
export const enum Style {
  /** A template, filled from the attributes. */
  TEMPLATE = 0,
  /** A finished message. */
  LITERAL = 1,
  /**
   * What another library has let through and filled: a level that nobody set does not count, and the text that the
   * message was filled from follows it, empty where it is not known.
   */
  TOLD = 2,
}

/** Role of a span in its trace. */
export const enum SpanKind {
  INTERNAL = 0,
  SERVER = 1,
  CLIENT = 2,
  PRODUCER = 3,
  CONSUMER = 4,
}

/** Status of a span. */
export const enum Status {
  UNSET = 0,
  OK = 1,
  ERROR = 2,
}

/** The kind of an instrument. */
export const enum InstrumentKind {
  COUNTER = 0,
  UP_DOWN = 1,
  GAUGE = 2,
  HISTOGRAM = 3,
}

/** What is sent of a series. The number of the series is the next integer. */
export const enum Measure {
  /** A double: a sum to add or a last value. */
  VALUE = 0,
  /** A double: a sum of fractions to add, which may be a whole number. */
  FRACTIONS = 1,
  /** What a histogram collected: whether there were fractions, how many doubles there are, the doubles as `Histogram` says. */
  COUNTS = 2,
  /** A double: a value as it was given, which the core judges. */
  RAW = 3,
  /**
   * How many measurements those of above stood for, beyond one for each; sent of the overflow series only, where they
   * are counted.
   */
  MORE = 4,
}

/** Where the doubles of a histogram stand. */
export const enum Histogram {
  SUM = 0,
  MIN = 1,
  MAX = 2,
  /** The count of the first bucket. Those of the others follow. */
  BUCKETS = 3,
}

/** Bounds that both sides keep to. */
export const enum Most {
  /** How many errors deep an error is told, by way of causes and of members alike. */
  ERROR_DEPTH = 8,
  /** The members of an error: one more than the core keeps, so that it sees the excess. */
  MEMBERS = 9,
  /** The errors of a record, as often as with that many members the core keeps all that it may. */
  ERRORS = 128,
}

/** Thresholds of a logger. */
export const enum Threshold {
  /** The logger lets nothing through. No severity has so high a number. */
  NOTHING = 25,
}
