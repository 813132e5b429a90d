//! `vigie patterns`.

use serde_json::Value;

use crate::{Place, log};

fn rows(printed: &str) -> Vec<Value> {
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of<'r>(rows: &'r [Value], pattern: &str) -> &'r Value {
    rows.iter().find(|row| row["pattern"] == pattern).unwrap_or_else(|| panic!("{pattern} in {rows:#?}"))
}

/// A program's day: some messages have templates, some are text only, and one line is no JSON.
fn day(orders: u32, refused: u32) -> String {
    let mut lines = String::new();
    for n in 0..orders {
        lines += &log(
            n,
            "INFO",
            &format!("order {n} placed"),
            &format!(",\"template\":\"order {{order_id}} placed\",\"order_id\":{n}"),
        );
        lines += &log(n, "DEBUG", &format!("GET /cart/{n} took {n}.5ms from 10.0.0.{}", n % 200), "");
        lines +=
            &log(n, "INFO", &format!("user 'u{n}' logged in with session {:032x}", u128::from(n) << 90), "");
    }
    for n in 0..refused {
        lines += &log(n, "WARN", &format!("connection to db-{} refused", n % 3), "");
    }
    lines
}

#[test]
fn messages_of_one_form_are_one_pattern() {
    let place = Place::new("patterns");
    place.write(
        "a.jsonl",
        day(100, 7)
            + "Segmentation fault\n"
            + "{\"timestamp\":\"2026-11-30T10:00:00.000000Z\",\"kind\":\"span\",\"name\":\"no message\"}\n",
    );
    let rows = rows(&place.prints(&["patterns", "a.jsonl", "--json"], 0));
    let found: Vec<(&str, u64)> =
        rows.iter().map(|row| (row["pattern"].as_str().unwrap(), row["count"].as_u64().unwrap())).collect();
    assert_eq!(
        found,
        [
            ("GET /cart/<*> took <*>ms from <*>", 100),
            ("order {order_id} placed", 100),
            ("user <*> logged in with session <*>", 100),
            ("connection to db-<*> refused", 7),
            ("Segmentation fault", 1)
        ]
    );
    let refused = of(&rows, "connection to db-<*> refused");
    assert_eq!(refused["level"], "WARN");
    assert_eq!(refused["first_seen"], "2026-11-30T10:00:00.000000Z");
    assert_eq!(refused["last_seen"], "2026-11-30T10:00:06.000000Z");
    assert_eq!(refused["example"], "connection to db-0 refused");
    assert_eq!(refused["services"], serde_json::json!(["shop"]));
    assert_eq!(refused["share"], 0.0227);
    let shown = place.prints(&["patterns", "a.jsonl", "--limit", "1"], 0);
    assert_eq!(
        shown.lines().skip(1).collect::<Vec<_>>(),
        [
            "      100  32.47 %  DEBUG  11-30 10:00:00  11-30 10:01:39  GET /cart/<*> took <*>ms from <*>",
            "                                                           GET /cart/0 took 0.5ms from 10.0.0.0",
            "",
            "5 patterns, 1 of them shown; 308 lines",
            "1 lines are no JSON and were taken as messages",
        ]
    );
    assert_eq!(
        place.prints(&["patterns", "a.jsonl", "-w", "absent=1"], 1).lines().last(),
        Some("0 patterns; 0 lines")
    );
}

#[test]
fn what_differs_is_named() {
    let place = Place::new("patterns-diff");
    let cache = |count: u32| {
        (0..count).map(|n| log(n, "INFO", &format!("cache miss for key k{n}"), "")).collect::<String>()
    };
    place.write("before.jsonl", day(200, 50) + &log(0, "INFO", "starting version 1", "") + &cache(30));
    place.write("after.jsonl", day(200, 0) + &log(0, "INFO", "starting version 2", "") + &cache(300));
    place.append(
        "after.jsonl",
        log(9, "ERROR", "no stock for item 7", "") + &log(9, "ERROR", "no stock for item 8", ""),
    );
    let rows = rows(&place.prints(&["patterns", "--diff", "before.jsonl", "after.jsonl", "--json"], 0));
    let found: Vec<(&str, &str, u64, u64)> = rows
        .iter()
        .map(|row| {
            let text = |key: &str| row[key].as_str().unwrap();
            (text("change"), text("pattern"), row["before"].as_u64().unwrap(), row["after"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(
        found,
        [
            ("new", "no stock for item <*>", 0, 2),
            ("gone", "connection to db-<*> refused", 50, 0),
            ("more", "cache miss for key <*>", 30, 300)
        ]
    );
    let shown = place.prints(&["patterns", "--diff", "before.jsonl", "after.jsonl"], 0);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[1], "new           0          2         ERROR  no stock for item <*>");
    assert_eq!(lines[5], "more         30        300    7.5  INFO   cache miss for key <*>");
    assert_eq!(lines.last(), Some(&"3 of 7 patterns differ; 681 lines before and 903 after"));
    let same = place.prints(&["patterns", "--diff", "before.jsonl", "before.jsonl"], 0);
    assert_eq!(same.lines().last(), Some("0 of 6 patterns differ; 681 lines before and 681 after"));
}

#[test]
fn there_is_room_for_so_many_patterns_and_the_rest_is_counted() {
    let place = Place::new("patterns-many");
    let letters = |mut n: u32| {
        let mut word = String::new();
        for _ in 0..4 {
            word.push(char::from(b'a' + (n % 26) as u8));
            n /= 26;
        }
        word
    };
    let lines: String = (0..6000).map(|n| log(0, "INFO", &letters(n), "")).collect();
    let again: String = (0..10).map(|n| log(0, "INFO", &letters(n), "")).collect();
    place.write("a.jsonl", lines + &again);
    let shown = place.prints(&["patterns", "a.jsonl", "--limit", "1"], 0);
    let end: Vec<&str> = shown.lines().rev().take(2).collect();
    assert_eq!(
        end,
        [
            "1000 lines fit to none of the 5000 patterns that there is room for",
            "5000 patterns, 1 of them shown; 6010 lines"
        ]
    );
    let rows = rows(&place.prints(&["patterns", "a.jsonl", "--json"], 0));
    assert_eq!(of(&rows, "aaaa")["count"], 2);
}
