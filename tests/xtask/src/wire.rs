//! Makes `bindings/node/lib/batch/wire.ts` from `bindings/node/src/wire.rs`: the numbers of the wire for TypeScript.

pub const SOURCE: &str = "bindings/node/src/wire.rs";
pub const MADE: &str = "bindings/node/lib/batch/wire.ts";

const HEAD: &str = "\
// The numbers that TypeScript and Rust must agree on, as constants that the compiler puts in their places.
// Made from src/wire.rs by `cargo xtask wire`; a test compares the two.
";

/// The TypeScript of a source that holds nothing but modules of constants and their comments. Anything else is an
/// error, so that no number is left out silently.
pub fn typescript(source: &str) -> Result<String, String> {
    let mut out = String::from(HEAD);
    let modules: Vec<&str> = source.lines().filter_map(|line| between(line, "pub mod ", " {")).collect();
    let mut comment: Vec<String> = Vec::new();
    let mut inside = false;
    for (index, line) in source.lines().enumerate() {
        let code = line.trim();
        let failed = || format!("{SOURCE}:{}: neither a module nor a constant: {code}", index + 1);
        if let Some(text) = code.strip_prefix("/// ") {
            comment.push(referring(text, &modules));
        } else if let (Some(name), false) = (between(code, "pub mod ", " {"), inside) {
            out.push_str(&format!("\n{}export const enum {} {{\n", documentation(&comment, ""), camel(name)));
            comment.clear();
            inside = true;
        } else if let (Some(constant), true) = (between(code, "pub const ", ";"), inside) {
            let (name, value) = member(constant).ok_or_else(failed)?;
            out.push_str(&format!("{}  {name} = {value},\n", documentation(&comment, "  ")));
            comment.clear();
        } else if code == "}" && inside {
            out.push_str("}\n");
            inside = false;
        } else if !(code.is_empty() || code.starts_with("//!")) {
            return Err(failed());
        }
    }
    Ok(out)
}

fn between<'a>(code: &'a str, start: &str, end: &str) -> Option<&'a str> {
    code.strip_prefix(start)?.strip_suffix(end)
}

/// `STR: i32 = 0` is `STR` and `0`.
fn member(constant: &str) -> Option<(&str, i64)> {
    let (name, rest) = constant.split_once(": ")?;
    let (_, value) = rest.split_once(" = ")?;
    Some((name, value.parse().ok()?))
}

fn documentation(lines: &[String], indent: &str) -> String {
    match lines {
        [] => String::new(),
        [line] => format!("{indent}/** {line} */\n"),
        _ => {
            let lines: String = lines.iter().map(|line| format!("{indent} * {line}\n")).collect();
            format!("{indent}/**\n{lines}{indent} */\n")
        }
    }
}

/// A comment whose references to modules are those that TypeScript has.
fn referring(text: &str, modules: &[&str]) -> String {
    modules.iter().fold(text.to_owned(), |text, module| {
        let there = camel(module);
        text.replace(&format!("`{module}`"), &format!("`{there}`"))
            .replace(&format!("`{module}::"), &format!("`{there}."))
    })
}

/// `log_ints` is `LogInts`.
fn camel(name: &str) -> String {
    let words = name.split('_').filter_map(|word| Some((word.chars().next()?, word.get(1..)?)));
    words.map(|(first, rest)| format!("{}{rest}", first.to_ascii_uppercase())).collect()
}
