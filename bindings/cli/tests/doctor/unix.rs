//! Far sides that only Unix has: rights of files and folders, sockets with a path, a device that is always full.

use crate::Patient;
use serde_json::json;
use std::fs;
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;

#[test]
fn files_that_cannot_be_written() {
    let patient = Patient::new("file_folder");
    patient.write("occupied", "a file where a folder should be");
    patient.is_told(&patient.outputs(&json!([{"to": "file", "path": "occupied/logs/shop.jsonl"}])), 1);
    let patient = Patient::new("file_full");
    patient.is_told(&patient.outputs(&json!([{"to": "file", "path": "/dev/full"}])), 1);
}

#[test]
fn a_file_in_a_folder_of_others() {
    let patient = Patient::new("file_rights");
    let folder = patient.folder.join("theirs");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(folder.join("probe"), "").is_ok() {
        // The superuser writes anywhere, and finds nothing wrong.
        return;
    }
    patient.is_told(&patient.outputs(&json!([{"to": "file", "path": "theirs/shop.jsonl"}])), 1);
}

#[test]
fn datagrams_whose_arrival_nobody_can_tell() {
    let listener = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let patient = Patient::new("datagrams").with_port(port);
    let socket = UnixDatagram::bind(patient.folder.join("socket")).unwrap();
    let outputs = json!([
        {"to": "statsd", "address": format!("127.0.0.1:{port}")},
        {"to": "influx", "url": format!("unix:{}/socket", patient.folder.display())},
    ]);
    patient.is_told(&patient.outputs(&outputs), 0);
    let mut bytes = [0; 1500];
    let length = listener.recv(&mut bytes).unwrap();
    assert_eq!(&bytes[..length], b"vigie.doctor:1|g");
    let length = socket.recv(&mut bytes).unwrap();
    assert!(bytes[..length].starts_with(b"vigie.doctor,"));
}

#[test]
fn datagrams_that_are_known_to_be_lost() {
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let patient = Patient::new("datagrams_lost").with_port(port);
    let outputs = json!([
        {"to": "statsd", "address": format!("127.0.0.1:{port}")},
        {"to": "influx", "url": format!("unix:{}/none", patient.folder.display())},
    ]);
    patient.is_told(&patient.outputs(&outputs), 1);
}

#[test]
fn a_spool_that_others_may_write_in() {
    let patient = Patient::new("spool_rights");
    let spool = patient.folder.join("spool");
    fs::create_dir(&spool).unwrap();
    fs::set_permissions(&spool, fs::Permissions::from_mode(0o777)).unwrap();
    patient
        .is_told(&patient.outputs(&json!([{"to": "http", "url": "http://127.0.0.1:1/", "spool": spool}])), 1);
}
