//! `vigie level` as users run it: what it sets, shows and takes back.
//! Not for what processes do about it: see core's tests of levels.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("level").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Exit code, standard output and standard error.
fn level(control: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
    let output = command.arg("level").arg("--control").arg(control).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn levels_are_set_shown_and_taken_back() {
    let control = folder("set");
    let shown = |arguments: &[&str]| {
        let (code, stdout, stderr) = level(&control, arguments);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{arguments:?}");
        stdout
    };
    assert_eq!(shown(&[]), "nothing is set: levels are as they are configured\n");
    assert_eq!(shown(&["warn", "shop.cart=Debug"]), "all loggers: WARN\nshop.cart: DEBUG\n");
    assert_eq!(shown(&["shop.cart=trace"]), "all loggers: WARN\nshop.cart: TRACE\n");
    assert_eq!(shown(&[]), "all loggers: WARN\nshop.cart: TRACE\n");
    assert_eq!(shown(&["="]), "shop.cart: TRACE\n");
    assert_eq!(shown(&["a=info", "shop.cart="]), "a: INFO\n");
    assert_eq!(shown(&["--clear", "b=info"]), "b: INFO\n");
    assert_eq!(shown(&["--clear"]), "nothing is set: levels are as they are configured\n");
}

#[test]
fn what_is_set_for_a_while_is_gone_behind_it() {
    let control = folder("while");
    let (code, stdout, _) = level(&control, &["shop.cart=debug", "--for", "1s"]);
    assert_eq!(code, Some(0));
    assert!(stdout.starts_with("shop.cart: DEBUG until 20") && stdout.ends_with("Z\n"), "{stdout}");
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(level(&control, &[]).1, "nothing is set: levels are as they are configured\n");
}

#[test]
fn what_cannot_be_used_changes_nothing_and_says_why() {
    let control = folder("mistakes");
    level(&control, &["warn"]);
    let cases: [(&[&str], &str); 4] = [
        (&["shop=loud"], "accepted: trace, debug, info"),
        (&["shop=debug", "--for", "soon"], "--for: \"soon\"; accepted: a duration"),
        (&["shop=debug", "--for", "0s"], "--for: \"0s\""),
        (&["--for", "10m"], "required"),
    ];
    for (arguments, why) in cases {
        let (code, _, stderr) = level(&control, arguments);
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(stderr.contains(why), "{arguments:?}: {stderr}");
    }
    assert_eq!(level(&control, &[]).1, "all loggers: WARN\n");
    let (code, _, stderr) = level(&control.join("missing"), &["warn"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("no such folder"), "{stderr}");
    std::fs::write(control.join("levels.json"), "{").unwrap();
    let (code, _, stderr) = level(&control, &["warn"]);
    assert!(code == Some(2) && stderr.contains("not JSON"), "{stderr}");
}
