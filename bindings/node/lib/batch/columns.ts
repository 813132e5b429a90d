// Columns: where records wait for the core, as numbers in typed arrays and with all of their text in one string.
// Not for handing them over: see handover.ts.

const INTS = 16_384
const NUMS = 8_192

/** One batch in the making. */
export class Columns {
  ints = new Int32Array(INTS)
  nums = new Float64Array(NUMS)
  text = ''
  /**
   * The stacks of errors, and how long they are together. They are long and mostly the only long texts, and each text in the one
   * string is copied once more, which for stacks took longer than all else that is done to an error.
   */
  stacks: string[] = []
  stackUnits = 0
  intCount = 0
  numCount = 0
  logs = 0
  spans = 0
  /** The number of this batch. Contexts and bound loggers remember it, and with it that the batch knows them already. */
  serial: number
  contexts = 0
  bounds = 0
  carried = 0
  /** Time of the first record, in microseconds. */
  first = 0
  /** A record is being written. One that user code makes meanwhile, in a getter, goes elsewhere. */
  busy = false
  /** The event loop will hand this over when it turns. */
  armed = false
  /** Entries of each array that a record may use without asking for room. */
  slack = 512
  /** A record was begun and is not finished yet. */
  open = false
  private markedText = ''
  private markedStacks = 0
  private markedUnits = 0
  private markedInts = 0
  private markedNums = 0
  private markedContexts = 0
  private markedBounds = 0
  private markedCarried = 0

  constructor(serial: number) {
    this.serial = serial
  }

  /** Whether a record can begin here without handing over first. */
  isFull(): boolean {
    return this.intCount + this.slack > this.ints.length || this.numCount + this.slack > this.nums.length
  }

  /** Makes room for `count` more integers besides the slack. */
  roomInts(count: number): void {
    const needed = this.intCount + count + this.slack
    if (needed <= this.ints.length) return
    const larger = new Int32Array(Math.max(needed, this.ints.length * 2))
    larger.set(this.ints.subarray(0, this.intCount))
    this.ints = larger
  }

  /** Makes room for `count` more doubles besides the slack. */
  roomNums(count: number): void {
    const needed = this.numCount + count + this.slack
    if (needed <= this.nums.length) return
    const larger = new Float64Array(Math.max(needed, this.nums.length * 2))
    larger.set(this.nums.subarray(0, this.numCount))
    this.nums = larger
  }

  /** Takes what a writer that worked on local copies of these has written. */
  keep(text: string, intCount: number, numCount: number): void {
    this.text = text
    this.intCount = intCount
    this.numCount = numCount
  }

  /** A record begins here. It counts as unfinished while `open` is true. */
  mark(): void {
    this.open = true
    this.markedText = this.text
    this.markedStacks = this.stacks.length
    this.markedUnits = this.stackUnits
    this.markedInts = this.intCount
    this.markedNums = this.numCount
    this.markedContexts = this.contexts
    this.markedBounds = this.bounds
    this.markedCarried = this.carried
  }

  /** Goes back to the mark when a record could not be finished. With the new serial the contexts that it brought along are unknown again. */
  heal(serial: number): void {
    this.open = false
    this.text = this.markedText
    this.stacks.length = this.markedStacks
    this.stackUnits = this.markedUnits
    this.intCount = this.markedInts
    this.numCount = this.markedNums
    this.contexts = this.markedContexts
    this.bounds = this.markedBounds
    this.carried = this.markedCarried
    this.serial = serial
  }

  /** Forgets what stands here. What comes next belongs to another batch. */
  reset(serial: number): void {
    this.open = false
    // A record of unusual size must not keep its memory for ever.
    if (this.ints.length > 16 * INTS) this.ints = new Int32Array(INTS)
    if (this.nums.length > 16 * NUMS) this.nums = new Float64Array(NUMS)
    this.text = ''
    this.markedText = ''
    if (this.stacks.length > 0) this.stacks = []
    this.stackUnits = 0
    this.intCount = 0
    this.numCount = 0
    this.logs = 0
    this.spans = 0
    this.contexts = 0
    this.bounds = 0
    this.carried = 0
    this.serial = serial
  }
}
