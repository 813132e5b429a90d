//! The format file, in lnav itself.

use std::process::Command;

use crate::{Place, log, text};

#[test]
fn lnav_reads_the_lines_by_the_format_file() {
    let place = Place::new("lnav");
    let printed = place.prints(&["schema", "--lnav"], 0);
    std::fs::create_dir_all(place.path("formats/vigie")).unwrap();
    place.write("formats/vigie/vigie.json", printed);
    let span = r#"{"timestamp":"2026-11-30T10:00:03.000000Z","kind":"span","name":"GET /cart","service":"shop","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","span_kind":"server","duration_ns":1500,"status":"error","attributes":{"http.route":"/cart"}}"#;
    let metric = r#"{"timestamp":"2026-11-30T10:00:04.000000Z","kind":"metric","name":"orders_total","service":"shop","type":"counter","value":3}"#;
    let error = r#","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","error":{"type":"KeyError"},"user_id":"u-7""#;
    let lines =
        log(1, "WARN", "slow, very", "") + &log(2, "ERROR", "failed", error) + span + "\n" + metric + "\n";
    place.write("shop.jsonl", lines);
    let lnav = |arguments: &[&str]| {
        let folder = place.path("");
        Command::new("lnav")
            .arg("-I")
            .arg(&folder)
            .args(arguments)
            .current_dir(&folder)
            .env("HOME", &folder)
            .output()
    };
    let query = ";SELECT log_time, log_level, logger, log_body, kind, name, duration_ns, jget(error, '/type') AS error, user_id, \
                 trace_id, jget(attributes, '/http.route') AS route, value FROM vigie_log";
    let Ok(output) = lnav(&["-n", "-c", query, "-c", ":write-csv-to -", "shop.jsonl"]) else {
        eprintln!("SKIP lnav is not installed; enable with: apt-get install lnav");
        return;
    };
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let shown = text(&output.stdout).replace("<NULL>", "-");
    let rows: Vec<&str> = shown.lines().collect();
    assert_eq!(
        rows,
        [
            "log_time,log_level,logger,log_body,kind,name,duration_ns,error,user_id,trace_id,route,value",
            "2026-11-30 10:00:01.000,warning,shop.cart,\"slow, very\",-,-,-,-,-,-,-,-",
            &format!("2026-11-30 10:00:02.000,error,shop.cart,failed,-,-,-,KeyError,u-7,{trace},-,-"),
            &format!("2026-11-30 10:00:03.000,info,-,-,span,GET /cart,1500,-,-,{trace},/cart,-"),
            "2026-11-30 10:00:04.000,info,-,-,metric,orders_total,-,-,-,-,-,3",
        ],
        "{}",
        text(&output.stderr)
    );
    assert!(lnav(&["-C"]).unwrap().status.success(), "lnav has nothing against the format");
}
