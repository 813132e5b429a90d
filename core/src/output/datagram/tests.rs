use super::*;
use crate::buffer::records::Records;
use crate::model::signal::Signal;

/// So many records `n:1\n`, each a number of its own.
fn records(count: usize) -> Records {
    let mut records = Records::default();
    for n in 0..count {
        records.push(Signal::Metrics, format!("{n}:1\n").as_bytes());
    }
    records
}

fn export(far: &mut Datagrams, records: &Records) -> (u64, u64, Option<DropReason>) {
    let all = records.batch().len();
    match far.export(&records.batch(), &Progress::default()) {
        Export::Delivered => (all, 0, None),
        Export::Partial { delivered, reason } => (delivered, all - delivered, Some(reason)),
        Export::Refused(reason) => (0, all, Some(reason)),
        Export::Retry(_) | Export::Split => panic!("datagrams do not wait"),
    }
}

/// Counts the whole records in what `receive` gives, until it gives nothing.
fn received(mut receive: impl FnMut(&mut [u8]) -> io::Result<usize>) -> u64 {
    let mut buffer = [0; 65_536];
    let mut lines = 0;
    while let Ok(size) = receive(&mut buffer) {
        assert!(size <= WHOLE_BYTES, "{size} bytes");
        let text = std::str::from_utf8(&buffer[..size]).unwrap();
        for line in text.split('\n') {
            let number = line.strip_suffix(":1").unwrap_or_else(|| panic!("a cut line: {line:?}"));
            number.parse::<u64>().unwrap();
            lines += 1;
        }
    }
    lines
}

fn udp() -> (UdpSocket, Datagrams) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_nonblocking(true).unwrap();
    let address = Address::Udp(socket.local_addr().unwrap().to_string());
    (socket, Datagrams::to(address, WHOLE_BYTES, WHOLE_BYTES))
}

#[test]
fn addresses_are_hosts_with_ports_and_paths() {
    for good in ["127.0.0.1:8125", "statsd:8125", "[::1]:8125", "my-host_1.example:1", "unix:/run/x.sock"] {
        assert_eq!(Address::parse(good).map(|address| address.to_string()).as_deref(), Some(good));
    }
    for bad in [
        "",
        "localhost",
        ":8125",
        "a:0",
        "a:70000",
        "a:b",
        "::1:8125",
        "[x]:1",
        "a/b:1",
        "unix:",
        "unix:a",
        "unix:/a/",
    ] {
        assert_eq!(Address::parse(bad), None, "{bad}");
    }
}

#[test]
fn records_are_packed_and_none_is_split() {
    let (socket, mut far) = udp();
    assert_eq!(export(&mut far, &records(1_000)), (1_000, 0, None));
    let mut datagrams = 0;
    let lines = received(|buffer| socket.recv(buffer).inspect(|_| datagrams += 1));
    assert_eq!(lines, 1_000);
    assert_eq!(datagrams, records(1_000).len_bytes().div_ceil(WHOLE_BYTES));
}

#[test]
fn a_record_of_many_lines_goes_in_several_datagrams_and_counts_once() {
    let (socket, mut far) = udp();
    let mut batch = records(1);
    let many: String = (0..500).map(|n| format!("{n}:1\n")).collect();
    batch.push(Signal::Metrics, many.as_bytes());
    batch.push(Signal::Metrics, b"2:1\n");
    assert_eq!(export(&mut far, &batch), (3, 0, None));
    assert_eq!(received(|buffer| socket.recv(buffer)), 502);
}

#[test]
fn a_record_that_no_datagram_holds_is_lost_alone() {
    let (socket, mut far) = udp();
    let mut batch = records(1);
    batch.push(Signal::Metrics, &[b'x'; WHOLE_BYTES + 2]);
    batch.push(Signal::Metrics, b"2:1\n");
    assert_eq!(export(&mut far, &batch), (2, 1, Some(DropReason::TooLarge)));
    assert_eq!(received(|buffer| socket.recv(buffer)), 2);
}

#[test]
fn what_a_closed_port_refuses_is_counted_exactly() {
    let (socket, mut far) = udp();
    let address = socket.local_addr().unwrap();
    let (mut delivered, mut lost, mut arrived) = (0, 0, 0);
    let mut send = |far: &mut Datagrams| {
        let (ok, gone, _) = export(far, &records(500));
        (delivered, lost) = (delivered + ok, lost + gone);
    };
    send(&mut far);
    arrived += received(|buffer| socket.recv(buffer));
    drop(socket);
    send(&mut far);
    send(&mut far);
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_nonblocking(true).unwrap();
    send(&mut far);
    arrived += received(|buffer| socket.recv(buffer));
    assert_eq!((arrived, delivered, lost), (1_000, 1_000, 1_000));
}

/// Sockets with a path, which Windows has not.
#[cfg(unix)]
mod paths {
    use super::*;
    use std::os::unix::net::UnixDatagram;

    fn path(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("vigie-{name}-{}.sock", std::process::id()));
        let _ = std::fs::remove_file(&path);
        path
    }

    fn listener(path: &PathBuf) -> UnixDatagram {
        let socket = UnixDatagram::bind(path).unwrap();
        socket.set_nonblocking(true).unwrap();
        socket
    }

    #[test]
    fn a_reader_that_is_awake_gets_all_of_a_burst() {
        let path = path("awake");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let reader = std::thread::spawn(move || received(|buffer| socket.recv(buffer)));
        let mut far = Datagrams::to(Address::Path(path.clone()), WHOLE_BYTES, WHOLE_BYTES);
        assert_eq!(export(&mut far, &records(20_000)), (20_000, 0, None));
        assert_eq!(reader.join().unwrap(), 20_000);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_reader_that_sleeps_costs_what_found_no_room_and_no_time() {
        let path = path("asleep");
        let socket = listener(&path);
        let mut far = Datagrams::to(Address::Path(path.clone()), WHOLE_BYTES, WHOLE_BYTES);
        let start = Instant::now();
        let (delivered, lost, reason) = export(&mut far, &records(100_000));
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        assert_eq!((delivered + lost, reason), (100_000, Some(DropReason::Full)));
        assert_eq!(received(|buffer| socket.recv(buffer)), delivered);
        assert_eq!(export(&mut far, &records(10)), (10, 0, None), "awake again");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn the_next_batch_goes_to_whatever_the_path_means_then() {
        let path = path("moved");
        let first = listener(&path);
        let mut far = Datagrams::to(Address::Path(path.clone()), WHOLE_BYTES, WHOLE_BYTES);
        assert_eq!(export(&mut far, &records(10)), (10, 0, None));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(export(&mut far, &records(10)), (0, 10, Some(DropReason::Closed)));
        let second = listener(&path);
        assert_eq!(export(&mut far, &records(10)), (10, 0, None), "although the first one is still open");
        assert_eq!((received(|b| first.recv(b)), received(|b| second.recv(b))), (10, 10));
        drop(second);
        assert_eq!(export(&mut far, &records(10)), (0, 10, Some(DropReason::Closed)));
        std::fs::remove_file(path).unwrap();
    }
}
