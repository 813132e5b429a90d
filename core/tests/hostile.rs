//! Generated hostile input through the Rust face: every record is one valid line, the books balance.
//! Not for what exactly is written: the conformance vectors show that.

// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde_json::Value;
use vigie_core::{AttributeWriter, Config, ErrorInfo, Severity, SpanStart, Telemetry, read_json};

struct Source(Xoshiro256PlusPlus);

impl Source {
    fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    /// Bytes that are mostly text, with everything in it that has ever broken a line.
    fn bytes(&mut self) -> Vec<u8> {
        const PARTS: [&[u8]; 20] = [
            b"a",
            b"plain words",
            b"\n",
            b"\r\n",
            b"\"",
            b"\\",
            b"\x00",
            b"\x1b[31m",
            b"\x7f",
            b"\xff",
            b"\xc2",
            b"\xe2\x80",
            b"\xe2\x80\xa8",
            b"\xed\xa0\x80",
            b"{level}",
            b"{{",
            b"}",
            b"{n:.2f}",
            b"sk-aaaaaaaaaaaaaaaaaaaaaaaa",
            b"\xf0\x9f\x98\x80",
        ];
        let pieces = self.below(6);
        let mut bytes: Vec<u8> = (0..pieces).flat_map(|_| PARTS[self.below(20) as usize].to_vec()).collect();
        if self.below(200) == 0 {
            bytes = bytes.repeat(20_000);
        }
        bytes
    }

    fn key(&mut self) -> Vec<u8> {
        const KEYS: [&[u8]; 12] = [
            b"level",
            b"kind",
            b"timestamp",
            b"user_id",
            b"event",
            b"password",
            b"error",
            b"a",
            b"a",
            b"trace_id",
            b"",
            b"n",
        ];
        if self.below(3) == 0 { self.bytes() } else { KEYS[self.below(12) as usize].to_vec() }
    }

    fn value(&mut self, writer: &mut AttributeWriter<'_>, depth: u64) {
        match self.below(if depth > 40 { 9 } else { 11 }) {
            0 => writer.null(),
            1 => writer.bool(self.below(2) == 0),
            2 => writer.int(self.0.next_u64() as i64),
            3 => writer.uint(self.0.next_u64()),
            4 => writer.float(f64::from_bits(self.0.next_u64())),
            5 => writer.bytes(&self.bytes()),
            6 => writer.marker("[circular]"),
            7 => writer.utf16_lossy(&[0x61, self.below(0x1_0000) as u16, 0xd800]),
            8 => writer.utf8_lossy(&self.bytes()),
            9 => self.map(writer, depth),
            _ => self.list(writer, depth),
        }
    }

    fn map(&mut self, writer: &mut AttributeWriter<'_>, depth: u64) {
        if writer.begin_map() {
            for _ in 0..self.children() {
                if !writer.more() {
                    break;
                }
                writer.key_utf8_lossy(&self.key());
                self.value(writer, depth + 1);
            }
            writer.end_map();
        }
    }

    fn list(&mut self, writer: &mut AttributeWriter<'_>, depth: u64) {
        if writer.begin_list() {
            for _ in 0..self.children() {
                if !writer.more() {
                    break;
                }
                self.value(writer, depth + 1);
            }
            writer.end_list();
        }
    }

    fn children(&mut self) -> u64 {
        if self.below(300) == 0 { 5_000 } else { self.below(4) }
    }

    fn members(&mut self, writer: &mut AttributeWriter<'_>) {
        for _ in 0..self.below(6) {
            writer.key_utf8_lossy(&self.key());
            // A host may fail between a key and its value.
            if self.below(20) > 0 {
                self.value(writer, 0);
            }
        }
    }

    fn error(&mut self) -> ErrorInfo {
        let mut text = || String::from_utf8_lossy(&self.bytes()).into_owned();
        let (type_name, message, stack) = (text(), text(), text());
        let cause = (self.below(2) == 0).then(|| Box::new(self.error()));
        let errors = if self.below(4) == 0 { vec![self.error()] } else { Vec::new() };
        ErrorInfo { type_name, message, stack, cause, errors, ..ErrorInfo::default() }
    }
}

fn one(t: &Telemetry, random: &mut Source) {
    let template = random.bytes();
    let error = random.error();
    let logger = t.logger(["", "a.b"][random.below(2) as usize]).bind(|writer| random.members(writer));
    let mut record = logger.record(Severity::INFO).unwrap();
    record.template_utf8_lossy(&template);
    random.members(&mut record.attributes());
    if random.below(3) == 0 {
        record.error(error.clone());
    }
    record.emit();
    let mut span = t.start_span(&String::from_utf8_lossy(&random.bytes()), SpanStart::default());
    span.attributes(|w| random.members(w));
    span.add_event("e", None, |writer| random.members(writer));
    span.record_exception(&error, None, |_| {});
    span.end(None);
}

#[test]
fn every_line_is_valid() {
    let rounds = if std::env::var_os("VIGIE_FULL").is_some() { 100 } else { 2 };
    let mut random = Source(Xoshiro256PlusPlus::seed_from_u64(11));
    for _ in 0..rounds {
        let config = Config::from_json(
            r#"{"service":"s","outputs":[{"to":"memory"}],"limits":{"line_bytes":"16KiB"}}"#,
        );
        let t = Telemetry::new(config).unwrap();
        (0..500).for_each(|_| one(&t, &mut random));
        let lines = t.memory_lines();
        assert_eq!(lines.len(), 1_000);
        for line in lines {
            assert!(line.len() < 16 * 1024, "{} bytes", line.len());
            let parsed: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert!(
                parsed["service"] == "s" && !line.chars().any(|c| c.is_control() || c == '\u{2028}'),
                "{line}"
            );
        }
        let books: Value = serde_json::from_str(&t.stats_json()).unwrap();
        assert_eq!(
            (&books["outputs"][0]["accepted"], &books["outputs"][0]["delivered"]),
            (&1_000.into(), &1_000.into())
        );
        assert_eq!(books["internal_panics"], 0);
    }
}

#[test]
fn any_bytes_as_json_leave_a_valid_line() {
    let rounds = if std::env::var_os("VIGIE_FULL").is_some() { 100_000 } else { 2_000 };
    let mut random = Source(Xoshiro256PlusPlus::seed_from_u64(13));
    let good = br#"{"a":[1,2.5,"x\n",{"b":null}],"big":123456789012345678901234567890,"s":"\ud800"}"#;
    let t = Telemetry::new(Config::from_json(r#"{"service":"s","outputs":[{"to":"memory"}]}"#)).unwrap();
    let logger = t.logger("json");
    for _ in 0..rounds {
        let mut text = good.to_vec();
        for _ in 0..random.below(4) {
            let at = random.below(text.len() as u64) as usize;
            text[at] = random.below(256) as u8;
        }
        let mut record = logger.record(Severity::INFO).unwrap();
        // Good or bad, what was read so far must still be well-formed.
        let _ = read_json(&text, &mut record.attributes());
        record.emit();
    }
    let lines = t.memory_lines();
    assert_eq!(lines.len() as u64, rounds);
    assert!(lines.iter().all(|line| serde_json::from_str::<Value>(line).is_ok()));
}
