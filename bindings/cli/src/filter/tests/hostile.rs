//! What a needle finds beside what a reading of every line finds, in lines of all writers and in what is left of such lines.

use std::fmt::Write;

use super::{Filter, filter};

const FILTERS: &[&str] = &[
    "user_id=u-4711",
    "user_id=u-47*",
    "user_id~-471",
    "user_id~<b",
    "level>=error",
    "level=warn n>5",
    "level>fatal",
    "message~\"timed out\" service=shop",
    "message=\"it timed out\"",
    "timed",
    "Köln",
    "'a<b>'",
    "'say \"timed'",
    "n>=990000000",
    "n>9.9e8",
    "n<1",
    "n<=-1 n>=-1.5",
    "n=990000000",
    "n=7",
    "n!=7 level=warn",
    "a.n>=990000000",
    "a.n=7",
    "a.b.n<8",
    "duration.s>5",
    "trace=4bf9",
    "trace=47",
    "trace=fa",
    "trace=n",
    "kind=span n>5",
    "kind=log user_id=true",
    "ok=true",
    "ok=null",
    "a~timed",
    "user_id=*",
    "user_id=\"\"",
];

const KEYS: &[&str] = &[
    "n",
    "n",
    "level",
    "level",
    "message",
    "user_id",
    "service",
    "a",
    "a.n",
    "duration.s",
    "b",
    "b.n",
    "s",
    "trace_id",
    "kind",
    "ok",
];

const VALUES: &[&str] = &[
    "990000000",
    "989999999",
    "9.9e8",
    "99E+7",
    "0.99e9",
    "990000000.0",
    "123456789012345678901234567890",
    "1e400",
    "-1",
    "-1.25",
    "-0",
    "7",
    "70e-1",
    "007",
    "5x",
    "4711",
    "true",
    "false",
    "null",
    "[]",
    "[ 1 , 990000000 ]",
    "[[7]]",
    "{}",
    "",
];

const TEXTS: &[&str] = &[
    "u-4711",
    "u-471",
    "ERROR",
    "WARN",
    "INFO",
    "FATAL",
    "span",
    "log",
    "shop",
    "timed",
    "it timed out",
    "n",
    "n:7",
    "say \"timed out\"",
    "n\":7,\"",
    "a<b>c",
    "Köln",
    "990000000",
    "9.9e8",
    "7",
    " 7",
    "",
    "4bf92f35",
    "fa1e",
    "null",
    "\\",
    "/",
];

/// Numbers that look as if by chance and are the same ones in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }

    fn space(&mut self, line: &mut String) {
        if self.one_in(6) {
            line.push_str(self.of(&[" ", "  ", "\t", " \t ", "\r"]));
        }
    }

    /// A text as one of many writers writes it.
    fn text(&mut self, text: &str, line: &mut String) {
        let spells = self.one_in(8);
        line.push('"');
        for letter in text.chars() {
            if spells && self.one_in(3) || (letter == '<' && self.one_in(2)) {
                let upper = self.one_in(2);
                let number = u32::from(letter);
                _ = if upper { write!(line, "\\u{number:04X}") } else { write!(line, "\\u{number:04x}") };
            } else {
                if matches!(letter, '"' | '\\') || (letter == '/' && self.one_in(2)) {
                    line.push('\\');
                }
                line.push(letter);
            }
        }
        line.push('"');
    }

    fn object(&mut self, depth: usize, line: &mut String) {
        line.push('{');
        for member in 0..self.below(9) {
            if member > 0 {
                line.push(',');
                self.space(line);
            }
            let key = if depth < 2 && self.one_in(5) { "attributes" } else { self.of(KEYS) };
            self.text(key, line);
            self.space(line);
            line.push(':');
            self.space(line);
            match self.below(6) {
                0 | 1 if depth < 3 && (key == "attributes" || key.len() == 1) => self.object(depth + 1, line),
                0..3 => line.push_str(self.of(VALUES)),
                3 if self.one_in(3) => {
                    line.push('[');
                    self.text("u-4711", line);
                    line.push_str(", ");
                    self.text("ERROR", line);
                    line.push(']');
                }
                _ => {
                    let fitting: &[&str] = match key {
                        "level" => &["ERROR", "WARN", "INFO", "FATAL"],
                        "user_id" => &["u-4711", "u-471", "a<b>c", ""],
                        "trace_id" => &["4bf92f35", "4711", "fa1e", "n"],
                        "kind" => &["span", "log", "metric"],
                        "message" => &["it timed out", "timed out", "done"],
                        "service" => &["shop", "shop-1"],
                        _ => TEXTS,
                    };
                    let text = if self.one_in(4) { self.of(TEXTS) } else { self.of(fitting) };
                    self.text(text, line);
                }
            }
            self.space(line);
        }
        line.push('}');
    }

    fn line(&mut self) -> Vec<u8> {
        let mut line = String::new();
        match self.below(20) {
            0 => return Vec::new(),
            1 => line.push_str(self.of(TEXTS)),
            _ => self.object(0, &mut line),
        }
        let mut line = line.into_bytes();
        match self.below(16) {
            0 => line.truncate(self.below(line.len() + 1)),
            1 => _ = line.drain(..self.below(line.len() + 1)),
            2 if !line.is_empty() => {
                let at = self.below(line.len());
                line[at] = [0xff, b'"', b'\\', b'{', 0, 0xc3][self.below(6)];
            }
            3 => line.extend_from_within(..),
            4 => line.push(b'\r'),
            _ => {}
        }
        line
    }
}

/// The lines of the block that pass, looked for by the needle.
fn found(filter: &Filter, block: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut lines = Vec::new();
    filter.needle()?.lines(block, |line| {
        if filter.passes(line) {
            lines.push(line.to_vec());
        }
    });
    Some(lines)
}

#[test]
fn a_needle_finds_what_a_reading_of_every_line_finds() {
    let filters: Vec<Filter> = FILTERS.iter().map(|text| filter(text)).collect();
    let mut passed = vec![0; filters.len()];
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for _ in 0..600 {
        let lines: Vec<Vec<u8>> = (0..chance.below(12) + 1).map(|_| chance.line()).collect();
        let mut block = lines.join(&b'\n');
        if chance.one_in(2) {
            block.push(b'\n');
        }
        for ((text, filter), passed) in FILTERS.iter().zip(&filters).zip(&mut passed) {
            let read: Vec<&Vec<u8>> = lines.iter().filter(|line| filter.passes(line)).collect();
            *passed += read.len();
            if let Some(found) = found(filter, &block) {
                let shown = String::from_utf8_lossy(&block);
                assert!(found.iter().eq(read), "{text} finds {} in\n{shown}", found.len());
            }
        }
    }
    // What nobody finds would compare nothing.
    let never = FILTERS.iter().zip(passed).filter(|(_, passed)| *passed == 0).map(|(text, _)| *text);
    assert_eq!(never.collect::<Vec<_>>(), ["level>fatal"]);
}
