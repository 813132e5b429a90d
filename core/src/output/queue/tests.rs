use super::*;
use crate::buffer::deferred::Deferred;
use crate::buffer::records::{Batch, Records};
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::limits::Limits;
use crate::encode::jsonl::JsonLines;
use crate::model::resource::Resource;
use crate::model::signal::{Signal, SignalSet};
use crate::output::exporter::{Export, Exporter};
use crate::output::progress::Progress;
use crate::stats::{Books, Counts, DropReason};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Keeps what it gets; blocks while `stuck`; answers with `answers` first.
#[derive(Clone, Default)]
struct Probe {
    bytes: Arc<Mutex<Vec<u8>>>,
    stuck: Arc<AtomicBool>,
    answers: Arc<Mutex<VecDeque<Export>>>,
    /// How many records each batch had.
    sizes: Arc<Mutex<Vec<u64>>>,
    /// Whether it has a batch in its hands, or had one.
    asked: Arc<AtomicBool>,
}

impl Exporter for Probe {
    fn export(&mut self, batch: &Batch<'_>, _: &Progress) -> Export {
        self.asked.store(true, Ordering::SeqCst);
        while self.stuck.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.sizes.lock().unwrap().push(batch.len());
        if let Some(answer) = self.answers.lock().unwrap().pop_front() {
            return answer;
        }
        self.bytes.lock().unwrap().extend_from_slice(batch.bytes());
        Export::Delivered
    }
}

/// How long a test's far side may stand still.
const STALL: Option<Duration> = Some(Duration::from_millis(200));

fn settings(bound_bytes: usize, stall: Option<Duration>) -> Settings {
    Settings { format: "jsonl".to_owned(), signals: SignalSet::ALL, stall, bound_bytes }
}

fn running(probe: &Probe, bound: usize) -> Arc<Queue> {
    running_with(probe, settings(bound, STALL))
}

fn running_with(probe: &Probe, settings: Settings) -> Arc<Queue> {
    let queue = Arc::new(Queue::new(Box::new(probe.clone()), settings, Arc::new(|_| {})));
    let worker = Arc::clone(&queue);
    std::thread::spawn(move || {
        while worker.wait_for_work() == Work::Write {
            worker.pump();
        }
    });
    queue
}

fn close(queue: &Queue) {
    queue.close();
    queue.wait_for_end(Instant::now() + Duration::from_millis(300));
}

fn append(queue: &Queue, record: &[u8]) {
    queue.append(Signal::Logs, record);
}

fn points(records: &[&[u8]]) -> Arc<Records> {
    let mut points = Records::default();
    records.iter().for_each(|record| points.push(Signal::Metrics, record));
    Arc::new(points)
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

fn balanced(books: &Books) -> bool {
    books.accepted == books.delivered + books.dropped_total() + books.queued + books.spooled
}

#[test]
fn a_burst_through_a_small_buffer_loses_nothing() {
    let probe = Probe::default();
    let queue = running(&probe, 4096);
    for _ in 0..20_000 {
        append(&queue, b"0123456789012345678901234567890\n");
    }
    assert!(queue.flush(soon()));
    assert_eq!(probe.bytes.lock().unwrap().len(), 20_000 * 32);
    let books = queue.books();
    assert_eq!((books.accepted, books.delivered, books.queued), (20_000, 20_000, 0));
}

#[test]
fn a_stuck_exporter_costs_one_wait_and_exact_losses() {
    let probe = Probe::default();
    let queue = running(&probe, 64);
    probe.stuck.store(true, Ordering::SeqCst);
    let start = Instant::now();
    for _ in 0..100 {
        append(&queue, b"0123456789012345678901234567890\n");
    }
    assert!(
        start.elapsed() < 50 * Duration::from_millis(200),
        "only the first record waits, not each of a hundred"
    );
    assert!(balanced(&queue.books()));
    assert!(!queue.flush(Instant::now() + Duration::from_millis(30)));
    probe.stuck.store(false, Ordering::SeqCst);
    assert!(!queue.flush(soon()), "the flush tells of the loss");
    let books = queue.books();
    assert!(balanced(&books));
    assert!(books.dropped_total() > 0 && books.queued == 0);
    append(&queue, b"x\n");
    assert!(queue.flush(soon()), "it accepts again");
}

#[test]
fn nobody_waits_for_a_network() {
    let probe = Probe::default();
    probe.stuck.store(true, Ordering::SeqCst);
    let queue = running_with(&probe, settings(64, None));
    let start = Instant::now();
    for _ in 0..100 {
        append(&queue, b"0123456789012345678901234567890\n");
    }
    // Two seconds if each waited for as little as one look at the far side.
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    probe.stuck.store(false, Ordering::SeqCst);
    assert!(!queue.flush(soon()));
    let books = queue.books();
    assert_eq!((books.delivered, books.dropped), (2, [98, 0, 0, 0, 0, 0, 0, 0, 0]));
}

#[test]
fn refused_and_partial_batches_are_booked() {
    let probe = Probe::default();
    *probe.answers.lock().unwrap() = VecDeque::from([
        Export::Refused(DropReason::Io),
        Export::Partial { delivered: 1, reason: DropReason::Closed },
    ]);
    let queue = running(&probe, 4096);
    for _ in 0..2 {
        queue.append_push(&points(&[b"a\n", b"b\n", b"c\n"]));
        assert!(!queue.flush(soon()));
        assert!(!queue.is_healthy());
    }
    let books = queue.books();
    assert_eq!((books.delivered, books.dropped), (1, [0, 0, 3, 2, 0, 0, 0, 0, 0]));
    assert!(balanced(&books));
}

#[test]
fn a_batch_to_be_tried_again_comes_again_in_its_place() {
    let probe = Probe::default();
    let again = Export::Retry(Duration::from_millis(20));
    *probe.answers.lock().unwrap() = VecDeque::from([again, again, Export::Delivered, again]);
    let queue = running(&probe, 4096);
    let start = Instant::now();
    queue.append_push(&points(&[b"1"]));
    append(&queue, b"2");
    queue.append_deferred(&deferred(&[(Signal::Logs, b"3"), (Signal::Spans, b"4")]));
    append(&queue, b"5");
    assert!(queue.flush(soon()), "nothing was lost");
    assert!(start.elapsed() >= Duration::from_millis(60), "three pauses as long as was asked for");
    assert_eq!(&*probe.bytes.lock().unwrap(), b"2345", "the first was taken without being kept");
    assert_eq!(queue.books().delivered, 5);
}

#[test]
fn what_waits_for_another_attempt_is_booked_at_the_end() {
    let probe = Probe::default();
    *probe.answers.lock().unwrap() = VecDeque::from([Export::Retry(Duration::from_secs(3600))]);
    let queue = running(&probe, 4096);
    append(&queue, b"1");
    assert!(!queue.flush(Instant::now() + Duration::from_millis(100)));
    assert_eq!(queue.books().queued, 1);
    close(&queue);
    let books = queue.books();
    assert_eq!((books.dropped, books.queued), ([0, 1, 0, 0, 0, 0, 0, 0, 0], 0));
}

#[test]
fn one_push_stands_beside_a_full_buffer() {
    let probe = Probe::default();
    probe.stuck.store(true, Ordering::SeqCst);
    let queue = running_with(&probe, settings(8, None));
    append(&queue, b"12345678");
    // Then the buffer is full of what is being written.
    while !probe.asked.load(Ordering::SeqCst) {
        std::thread::yield_now();
    }
    // Nothing makes room before this thread does, so that a push which waits would never come back.
    queue.append_push(&points(&[b"a", b"b"]));
    queue.append_push(&points(&[b"c"]));
    probe.stuck.store(false, Ordering::SeqCst);
    assert!(!queue.flush(soon()), "the second push was refused");
    assert_eq!(&*probe.bytes.lock().unwrap(), b"12345678ab");
    assert_eq!(queue.books().dropped, [1, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn close_books_what_waits_and_what_comes_late() {
    let probe = Probe::default();
    let queue = Queue::new(Box::new(probe), settings(4096, STALL), Arc::new(|_| {}));
    append(&queue, b"a\n");
    close(&queue);
    append(&queue, b"b\n");
    queue.append_push(&points(&[b"c"]));
    let books = queue.books();
    assert_eq!(books.dropped, [0, 3, 0, 0, 0, 0, 0, 0, 0]);
    assert!(balanced(&books));
}

fn deferred(records: &'static [(Signal, &'static [u8])]) -> Arc<Deferred> {
    deferred_moved(records, 0)
}

/// A batch of which was said that it has so many spans less than these.
fn deferred_moved(records: &'static [(Signal, &'static [u8])], moved: i64) -> Arc<Deferred> {
    let (rules, counts) =
        (Arc::new(Rules::new(Limits::default(), &Default::default(), None)), Arc::new(Counts::default()));
    let encoder = Arc::new(JsonLines::new(&Resource::default(), &rules, &counts));
    let formats = vec![crate::buffer::rendered::Format { encoder, wanted: SignalSet::ALL }];
    let of = |wanted: Signal| records.iter().filter(|(signal, _)| *signal == wanted).count() as u64;
    let (logs, spans) = (of(Signal::Logs), of(Signal::Spans).saturating_add_signed(-moved));
    Arc::new(Deferred::new(
        Box::new(move |out| {
            out.add_moved(Signal::Spans, moved);
            for (signal, record) in records {
                out.push(*signal, |_, bytes| bytes.extend_from_slice(record));
            }
        }),
        formats,
        logs,
        spans,
        4,
    ))
}

#[test]
fn deferred_batches_keep_their_place() {
    let probe = Probe::default();
    let queue = running(&probe, 4096);
    append(&queue, b"1\n");
    queue.append_deferred(&deferred(&[(Signal::Logs, b"2\n"), (Signal::Spans, b"3\n")]));
    append(&queue, b"4\n");
    assert!(queue.flush(soon()));
    assert_eq!(&*probe.bytes.lock().unwrap(), b"1\n2\n3\n4\n");
    assert_eq!(queue.books().delivered, 4);
}

#[test]
fn spans_that_wait_for_their_trace_or_have_waited_are_no_losses() {
    let probe = Probe::default();
    let queue = running(&probe, 4096);
    queue.append_deferred(&deferred_moved(&[], -2));
    assert!(queue.flush(soon()));
    assert_eq!(queue.books().accepted, 0);
    *probe.answers.lock().unwrap() = VecDeque::from([Export::Retry(Duration::from_millis(1))]);
    queue.append_deferred(&deferred_moved(&[(Signal::Spans, b"1\n"), (Signal::Spans, b"2\n")], 1));
    assert!(queue.flush(soon()));
    let books = queue.books();
    assert_eq!((books.accepted, books.delivered, books.dropped_total()), (2, 2, 0));
}

#[test]
fn no_patience_drops_at_once() {
    let probe = Probe::default();
    probe.stuck.store(true, Ordering::SeqCst);
    let queue = running_with(&probe, settings(64, Some(Duration::ZERO)));
    let start = Instant::now();
    for _ in 0..100 {
        append(&queue, b"0123456789012345678901234567890\n");
        queue.wait_for_urgent();
    }
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    probe.stuck.store(false, Ordering::SeqCst);
    assert!(!queue.flush(soon()));
    assert!(balanced(&queue.books()));
}

/// Takes one record each few milliseconds, and tells of each.
struct Slow;

impl Exporter for Slow {
    fn export(&mut self, batch: &Batch<'_>, progress: &Progress) -> Export {
        for _ in batch.records() {
            std::thread::sleep(Duration::from_millis(20));
            progress.moved();
        }
        Export::Delivered
    }
}

#[test]
fn a_far_side_that_moves_is_waited_for_however_slow_a_batch_is() {
    let queue = Arc::new(Queue::new(Box::new(Slow), settings(4096, STALL), Arc::new(|_| {})));
    let worker = Arc::clone(&queue);
    std::thread::spawn(move || {
        while worker.wait_for_work() == Work::Write {
            worker.pump();
        }
    });
    // A whole buffer takes far longer than the patience, and the record behind it waits for all of it.
    (0..33).for_each(|_| append(&queue, &[b'x'; 127]));
    assert!(queue.flush(soon()));
    assert_eq!(queue.books().delivered, 33);
}

#[test]
fn losses_are_told_when_they_begin_and_when_they_are_over() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let probe = Probe::default();
    *probe.answers.lock().unwrap() = VecDeque::from([Export::Refused(DropReason::Io); 3]);
    let news = Arc::clone(&told);
    let announce = Arc::new(move |loss| news.lock().unwrap().push(loss));
    let queue = Queue::new(Box::new(probe), settings(4096, STALL), announce);
    for _ in 0..4 {
        append(&queue, b"x");
        queue.pump();
    }
    let begins = Loss { phase: Phase::Begins, reason: DropReason::Io, records: 1 };
    assert_eq!(
        *told.lock().unwrap(),
        [begins],
        "the one that got through may be a moment between two losses"
    );
    std::thread::sleep(loss::QUIET);
    append(&queue, b"x");
    queue.pump();
    let over = Loss { phase: Phase::Over, reason: DropReason::Io, records: 3 };
    assert_eq!(*told.lock().unwrap(), [begins, over]);
    append(&queue, b"late");
    close(&queue);
    let waited = Loss { phase: Phase::Closed, reason: DropReason::Shutdown, records: 1 };
    assert_eq!(told.lock().unwrap().last(), Some(&waited));
    append(&queue, b"later");
    assert_eq!(told.lock().unwrap().len(), 3, "what comes after the end is only booked");
}

#[test]
fn what_comes_again_is_the_same_batch_whatever_came_in_meanwhile() {
    let probe = Probe::default();
    let queue = Queue::new(Box::new(probe.clone()), settings(4096, None), Arc::new(|_| {}));
    let add = |count: usize| (0..count).for_each(|_| append(&queue, b"x"));
    let again = Export::Retry(Duration::ZERO);
    probe.answers.lock().unwrap().extend([again, Export::Delivered, Export::Split, Export::Delivered, again]);
    add(3);
    queue.pump();
    add(4);
    queue.pump();
    // Of the four, the first half arrived, and the second one shall come again.
    assert_eq!(*probe.sizes.lock().unwrap(), [3, 3, 4, 2, 2]);
    add(5);
    queue.pump();
    assert_eq!(*probe.sizes.lock().unwrap(), [3, 3, 4, 2, 2, 2, 5]);
    let books = queue.books();
    assert_eq!((books.accepted, books.delivered, books.queued), (12, 12, 0));
}
