use super::*;
use crate::buffer::sink::Written;
use std::sync::atomic::{AtomicBool, Ordering};

/// Keeps lines; blocks while `stuck`, fails while `failing`.
#[derive(Clone, Default)]
struct Probe {
    lines: Arc<Mutex<Vec<u8>>>,
    stuck: Arc<AtomicBool>,
    failing: Arc<AtomicBool>,
}

impl Sink for Probe {
    fn write(&mut self, batch: &[u8]) -> Written {
        while self.stuck.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
        if self.failing.load(Ordering::SeqCst) {
            return Written { bytes: 0, failure: Some(DropReason::Io) };
        }
        self.lines.lock().unwrap().extend_from_slice(batch);
        Written { bytes: batch.len(), failure: None }
    }

    fn is_prompt(&self) -> bool {
        false
    }
}

fn running(probe: &Probe, bound: usize) -> Arc<Queue> {
    let queue = Arc::new(Queue::new(Box::new(probe.clone()), SignalSet::ALL, bound));
    let worker = Arc::clone(&queue);
    std::thread::spawn(move || {
        while worker.wait_for_work(None) == Work::Write {
            worker.pump();
        }
    });
    queue
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(5)
}

fn balanced(books: &Books) -> bool {
    books.accepted == books.delivered + books.dropped_total() + books.queued
}

#[test]
fn a_burst_through_a_small_buffer_loses_nothing() {
    let probe = Probe::default();
    let queue = running(&probe, 4096);
    for _ in 0..20_000 {
        queue.append(b"0123456789012345678901234567890\n", 1);
    }
    assert!(queue.flush(soon()));
    assert_eq!(probe.lines.lock().unwrap().len(), 20_000 * 32);
    let books = queue.books();
    assert_eq!((books.accepted, books.delivered, books.queued), (20_000, 20_000, 0));
}

#[test]
fn a_stuck_sink_costs_one_wait_and_exact_losses() {
    let probe = Probe::default();
    let queue = running(&probe, 64);
    probe.stuck.store(true, Ordering::SeqCst);
    let start = Instant::now();
    for _ in 0..100 {
        queue.append(b"0123456789012345678901234567890\n", 1);
    }
    assert!(start.elapsed() < Duration::from_secs(2), "only the first record waits");
    assert!(balanced(&queue.books()));
    assert!(!queue.flush(Instant::now() + Duration::from_millis(30)));
    probe.stuck.store(false, Ordering::SeqCst);
    assert!(!queue.flush(soon()), "the flush tells of the loss");
    let books = queue.books();
    assert!(balanced(&books));
    assert!(books.dropped_total() > 0 && books.queued == 0);
    queue.append(b"x\n", 1);
    assert!(queue.flush(soon()), "it accepts again");
}

#[test]
fn refused_writes_are_booked() {
    let probe = Probe::default();
    probe.failing.store(true, Ordering::SeqCst);
    let queue = running(&probe, 4096);
    queue.append(b"a\nb\n", 2);
    assert!(!queue.flush(soon()));
    assert_eq!(queue.books().dropped, [0, 0, 2, 0]);
    assert!(!queue.is_healthy());
}

#[test]
fn close_books_what_waits_and_what_comes_late() {
    let probe = Probe::default();
    let queue = Arc::new(Queue::new(Box::new(probe), SignalSet::ALL, 4096));
    queue.append(b"a\n", 1);
    queue.close();
    queue.append(b"b\n", 1);
    let books = queue.books();
    assert_eq!(books.dropped, [0, 2, 0, 0]);
    assert!(balanced(&books));
}

#[test]
fn deferred_batches_keep_their_place() {
    let probe = Probe::default();
    let queue = running(&probe, 4096);
    queue.append(b"1\n", 1);
    let batch = Arc::new(Deferred::new(
        Box::new(|out| {
            out.push(crate::model::signal::Signal::Logs, b"2\n");
            out.push(crate::model::signal::Signal::Spans, b"3\n");
        }),
        1,
        1,
        4,
    ));
    queue.append_deferred(&batch);
    queue.append(b"4\n", 1);
    assert!(queue.flush(soon()));
    assert_eq!(&*probe.lines.lock().unwrap(), b"1\n2\n3\n4\n");
    assert_eq!(queue.books().delivered, 4);
}
