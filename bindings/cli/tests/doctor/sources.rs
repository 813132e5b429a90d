//! Where the configuration comes from, and what is said when it is wrong, asks for nothing, or the command is.

use crate::server::{Answer, Server};
use crate::{Patient, closed_port};
use std::net::UdpSocket;
use std::path::Path;

#[test]
fn all_mistakes_are_told_at_once() {
    let patient = Patient::new("mistakes");
    patient.write("vigie.toml", "level = \"loud\"\n[[outputs]]\nto = \"http\"\nformat = \"bulky\"\n");
    let output = patient.run(&["--config", "vigie.toml"], &[("VIGIE_DISABLED", "maybe")]);
    patient.is_told(&output, 1);
}

#[test]
fn the_variables_are_read_as_a_program_reads_them() {
    let server = Server::new(|_, _| Answer::ok());
    let patient = Patient::new("variables").with_port(server.port);
    let endpoint = server.url("");
    let output =
        patient.run(&[], &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint), ("OTEL_TRACES_EXPORTER", "none")]);
    patient.is_told(&output, 0);
    let mut paths: Vec<String> = server.seen().into_iter().map(|request| request.path).collect();
    paths.sort();
    assert_eq!(paths, ["/v1/logs", "/v1/metrics"]);
}

#[test]
fn variables_come_before_the_file_and_the_option_names_another_file() {
    let patient = Patient::new("order");
    patient.write("one.json", r#"{"outputs": [{"to": "file", "path": "one.jsonl"}]}"#);
    patient.write("two.json", r#"{"outputs": [{"to": "file", "path": "two.jsonl"}]}"#);
    let labels = |arguments: &[&str], variables: &[(&str, &str)]| {
        let shown = patient.shown(&patient.run(arguments, variables));
        shown.lines().next().unwrap().split_whitespace().nth(1).unwrap().to_owned()
    };
    let one = ("VIGIE_CONFIG", "one.json");
    assert_eq!(labels(&[], &[one]), "file:one.jsonl");
    assert_eq!(labels(&["--config", "two.json"], &[one]), "file:two.jsonl");
    let outputs = ("VIGIE_OUTPUTS", r#"[{"to": "file", "path": "three.jsonl"}]"#);
    assert_eq!(labels(&["--config", "two.json"], &[one, outputs]), "file:three.jsonl");
    assert_eq!(labels(&[], &[]), "console");
}

#[test]
fn what_has_no_equal_here_is_told_and_speaks_against_no_output() {
    let patient = Patient::new("absent");
    let file = "file_format: '1.0'\nlog_level: info\nlogger_provider: {processors: [{batch: {exporter: \
                {otlp_file/development: {output_stream: 'file://lines.jsonl'}}}}]}\n";
    patient.write("otel.yaml", file);
    patient.is_told(&patient.run(&[], &[("OTEL_CONFIG_FILE", "otel.yaml")]), 0);
}

#[test]
fn where_nothing_is_recorded_nothing_is_found() {
    let patient = Patient::new("disabled");
    patient.is_told(&patient.run(&[], &[("VIGIE_DISABLED", "true")]), 1);
}

/// The one in the file is followed by the one in the text: a configuration, and what is printed for it.
#[test]
fn the_page_of_back_ends_shows_what_is_printed() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/docs/back-ends.md");
    let page = std::fs::read_to_string(page).unwrap();
    let section = page.split_once("## Does it arrive?").unwrap().1;
    let block = |language: &str| {
        let begin = section.split_once(&format!("```{language}\n")).unwrap().1;
        begin.split_once("```\n").unwrap().0.to_owned()
    };
    let daemon = UdpSocket::bind("127.0.0.1:0").unwrap();
    let ports = [(4318, closed_port()), (8125, daemon.local_addr().unwrap().port())];
    let patient = Patient::new("page");
    let config = ports
        .iter()
        .fold(block("toml"), |text, (shown, real)| text.replace(&format!(":{shown}"), &format!(":{real}")));
    patient.write("shop.toml", &config);
    let output = patient.run(&["--config", "shop.toml"], &[]);
    let printed = ports.iter().fold(patient.shown(&output), |text, (shown, real)| {
        text.replace(&format!(":{real}"), &format!(":{shown}"))
    });
    assert_eq!(printed, block("text"));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_use_that_is_not_understood_is_another_failure() {
    let patient = Patient::new("usage");
    assert_eq!(patient.run(&["--configuration", "x"], &[]).status.code(), Some(2));
    assert_eq!(patient.run(&["--config"], &[]).status.code(), Some(2));
}
