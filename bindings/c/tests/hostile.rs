//! Generated input of every kind of damage through the C ABI: no crash, every line valid, none lost.
//! Not for edges with one right answer: see `abi.rs`.
#![cfg(unix)]
// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use support::{C99, Linking, Scratch, binding, compile, count, has, lines, valgrind};

const FUNCTIONS: u64 = 10;

/// xorshift64*: small, and the seed that a failure prints brings the same input back.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len() as u64) as usize]
    }
}

const PIECES: [&[u8]; 24] = [
    b"\n",
    b"\r\n",
    b"\x1b[31m",
    b"\x00",
    b"\x7f",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\xe2\x80\xae",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\\udc00\\ud800",
    b"\\u0000",
    b"\\\"",
    b"\\",
    b"\"",
    b"{",
    b"}",
    b"{a}",
    b"{{",
    b"\xf0\x9f\x98\x80",
    b"password",
    b"ghp_0123456789abcdefghijABCDEFGHIJ012345",
    b"%s%n",
];

const KEYS: [&[u8]; 20] = [
    b"a",
    b"level",
    b"timestamp",
    b"trace_id",
    b"span_id",
    b"kind",
    b"message",
    b"template",
    b"error",
    b"type",
    b"stack",
    b"cause",
    b"attributes",
    b"logger",
    b"password",
    b"traceparent",
    b"baggage",
    b"links",
    b"unit",
    b"",
];

const SCALARS: [&[u8]; 18] = [
    b"0",
    b"-0",
    b"1.0",
    b"1e400",
    b"-1e-400",
    b"9223372036854775808",
    b"18446744073709551616",
    b"123456789012345678901234567890",
    b"null",
    b"true",
    b"fals",
    b"NaN",
    b"Infinity",
    b"0x10",
    b"01",
    b"1.",
    b".5",
    b"+1",
];

fn string(random: &mut Random, out: &mut Vec<u8>) {
    out.push(b'"');
    for _ in 0..random.below(4) {
        out.extend_from_slice(random.pick(&PIECES));
        out.extend((0..random.below(6)).map(|_| b'a' + random.below(26) as u8));
    }
    if random.below(300) == 0 {
        out.resize(out.len() + 70_000, b'x');
    }
    out.push(b'"');
}

fn value(random: &mut Random, depth: u64, out: &mut Vec<u8>) {
    match random.below(8) {
        0..3 => string(random, out),
        3 | 4 => out.extend_from_slice(random.pick(&SCALARS)),
        5 if depth < 6 => object(random, depth + 1, out),
        6 if depth < 6 => {
            out.push(b'[');
            for place in 0..random.below(4) {
                if place > 0 {
                    out.push(b',');
                }
                value(random, depth + 1, out);
            }
            out.push(b']');
        }
        7 if random.below(40) == 0 => {
            let deep = 20 + random.below(2_000) as usize;
            out.extend(std::iter::repeat_n(random.pick(&[&b"["[..], b"{\"a\":"]), deep).flatten());
        }
        _ => out.extend_from_slice(random.next().to_string().as_bytes()),
    }
}

fn object(random: &mut Random, depth: u64, out: &mut Vec<u8>) {
    out.push(b'{');
    let members = if random.below(200) == 0 { 300 } else { random.below(5) };
    for place in 0..members {
        if place > 0 {
            out.extend_from_slice(random.pick(&[&b","[..], b", ", b",\n"]));
        }
        if random.below(4) == 0 {
            string(random, out);
        } else {
            out.push(b'"');
            out.extend_from_slice(random.pick(&KEYS));
            out.push(b'"');
        }
        out.push(b':');
        value(random, depth, out);
    }
    out.push(b'}');
}

/// One input: a document, perhaps with bytes flipped or its end cut off, or nothing but noise.
fn input(random: &mut Random) -> Vec<u8> {
    let mut data = Vec::new();
    if random.below(10) == 0 {
        data.extend((0..random.below(200)).map(|_| random.next() as u8));
        return data;
    }
    object(random, 0, &mut data);
    if random.below(4) == 0 {
        data.truncate(random.below(data.len() as u64 + 1) as usize);
    }
    for _ in 0..random.below(12).saturating_sub(8) {
        if let Some(place) = random.below(data.len() as u64 + 1).checked_sub(1) {
            data[place as usize] = random.next() as u8;
        }
    }
    data
}

fn play(mut command: Command, path: &std::path::Path, inputs: usize, seed: u64) {
    let mut child = command.arg(path).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut random = Random(seed);
    let mut frames = child.stdin.take().unwrap();
    for _ in 0..inputs {
        let function = random.below(FUNCTIONS) as u8;
        let data = input(&mut random);
        let head = u32::try_from(data.len()).unwrap().to_le_bytes();
        let sent = frames.write_all(&[function]).and_then(|()| frames.write_all(&head));
        sent.and_then(|()| frames.write_all(&data))
            .unwrap_or_else(|error| panic!("it died: {error} (seed {seed})"));
    }
    drop(frames);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{} (seed {seed})", output.status);
    let expected: usize = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
    let logs = lines(path).iter().filter(|line| !line.contains_key("kind")).count();
    assert_eq!(logs, expected, "log lines (seed {seed})");
    println!("{inputs} inputs, {logs} log lines, seed {seed}");
}

#[test]
fn generated_input_never_breaks_a_line() {
    if !has("cc", "gcc") {
        return;
    }
    let scratch = Scratch::new("hostile");
    let program = compile(&binding().join("tests/hostile.c"), &C99, Linking::Static, &scratch);
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64 | 1;
    play(Command::new(&program), &scratch.file("hostile.jsonl"), count(2_000, 100_000), seed);
    if has("valgrind", "valgrind") {
        play(valgrind(&program), &scratch.file("valgrind.jsonl"), count(300, 3_000), seed);
    }
}
