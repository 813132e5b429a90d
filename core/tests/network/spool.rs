//! Records that wait on the disk: through an outage, an end, a kill, and damage.

use crate::server::{Answer, Request, Server};
use crate::support::{
    LONG, books, closed_port, counts, eventually, folder, log, numbers, part, private, telemetry, within,
};
use crate::waited::Waited;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

fn to(url: &str, spool: &Path) -> Value {
    json!({"to": "http", "url": url, "signals": ["logs"], "spool": spool})
}

fn segments(spool: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(spool).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn distinct(requests: &[Request]) -> HashSet<usize> {
    numbers(requests).into_iter().collect()
}

/// Leaves `count` records of a process that could reach nobody.
fn left_behind(url: &str, spool: &Path, count: usize) {
    left_behind_from(url, spool, 0, count);
}

fn left_behind_from(url: &str, spool: &Path, first: usize, count: usize) {
    let telemetry = telemetry(&json!([to(url, spool)]));
    log(&telemetry, first, count);
    assert!(telemetry.shutdown(LONG), "what is on the disk is safe");
}

#[test]
fn with_a_server_that_works_nothing_stays_on_the_disk() {
    let (server, spool) = (Server::new(|_, _| Answer::ok()), folder("works"));
    let telemetry = telemetry(&json!([to(&server.url("/"), &spool)]));
    log(&telemetry, 0, 3_000);
    assert!(telemetry.flush(LONG));
    assert_eq!(
        numbers(&server.seen()),
        (0..3_000).collect::<Vec<_>>(),
        "a flush waits for a server that takes them"
    );
    let books = books(&telemetry);
    assert_eq!((&books["delivered"], &books["spooled"]), (&json!(3_000), &json!(0)));
    assert!(telemetry.shutdown(LONG));
    eventually("an empty segment is removed", || segments(&spool).is_empty());
}

#[test]
fn an_outage_and_an_end_lose_nothing_and_the_end_is_quick() {
    let (port, spool) = (closed_port(), folder("outage"));
    let url = format!("http://127.0.0.1:{port}/");
    let first = telemetry(&json!([to(&url, &spool)]));
    log(&first, 0, 10_000);
    let began = Instant::now();
    assert!(first.shutdown(LONG), "what is on the disk is safe");
    assert!(began.elapsed() < Duration::from_secs(20), "it waits for nobody: {:?}", began.elapsed());
    let said = books(&first);
    assert_eq!((&said["spooled"], &said["dropped"]), (&json!(10_000), &json!({})));
    assert_eq!(
        (&said["healthy"], &said["last_success"]),
        (&json!(false), &Value::Null),
        "nothing has arrived yet"
    );
    assert!(said["last_error"].as_str().unwrap().contains("refused"), "{said}");
    let server = Server::at(port, |_, _| Answer::ok());
    let second = telemetry(&json!([to(&url, &spool)]));
    eventually("all arrive", || numbers(&server.seen()).len() >= 10_000);
    assert_eq!(numbers(&server.seen()), (0..10_000).collect::<Vec<_>>(), "in order, and once");
    // The sender of the first may still have been there when the server came; the books of both know.
    let delivered = |of| books(of)["delivered"].as_u64().unwrap();
    eventually("the books know", || delivered(&first) + delivered(&second) == 10_000);
    assert_eq!(books(&second)["accepted"], books(&second)["delivered"], "what is taken over is accepted too");
    eventually("the disk is free again", || segments(&spool).is_empty());
}

#[test]
fn a_server_that_comes_back_gets_everything_while_the_process_goes_on() {
    let (port, spool) = (closed_port(), folder("back"));
    let telemetry = telemetry(&json!([to(&format!("http://127.0.0.1:{port}/"), &spool)]));
    log(&telemetry, 0, 5_000);
    assert!(telemetry.flush(LONG));
    let server = Server::at(port, |_, _| Answer::ok());
    log(&telemetry, 5_000, 5_000);
    eventually("all arrive", || distinct(&server.seen()).len() == 10_000);
}

const SPOOL: &str = "VIGIE_TEST_SPOOL";
const URL: &str = "VIGIE_TEST_SPOOL_URL";
const FROM: &str = "VIGIE_TEST_SPOOL_FROM";

/// Plays the part that is killed: logs for ever, and says on standard output up to where flush acknowledged.
#[test]
fn the_part_that_is_killed() {
    let Ok(spool) = std::env::var(SPOOL) else { return };
    let from: usize = std::env::var(FROM).unwrap().parse().unwrap();
    let telemetry = telemetry(&json!([to(&std::env::var(URL).unwrap(), Path::new(&spool))]));
    for step in 0.. {
        // A quick machine writes more than a server takes, and in a full spool the oldest gives way.
        while books(&telemetry)["spooled"].as_u64().unwrap() > 200_000 {
            std::thread::sleep(Duration::from_millis(10));
        }
        log(&telemetry, from + step * 100, 100);
        assert!(telemetry.flush(LONG));
        println!("acknowledged {}", from + step * 100 + 100);
    }
}

fn start(url: &str, spool: &Path, from: usize) -> Child {
    let mut command = part("spool::the_part_that_is_killed");
    command.env(SPOOL, spool).env(URL, url).env(FROM, from.to_string());
    command.stdout(Stdio::piped()).spawn().unwrap()
}

/// Kills it after a while; the number up to which it had acknowledged.
fn kill(mut child: Child, patience: Duration) -> Option<usize> {
    let output = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let told = output.lines().map_while(Result::ok);
        told.filter_map(|line| line.split("acknowledged ").nth(1)?.parse().ok()).last()
    });
    std::thread::sleep(patience);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[test]
fn a_kill_loses_nothing_that_was_acknowledged_and_repeats_little() {
    let rounds = counts(2, 50);
    for round in 0..rounds {
        let spool = folder(&format!("kill{round}"));
        let server = Server::new(|n, _| if n % 20 == 19 { Answer::status(503) } else { Answer::ok() });
        let url = server.url("/");
        let acknowledged = kill(start(&url, &spool, 0), Duration::from_millis(400 + 70 * round));
        let next = telemetry(&json!([to(&url, &spool)]));
        let wanted = acknowledged.unwrap_or_default();
        // A server that is busy now and then takes its time for what a long round left.
        within(LONG * 3, "the disk is free again", || segments(&spool).is_empty());
        let seen = taken(&server);
        let distinct: HashSet<&usize> = seen.iter().collect();
        let missing = (0..wanted).filter(|number| !distinct.contains(number)).count();
        assert_eq!(missing, 0, "of {wanted} that were acknowledged: {}", books(&next));
        let repeated = seen.len() - distinct.len();
        assert!(repeated <= 512, "{repeated} of {}", seen.len());
        drop(next);
    }
}

/// The numbers in the requests that the server answered with success.
fn taken(server: &Server) -> Vec<usize> {
    let seen = server.seen();
    let kept: Vec<_> =
        seen.into_iter().enumerate().filter(|(n, _)| n % 20 != 19).map(|(_, request)| request).collect();
    numbers(&kept)
}

#[test]
fn d10_a_segment_whose_removal_was_cut_short_is_removed_and_not_sent_again() {
    let (server, spool) = (Server::new(|_, _| Answer::ok()), folder("removal"));
    let first = telemetry(&json!([to(&server.url("/"), &spool)]));
    log(&first, 0, 100);
    assert!(first.flush(LONG));
    // The same file under another name outlives the removal: so a process leaves it that is killed before that.
    fs::hard_link(&segments(&spool)[0], spool.join("9999999999999999-1-0.spool")).unwrap();
    eventually("all arrive", || books(&first)["delivered"] == 100);
    first.shutdown(LONG);
    drop(first);
    eventually("the first name is gone", || segments(&spool).len() == 1);
    let next = telemetry(&json!([to(&server.url("/"), &spool)]));
    eventually("the other one is, too", || segments(&spool).is_empty());
    assert_eq!(numbers(&server.seen()).len(), 100);
    assert_eq!(books(&next)["accepted"], 0);
}

#[test]
fn processes_share_a_folder_and_the_dead_ones_records_are_sent() {
    let (server, spool) = (Server::new(|_, _| Answer::ok()), folder("shared"));
    let url = server.url("/");
    let mut children: Vec<_> = (0..4).map(|n| (n, start(&url, &spool, n * 10_000_000))).collect();
    std::thread::sleep(Duration::from_millis(300));
    let mut acknowledged = BTreeMap::new();
    for (n, child) in children.drain(..2) {
        acknowledged.insert(n, kill(child, Duration::ZERO));
    }
    // The two that live take over what the two that are gone left.
    let all_of =
        |n: usize, upto: usize, seen: &HashSet<usize>| (n * 10_000_000..upto).all(|at| seen.contains(&at));
    eventually("what the dead acknowledged arrives", || {
        let seen = distinct(&server.seen());
        acknowledged.iter().all(|(n, upto)| upto.is_none_or(|upto| all_of(*n, upto, &seen)))
    });
    for (n, child) in children {
        acknowledged.insert(n, kill(child, Duration::ZERO));
    }
    let last = telemetry(&json!([to(&url, &spool)]));
    eventually("everything arrives", || {
        let seen = distinct(&server.seen());
        acknowledged.iter().all(|(n, upto)| upto.is_none_or(|upto| all_of(*n, upto, &seen)))
    });
    let numbers = numbers(&server.seen());
    let repeated = numbers.len() - numbers.iter().collect::<HashSet<_>>().len();
    assert!(repeated <= 4 * 512, "{repeated}");
    drop(last);
}

const TIMES: &str = "VIGIE_TEST_SPOOL_TIMES";

/// Plays the processes that begin and end without cease: each keeps one record.
#[test]
fn the_part_that_begins_again_and_again() {
    let Ok(spool) = std::env::var(SPOOL) else { return };
    let number = |name| std::env::var(name).unwrap().parse::<usize>().unwrap();
    for at in number(FROM)..number(FROM) + number(TIMES) {
        left_behind_from(&std::env::var(URL).unwrap(), Path::new(&spool), at, 1);
    }
}

#[test]
fn a_segment_that_begins_is_nobody_elses() {
    let (times, spool) = (counts(40, 200) as usize, folder("begins"));
    let server = Server::new(|_, _| Answer::ok());
    let url = server.url("/");
    let children: Vec<_> = (0..4)
        .map(|n| {
            let mut command = part("spool::the_part_that_begins_again_and_again");
            command.env(SPOOL, &spool).env(URL, &url).env(TIMES, times.to_string());
            command.env(FROM, (n * times).to_string()).stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let last = telemetry(&json!([to(&url, &spool)]));
    eventually("the disk is free again, with nothing taken for damaged", || segments(&spool).is_empty());
    assert_eq!(distinct(&server.seen()), (0..4 * times).collect());
    drop(last);
}

#[test]
fn damage_costs_what_it_hit_and_no_start() {
    let rounds = counts(40, 10_000);
    let url = format!("http://127.0.0.1:{}/", closed_port());
    let origin = folder("whole");
    left_behind(&url, &origin, 20);
    let whole = fs::read(&segments(&origin)[0]).unwrap();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    let mut longest = Duration::ZERO;
    for round in 0..rounds {
        let mut bytes = whole.clone();
        let at = random.next_u64() as usize % bytes.len();
        // A file of any length, with some bytes changed, or one that never was a segment.
        match round % 4 {
            0 => bytes[at] ^= 1 << (random.next_u64() % 8),
            1 => bytes.truncate(at),
            2 => bytes.iter_mut().skip(at).take(30).for_each(|byte| *byte = random.next_u64() as u8),
            _ => bytes.iter_mut().for_each(|byte| *byte = random.next_u64() as u8),
        }
        let spool = folder("damaged");
        private(&spool);
        fs::write(spool.join("0000000000000001-1-0.spool"), &bytes).unwrap();
        fs::write(spool.join("notes.txt"), "not ours").unwrap();
        fs::write(spool.join("0000000000000002-1-0.spool"), b"").unwrap();
        let server = Server::new(|_, _| Answer::ok());
        let key = to(&url, &spool);
        // The same output, at a server that takes everything: where it goes is a part of whose records they are.
        drop(server);
        let (began, waited) = (Instant::now(), Waited::begin());
        let telemetry = telemetry(&json!([key]));
        assert!(began.elapsed() < Duration::from_secs(20), "the start does not hang on what it finds");
        longest = longest.max(waited.so_far());
        let books = books(&telemetry);
        if round % 4 == 0 {
            // One byte costs one record, unless it stood in the head of the file.
            let kept = books["spooled"].as_u64().unwrap();
            assert!(kept >= 19 || kept == 0, "{books}");
        }
        assert!(fs::read(spool.join("notes.txt")).unwrap() == b"not ours");
        telemetry.shutdown(Duration::from_secs(1));
    }
    println!("{rounds} spools, the longest start waited {longest:?}");
    assert!(longest <= Duration::from_secs(2), "{longest:?}");
}

#[cfg(unix)]
#[test]
fn the_folder_is_this_users_alone_or_it_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    use vigie_core::{Config, Telemetry};
    let spool = folder("private").join("deep/er");
    left_behind(&format!("http://127.0.0.1:{}/", closed_port()), &spool, 1);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&spool), mode(&segments(&spool)[0])), (0o700, 0o600));
    let open = |spool: &Path| {
        let document = json!({"service": "s", "outputs": [to("http://127.0.0.1:1/", spool)]});
        Telemetry::new(Config::from_json(&document.to_string()))
    };
    fs::set_permissions(&spool, fs::Permissions::from_mode(0o777)).unwrap();
    let error = open(&spool).unwrap_err().to_string();
    assert!(error.contains("others may write in it"), "{error}");
    fs::set_permissions(&spool, fs::Permissions::from_mode(0o700)).unwrap();
    let link = spool.with_file_name("link");
    std::os::unix::fs::symlink(&spool, &link).unwrap();
    assert!(open(&link).is_err(), "a link may lead anywhere");
    if std::os::unix::fs::chown(&spool, Some(65_534), None).is_ok() {
        assert!(open(&spool).is_err(), "it belongs to somebody else");
    }
}

#[test]
fn a_full_spool_gives_way_at_its_oldest_end() {
    let (port, spool) = (closed_port(), folder("full"));
    let telemetry = telemetry(&json!([to(&format!("http://127.0.0.1:{port}/"), &spool)]));
    let logger = telemetry.logger("net");
    let filler = "x".repeat(60_000);
    for n in 0..1_400 {
        logger.info(&format!("n={n}.")).attr("filler", filler.as_str()).emit();
    }
    assert!(telemetry.flush(LONG));
    let size: u64 = segments(&spool).iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!((56 << 20..=68 << 20).contains(&size), "{size}");
    let books = books(&telemetry);
    let (spooled, dropped) = (books["spooled"].as_u64().unwrap(), books["dropped"]["full"].as_u64().unwrap());
    assert_eq!(spooled + dropped, 1_400, "{books}");
    let server = Server::at(port, |_, _| Answer::ok());
    eventually("the rest arrives", || numbers(&server.seen()).len() as u64 >= spooled);
    assert!(numbers(&server.seen()).contains(&1_399), "the newest are kept");
}

#[test]
fn records_of_a_process_that_is_gone_keep_what_it_said_of_itself() {
    use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
    use prost::Message;
    use vigie_core::{Config, Telemetry};
    let (port, spool) = (closed_port(), folder("origin"));
    let output =
        json!({"to": "otlp", "url": format!("http://127.0.0.1:{port}"), "spool": spool, "signals": ["logs"]});
    let of_version = |version: &str| {
        let document = json!({"service": "shop", "version": version, "outputs": [output]});
        Telemetry::new(Config::from_json(&document.to_string())).unwrap()
    };
    let old = of_version("1");
    log(&old, 0, 5);
    assert!(old.shutdown(LONG));
    let new = of_version("2");
    log(&new, 5, 5);
    assert!(new.flush(LONG));
    let server = Server::at(port, |_, _| Answer::ok());
    let versions = || {
        let mut versions = BTreeMap::new();
        for request in server.seen() {
            let got = ExportLogsServiceRequest::decode(&request.body[..]).unwrap();
            for resource in got.resource_logs {
                let attributes = resource.resource.unwrap().attributes;
                let version = attributes.iter().find(|pair| pair.key == "service.version").unwrap();
                let count = resource.scope_logs.iter().map(|scope| scope.log_records.len()).sum::<usize>();
                *versions.entry(format!("{:?}", version.value)).or_insert(0) += count;
            }
        }
        versions.into_values().collect::<Vec<usize>>()
    };
    eventually("both arrive", || versions() == [5, 5]);
}
