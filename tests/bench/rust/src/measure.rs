//! Taking the time: samples of about the same length, after a warm-up that finds their size.
//!
//! Not for what is measured: see `peer_*`.

use nix::time::{ClockId, clock_gettime};
use std::time::Instant;

/// One workload of one library, ready to run.
pub struct Case {
    /// Runs so many operations.
    pub run: Box<dyn FnMut(u64)>,
    /// Brings out what is buffered; timed together with the operations.
    pub flush: Option<Box<dyn FnMut()>>,
    /// Operations that have come out so far, where the library can tell.
    pub exported: Option<Box<dyn FnMut() -> u64>>,
}

impl Case {
    /// A case that buffers nothing.
    pub fn plain(run: impl FnMut(u64) + 'static) -> Self {
        Self { run: Box::new(run), flush: None, exported: None }
    }
}

/// Wall and CPU time of one sample, in ns.
struct Sample {
    wall: f64,
    /// Of all threads.
    cpu: f64,
    /// Of the one that records.
    thread_cpu: f64,
}

/// CPU time by one of the clocks, in ns.
fn cpu(clock: ClockId) -> f64 {
    let time = clock_gettime(clock).expect("the clock exists on Linux");
    time.tv_sec() as f64 * 1e9 + time.tv_nsec() as f64
}

fn timed(case: &mut Case, count: u64) -> Sample {
    let clocks = [ClockId::CLOCK_PROCESS_CPUTIME_ID, ClockId::CLOCK_THREAD_CPUTIME_ID];
    let ([process_before, thread_before], wall) = (clocks.map(cpu), Instant::now());
    (case.run)(count);
    if let Some(flush) = &mut case.flush {
        flush();
    }
    let wall = wall.elapsed().as_nanos() as f64;
    let [process, thread] = clocks.map(cpu);
    Sample { wall, cpu: process - process_before, thread_cpu: thread - thread_before }
}

/// How many operations fill a sample; the runs on the way there are the warm-up.
fn calibrate(case: &mut Case, sample_ns: f64) -> u64 {
    let mut count = 64;
    loop {
        let wall = timed(case, count).wall;
        if wall >= sample_ns / 4.0 {
            return ((count as f64 * sample_ns / wall) as u64).max(1);
        }
        count *= if wall < sample_ns / 64.0 { 4 } else { 2 };
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The least CPU time of one operation in ns, from a few short samples.
pub fn least_cpu(mut case: Case) -> f64 {
    let count = calibrate(&mut case, 4e6);
    (0..7).map(|_| timed(&mut case, count).cpu / count as f64).fold(f64::INFINITY, f64::min)
}

/// Runs so many operations without taking the time.
pub fn count(mut case: Case, count: u64) -> String {
    (case.run)(count);
    if let Some(flush) = &mut case.flush {
        flush();
    }
    format!("\"ops\":{count}")
}

/// The members of the JSON line that say what was measured, in ns per operation.
pub fn measure(mut case: Case, samples: u64, sample_ms: u64) -> String {
    let count = calibrate(&mut case, sample_ms as f64 * 1e6);
    let before = case.exported.as_mut().map(|exported| exported());
    let all: Vec<Sample> = (0..samples).map(|_| timed(&mut case, count)).collect();
    let each =
        |part: fn(&Sample) -> f64| all.iter().map(|sample| part(sample) / count as f64).collect::<Vec<_>>();
    let wall = each(|sample| sample.wall);
    let min = wall.iter().copied().fold(f64::INFINITY, f64::min);
    let (median_wall, cpu) = (median(wall), median(each(|sample| sample.cpu)));
    let thread_cpu = median(each(|sample| sample.thread_cpu));
    let mut result = format!("\"ns_min\":{min:.3},\"ns_median\":{median_wall:.3},\"cpu_ns\":{cpu:.3}");
    result += &format!(",\"thread_cpu_ns\":{thread_cpu:.3}");
    result += &format!(",\"ops\":{}", count * samples);
    if let (Some(before), Some(exported)) = (before, &mut case.exported) {
        result += &format!(",\"exported\":{}", exported() - before);
    }
    result
}
