use super::*;
use crate::buffer::records::Records;
use crate::model::signal::Signal;
use std::net::TcpListener;

fn records(texts: &[&str]) -> Records {
    let mut records = Records::default();
    texts.iter().for_each(|text| records.push(Signal::Logs, text.as_bytes()));
    records
}

fn to(listener: &TcpListener) -> Stream {
    let authority = listener.local_addr().unwrap().to_string();
    Stream::to(Place { authority, is_secure: false }, &HttpSettings::default()).unwrap()
}

fn export(stream: &mut Stream, texts: &[&str]) -> Export {
    stream.export(&records(texts).batch(), &Progress::default())
}

/// Reads until the other side has sent so much.
fn read(from: &mut TcpStream, bytes: usize) -> String {
    let mut text = vec![0; bytes];
    from.read_exact(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn each_record_has_its_length_in_front() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = to(&listener);
    assert_eq!(export(&mut stream, &["<14>1 a", "<14>1 b\nc é"]), Export::Delivered);
    let (mut far, _) = listener.accept().unwrap();
    assert_eq!(read(&mut far, 24), "7 <14>1 a12 <14>1 b\nc é");
}

#[test]
fn a_connection_that_was_ended_meanwhile_is_replaced_before_anything_is_lost() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = to(&listener);
    for text in ["1", "2", "3"] {
        assert_eq!(export(&mut stream, &[text]), Export::Delivered);
        let (mut far, _) = listener.accept().unwrap();
        assert_eq!(read(&mut far, 3), format!("1 {text}"));
    }
}

#[test]
fn a_connection_that_goes_on_is_kept() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = to(&listener);
    assert_eq!(export(&mut stream, &["1"]), Export::Delivered);
    let (mut far, _) = listener.accept().unwrap();
    far.write_all(b"what nobody asked for").unwrap();
    assert_eq!(export(&mut stream, &["2"]), Export::Delivered);
    assert_eq!(read(&mut far, 6), "1 11 2");
}

#[test]
fn who_is_not_there_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = to(&listener);
    drop(listener);
    let progress = Progress::default();
    let sent = stream.export(&records(&["1"]).batch(), &progress);
    assert!(matches!(sent, Export::Retry(_)), "{sent:?}");
    assert!(progress.failure().unwrap().what.contains("nothing listens there"));
}
