//! The far side of a spool: records from the disk to their server, on a thread of its own.

use super::frame::Read;
use super::relay::Relay;
use super::segment::read_from;
use super::shared::{Shared, Task};
use crate::buffer::records::{Batch, Records};
use crate::guard::guard;
use crate::output::exporter::Export;
use crate::platform;
use crate::stats::DropReason;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often it looks for what other processes left.
const LOOK: Duration = Duration::from_secs(5);

/// A far side that was given up is tried again after so long: the records are safe meanwhile.
const GIVEN_UP: Duration = Duration::from_secs(30);

/// What one attempt carries at most. A process that is killed before the note of it sends this again.
const MOST_RECORDS: u64 = 512;

/// Starts the thread; gives the far side back where the system has none to give.
pub(super) fn start(shared: &Arc<Shared>, relay: Box<dyn Relay>) -> Option<Box<dyn Relay>> {
    // The far side must outlive a thread that does not start.
    let place = Arc::new(Mutex::new(Some(relay)));
    let (theirs, shared) = (Arc::clone(&place), Arc::clone(shared));
    let take =
        |place: &Mutex<Option<Box<dyn Relay>>>| place.lock().unwrap_or_else(PoisonError::into_inner).take();
    let started = std::thread::Builder::new().name("vigie-spool".to_owned()).spawn(move || {
        platform::block_signals();
        if let Some(mut relay) = take(&theirs) {
            while !shared.is_ended() {
                guard((), || run(&shared, &mut *relay));
                // It goes on until the end, except for a fault of ours.
                shared.pause(GIVEN_UP);
            }
        }
        shared.leave();
    });
    if started.is_ok() { None } else { take(&place) }
}

/// Sends until the end, and at the end what can be sent at once.
fn run(shared: &Shared, relay: &mut dyn Relay) {
    let mut origin = None;
    let mut most = MOST_RECORDS;
    loop {
        let Some(task) = shared.next(LOOK) else {
            if shared.is_ended() {
                return;
            }
            shared.adopt();
            continue;
        };
        if origin.as_ref() != Some(&task.origin) {
            relay.speak_for(&task.origin);
            origin = Some(Arc::clone(&task.origin));
        }
        let again = work(shared, relay, &task, most);
        most = again.unwrap_or(MOST_RECORDS);
        if again.is_some() && shared.is_ended() {
            return;
        }
    }
}

/// Sends the next records of a task, at most `most`; how many of them have to come again, as the same batch.
fn work(shared: &Shared, relay: &mut dyn Relay, task: &Task, most: u64) -> Option<u64> {
    let read = match read_from(&task.file, task.from, task.end, most) {
        Ok(read) if read.bytes > 0 => read,
        Ok(_) => {
            // Behind the last record of a dead process there may be half of one.
            shared.note(task, task.end, 0);
            return None;
        }
        Err(error) => {
            shared.onward.progress().failed(format!("{}: {error}", task.path.display()));
            shared.pause(GIVEN_UP);
            return Some(most);
        }
    };
    let records = identified(relay, task, &read);
    let Sent { done, again } = send(shared, relay, &records.batch());
    if done > 0 || read.starts.is_empty() {
        shared.note(task, task.from + read.behind(done) as u64, done);
    }
    again
}

/// The records that were read, each with its id.
fn identified(relay: &dyn Relay, task: &Task, read: &Read) -> Records {
    let mut records = Records::default();
    for ((signal, record), start) in read.records.batch().records().zip(&read.starts) {
        let id = task.id.of_record(task.from + *start as u64);
        records.encode(signal, |out| relay.identify(signal, record, &id, out));
    }
    records
}

/// How far a batch got.
struct Sent {
    /// Records that are done with, from the first on.
    done: u64,
    /// How many of those behind them have to come again together.
    again: Option<u64>,
}

/// Sends a batch, in parts where the far side asks for it.
fn send(shared: &Shared, relay: &mut dyn Relay, batch: &Batch<'_>) -> Sent {
    let (all, onward) = (batch.len(), &shared.onward);
    let done = Sent { done: all, again: None };
    let export = relay.export(batch, onward.progress());
    if export != Export::Delivered {
        onward.progress().attempt_failed();
    }
    match export {
        Export::Delivered => onward.sent(all),
        Export::Partial { delivered, reason } => {
            onward.sent(delivered.min(all));
            shared.lost(reason, all.saturating_sub(delivered));
        }
        Export::Split if all == 1 => shared.lost(DropReason::TooLarge, 1),
        Export::Split => {
            let (first, second) = batch.split_at(all / 2);
            let sent = send(shared, relay, &first);
            if sent.again.is_some() {
                return sent;
            }
            let behind = send(shared, relay, &second);
            return Sent { done: sent.done + behind.done, again: behind.again };
        }
        Export::Refused(DropReason::Rejected) => shared.lost(DropReason::Rejected, all),
        // Whatever else keeps the far side away may be mended: the records stay.
        Export::Refused(_) => return pause(shared, GIVEN_UP, all),
        Export::Retry(after) => return pause(shared, after, all),
    }
    done
}

fn pause(shared: &Shared, time: Duration, records: u64) -> Sent {
    if !time.is_zero() {
        shared.onward.troubled();
    }
    shared.pause(time);
    Sent { done: 0, again: Some(records) }
}
