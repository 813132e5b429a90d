//! Writes `bindings/c/include/vigie.h` from the exported functions, or checks it with `--check`.
//! Not a build script: who builds the library then needs neither cbindgen nor its compile time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cbindgen::{Builder, Config, DocumentationStyle, Language, Style};

/// The modules with exported functions, in the order of the header.
const MODULES: [&str; 9] =
    ["error", "telemetry", "environment", "logger", "record", "context", "carrier", "tracer", "meter"];

const PREAMBLE: &str = include_str!("preamble.h");

const TEXT_MACRO: &str = "
// A string literal as the two arguments of a text: vigie_log(VIGIE_INFO, VIGIE_TEXT(\"hi\"), ...).
#define VIGIE_TEXT(literal) (const uint8_t *)(\"\" literal), sizeof(literal) - 1
";

fn main() -> ExitCode {
    let check = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => {
            eprintln!("usage: vigie-header [--check]");
            return ExitCode::from(2);
        }
    };
    match run(check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("vigie-header: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(check: bool) -> Result<(), String> {
    let binding = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let header = binding.join("include/vigie.h");
    let text = generate(&binding.join("src"))?;
    if !check {
        return fs::write(&header, text).map_err(|error| format!("{}: {error}", header.display()));
    }
    let present = fs::read(&header).map_err(|error| format!("{}: {error}", header.display()))?;
    if present == text.as_bytes() {
        return Ok(());
    }
    Err("include/vigie.h is not what the sources say; write it with: cargo xtask header".to_owned())
}

fn generate(sources: &Path) -> Result<String, String> {
    let mut builder = Builder::new().with_config(config());
    for module in MODULES {
        builder = builder.with_src(source(sources, module)?);
    }
    let bindings = builder.generate().map_err(|error| error.to_string())?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8(text).map_err(|error| error.to_string())?;
    Ok(text.lines().map(parenthesised).collect())
}

/// A negative constant would otherwise become an operator in `x VIGIE_E_ARG`.
fn parenthesised(line: &str) -> String {
    match line.rsplit_once(' ') {
        Some((define, value)) if define.starts_with("#define ") && value.starts_with('-') => {
            format!("{define} ({value})\n")
        }
        _ => format!("{line}\n"),
    }
}

/// A module that was renamed must not silently take its functions out of the header.
fn source(sources: &Path, module: &str) -> Result<PathBuf, String> {
    let path = sources.join(module).with_extension("rs");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    if text.contains("pub const") || text.contains("no_mangle") {
        return Ok(path);
    }
    Err(format!("{}: exports nothing", path.display()))
}

fn config() -> Config {
    let mut config = Config {
        language: Language::C,
        cpp_compat: true,
        style: Style::Both,
        usize_is_size_t: true,
        no_includes: true,
        sys_includes: vec!["stddef.h".to_owned(), "stdint.h".to_owned()],
        include_guard: Some("VIGIE_H".to_owned()),
        after_includes: Some(TEXT_MACRO.to_owned()),
        header: Some(PREAMBLE.trim_end().to_owned()),
        line_length: 100,
        documentation_style: DocumentationStyle::C99,
        ..Config::default()
    };
    // Declaration order within the functions is the order of the sources: cbindgen's own default
    // would sort constants before functions of another module anyway.
    config.function.sort_by = Some(cbindgen::SortKey::None);
    config.constant.sort_by = Some(cbindgen::SortKey::None);
    config
}
