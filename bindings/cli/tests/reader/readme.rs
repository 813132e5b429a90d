//! The page of the command: what it shows is what the commands print.

use std::path::Path;

use crate::text;

/// The words of a command line as a shell would read it.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('\'').enumerate();
    let parts = quoted.flat_map(|(at, part)| match at % 2 {
        1 => vec![part.to_owned()],
        _ => part.split_whitespace().map(str::to_owned).collect(),
    });
    parts.collect()
}

#[test]
fn the_page_shows_what_the_commands_print() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(here.join("README.md")).unwrap();
    let mut commands = 0;
    for block in page.split("```console\n").skip(1) {
        let block = block.split_once("```").unwrap().0;
        for one in block.split("$ vigie ").skip(1) {
            let (command, shown) = one.split_once('\n').unwrap();
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_vigie"))
                .args(words(command))
                .current_dir(here.join("tests/fixtures/shop"))
                .env_remove("CLICOLOR_FORCE")
                .output()
                .unwrap();
            assert_eq!(text(&output.stdout) + &text(&output.stderr), shown, "vigie {command}");
            commands += 1;
        }
    }
    assert!(commands > 6, "{commands}");
}
