//! `vigie errors`.

use serde_json::{Value, json};

use crate::{Place, log};

fn groups(printed: &str) -> Vec<Value> {
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn error(second: u32, service: &str, trace: u32, error: &Value) -> String {
    let more = format!(",\"trace_id\":\"{trace:032x}\",\"span_id\":\"00f067aa0ba902b7\",\"error\":{error}");
    log(second, "ERROR", "failed", &more)
        .replace("\"service\":\"shop\"", &format!("\"service\":\"{service}\""))
}

fn python(root: &str, line: u32, key: &str) -> Value {
    let stack = format!(
        "Traceback (most recent call last):\n  File \"{root}/web.py\", line {line}, in handle\n    load()\n  File \
         \"{root}/lib/python3.11/site-packages/redis/client.py\", line 7{line}, in get\nKeyError: '{key}'\n"
    );
    json!({"type": "KeyError", "message": format!("'{key}'"), "stack": stack,
        "cause": {"type": "OSError", "message": format!("refused {line}"), "cause": {"type": "Timeout"}}})
}

#[test]
fn errors_of_one_place_are_one_group_on_every_machine() {
    let place = Place::new("errors");
    let mut lines = String::new();
    for n in 0..5 {
        lines += &error(
            n,
            if n % 2 == 0 { "shop" } else { "worker" },
            n / 2,
            &python(&format!("/srv/{n}/app"), n, "cart"),
        );
    }
    let mut other = python("/srv/1/app", 1, "cart");
    other["stack"] = json!(other["stack"].as_str().unwrap().replace("in get", "in set"));
    lines += &error(9, "shop", 9, &other);
    lines += &error(10, "shop", 10, &json!({"type": "Error", "message": "no stack"}));
    lines += "{\"timestamp\":\"2026-11-30T10:00:20.000000Z\",\"kind\":\"span\",\"name\":\"x\",\"service\":\"web\",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"events\":[{\"name\":\"other\"},{\"name\":\"exception\",\"attributes\":{\"exception.type\":\"TypeError\",\"exception.message\":\"undefined\",\"exception.stacktrace\":\"TypeError: undefined\\n    at load (/app/x.js:1:2)\"}}]}\n";
    lines += "torn {\"error\"\n";
    place.write("a.jsonl", lines);
    let found = groups(&place.prints(&["errors", "a.jsonl", "--json"], 0));
    assert_eq!(found.iter().map(|group| group["count"].as_u64().unwrap()).collect::<Vec<_>>(), [5, 1, 1, 1]);
    let first = &found[0];
    assert_eq!((&first["type"], &first["message"]), (&json!("KeyError"), &json!("'cart'")));
    assert_eq!(first["causes"], json!(["OSError: refused 0", "Timeout"]));
    assert_eq!(first["frames"], json!(["redis/client.py:get", "app/web.py:handle"]));
    assert_eq!(first["services"], json!(["shop", "worker"]));
    assert_eq!(first["traces"], json!([format!("{:032x}", 0), format!("{:032x}", 1), format!("{:032x}", 2)]));
    assert_eq!(first["first_seen"], "2026-11-30T10:00:00.000000Z");
    assert_eq!(first["last_seen"], "2026-11-30T10:00:04.000000Z");
    assert_eq!(first["fingerprint"], "36d71eac0d035b36", "it stays the same from version to version");
    assert!(
        found.iter().any(|group| group["type"] == "TypeError" && group["frames"] == json!(["app/x.js:load"]))
    );
    let shown = place.prints(&["errors", "a.jsonl", "--limit", "1"], 0);
    assert_eq!(
        shown.lines().collect::<Vec<_>>(),
        [
            "      5  KeyError: 'cart'",
            "         caused by OSError: refused 0",
            "         caused by Timeout",
            "         at redis/client.py:get < app/web.py:handle",
            "         36d71eac0d035b36  2026-11-30 10:00:00 to 2026-11-30 10:00:04  shop, worker",
            "         traces 00000000000000000000000000000000 00000000000000000000000000000001 00000000000000000000000000000002",
            "",
            "8 errors in 4 groups, 1 of them shown",
            "1 lines are no JSON",
        ]
    );
    assert_eq!(place.prints(&["errors", "a.jsonl", "-w", "service=nobody"], 1), "0 errors in 0 groups\n");
}
