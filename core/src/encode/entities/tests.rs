//! What is found in messages as programs write them, and what is not.

use super::found::scan;
use super::kind::Kind;

fn found(kind: Kind, text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    scan(kind, text, &mut |text| found.push(text));
    found
}

/// Texts, each with what is found in it.
type Cases = &'static [(&'static str, &'static [&'static str])];

fn assert_all(kind: Kind, cases: Cases) {
    for (text, expected) in cases {
        assert_eq!(found(kind, text), *expected, "{kind:?} in {text:?}");
    }
}

#[test]
fn addresses_of_machines() {
    assert_all(
        Kind::Ip,
        &[
            ("from 10.0.0.7 to 192.168.1.254:8080.", &["10.0.0.7", "192.168.1.254"]),
            (
                "[::1]:443, fe80::1%eth0 and 2001:db8::8a2e:370:7334",
                &["::1", "fe80::1", "2001:db8::8a2e:370:7334"],
            ),
            ("::ffff:10.0.0.7 (10.0.0.1/24)", &["::ffff:10.0.0.7", "10.0.0.1"]),
            ("at 12:34:56, version 1.2.3, 256.1.1.1, 1.2.3.4.5, a::b, std::fs, ::", &[]),
            ("é10.0.0.7 x10.0.0.7 01.2.3.4", &[]),
        ],
    );
    assert_all(
        Kind::Email,
        &[
            (
                "mail to ann.lee+news@mail.example.co, <bob@example.org>.",
                &["ann.lee+news@mail.example.co", "bob@example.org"],
            ),
            ("'eve@example.com' a@b@example.com", &["eve@example.com", "b@example.com"]),
            ("user@localhost @example.com a@.com a@b..com a@b.c1 pkg@1.2.3 @", &[]),
        ],
    );
    assert_all(
        Kind::Url,
        &[
            ("GET https://example.com/a?b=c#d failed", &["https://example.com/a?b=c#d"]),
            (
                "(see http://a.example/x_(y)), \"ftp://b.example\".",
                &["http://a.example/x_(y)", "ftp://b.example"],
            ),
            (
                "postgresql+psycopg://db:5432/shop; a://b://c",
                &["postgresql+psycopg://db:5432/shop", "a://b://c"],
            ),
            (":// x:/y http:// 7://a", &[]),
        ],
    );
}

#[test]
fn paths_of_files() {
    assert_all(
        Kind::Path,
        &[
            ("open /var/log/shop.log: no such file", &["/var/log/shop.log"]),
            ("at ./src/main.rs:12:5 and ~/a.txt, ../b/c", &["./src/main.rs", "~/a.txt", "../b/c"]),
            (r"C:\Users\ann\a.txt, \\server\share\x.", &[r"C:\Users\ann\a.txt", r"\\server\share\x"]),
            ("file=/etc/hosts 'D:/data/x y'", &["/etc/hosts", "D:/data/x"]),
            ("/etc and/or 1/2 http://a.example/b // a/b/c 5MB/s </div>", &[]),
        ],
    );
}

#[test]
fn amounts_and_statuses() {
    assert_all(
        Kind::Duration,
        &[
            ("took 12ms, then 1.5 seconds (3 min)", &["12ms", "1.5 seconds", "3 min"]),
            ("retry in 30s. 5 µs, 2h", &["30s", "5 µs", "2h"]),
            ("5 s, 10 m, 3x, v1.2.3s, 12:30s, 7msx, a5ms, 10m/s, 1..5s", &[]),
        ],
    );
    assert_all(
        Kind::Size,
        &[
            ("read 64KiB of 10 MB, 512 bytes, 1.5GB", &["64KiB", "10 MB", "512 bytes", "1.5GB"]),
            ("5 B, 10 Bananas, 3MBit, 10MB/s, 7b", &[]),
        ],
    );
    assert_all(
        Kind::Status,
        &[
            ("\"GET /x HTTP/1.1\" 200 512", &["200"]),
            (
                "status=404, status code: 503, HTTP 301, http.response.status_code=500",
                &["404", "503", "301", "500"],
            ),
            ("exit code 137, 200 items, status 99, status 700, status 200ms, order 404, status 1.200", &[]),
        ],
    );
}

#[test]
fn identifiers_and_classes() {
    assert_all(
        Kind::Uuid,
        &[
            ("id=5a1e9d6c-0f3b-4c7e-9a52-7d8c1b2e3f40;", &["5a1e9d6c-0f3b-4c7e-9a52-7d8c1b2e3f40"]),
            ("{5A1E9D6C-0F3B-4C7E-9A52-7D8C1B2E3F40}", &["5A1E9D6C-0F3B-4C7E-9A52-7D8C1B2E3F40"]),
            ("5a1e9d6c0f3b4c7e9a527d8c1b2e3f40 x5a1e9d6c-0f3b-4c7e-9a52-7d8c1b2e3f40 5a1e9d6c-0f3b", &[]),
        ],
    );
    assert_all(
        Kind::Exception,
        &[
            ("caught ValueError: bad", &["ValueError"]),
            (
                "java.io.IOException; std::io::ParseIntError.",
                &["java.io.IOException", "std::io::ParseIntError"],
            ),
            ("at 12:KeyError and Outer$InnerException", &["KeyError", "Outer$InnerException"]),
            ("Error: an Exception, terror, isError, on_error, ErrorCode", &[]),
        ],
    );
}

#[test]
fn hostile_text_takes_no_longer_than_its_length_allows() {
    // A scanner that looked back over what it had seen would take minutes for these.
    let parts =
        ["@", "a@", "://", "a://", "/", "/a", "1", "1.", "::", "-", "a-", "(", ")", "status ", "é", "\\"];
    for part in parts {
        let text = part.repeat(100_000 / part.len());
        for (_, kind) in Kind::ALL {
            scan(kind, &text, &mut |_| {});
        }
    }
}
