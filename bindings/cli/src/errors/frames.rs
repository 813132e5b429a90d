//! The calls of a stack without what differs from run to run and from machine to machine: numbers of lines, addresses, where
//! programs and packages are installed. Python, Node, .NET, PowerShell and Rust, and what looks like them.

/// So many calls are told apart, the innermost ones.
const MOST_FRAMES: usize = 64;

/// Folders in which others' packages are; what stands below them is the same on each machine.
const PACKAGES: [&str; 5] =
    ["/site-packages/", "/dist-packages/", "/node_modules/", "/registry/src/", "/rustc/"];

/// The calls, the innermost first, each of them once: how deep a recursion went is no difference.
pub(super) fn frames(stack: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let (mut is_python, mut is_rust) = (false, false);
    for line in stack.lines().map(str::trim) {
        let was_rust = std::mem::take(&mut is_rust);
        let frame = if let Some(frame) = python(line) {
            is_python = true;
            Some(frame)
        } else if let Some(frame) = rust(line) {
            is_rust = true;
            Some(frame)
        } else {
            // Below the name of a call Rust says where it stands.
            line.strip_prefix("at ").filter(|_| !was_rust).map(call)
        };
        found.extend(frame);
    }
    if is_python {
        found.reverse();
    }
    let mut once: Vec<String> = Vec::new();
    for frame in found {
        if once.len() < MOST_FRAMES && !once.contains(&frame) {
            once.push(frame);
        }
    }
    once
}

/// `File "/app/shop/cart.py", line 12, in load`
fn python(line: &str) -> Option<String> {
    let (path, rest) = line.strip_prefix("File \"")?.split_once('"')?;
    let name = rest.split_once(", in ").map_or("", |(_, name)| name);
    Some(joined(place(path), name))
}

/// `3: shop::cart::load::h0123456789abcdef`, with an address in front of it or not.
fn rust(line: &str) -> Option<String> {
    let (number, name) = line.split_once(": ")?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let name = name.trim_start();
    let name =
        name.strip_prefix("0x").and_then(|address| address.split_once(" - ")).map_or(name, |(_, name)| name);
    let hash = name.rfind("::h").filter(|at| {
        name.get(at + 3..)
            .is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    });
    Some(name.get(..hash.unwrap_or(name.len())).unwrap_or(name).to_owned())
}

/// What stands behind `at`.
fn call(text: &str) -> String {
    // `Get-Cart, /app/cart.ps1: line 12`
    if let Some((name, path)) = text.split_once(", ").filter(|(_, path)| path.contains(": line ")) {
        let path = path.rsplit_once(": line ").map_or(path, |(path, _)| path);
        return joined(place(path), name);
    }
    let text = text.strip_prefix("async ").unwrap_or(text);
    // `load (file:///app/cart.js:12:5)`
    if let Some((name, path)) = text.split_once(" (").filter(|(name, _)| !name.contains('(')) {
        return joined(place(path.trim_end_matches(')')), name);
    }
    // `Shop.Cart.Load(String id) in /app/Cart.cs:line 12`
    if let Some((name, _)) = text.split_once('(') {
        return without_numbers(name);
    }
    // `file:///app/cart.js:12:5`, by itself
    place(text).to_owned()
}

fn joined(place: &str, name: &str) -> String {
    if name.is_empty() { place.to_owned() } else { format!("{place}:{name}") }
}

/// The compiler numbers what it makes names for: `<LoadAsync>d__5`.
fn without_numbers(name: &str) -> String {
    let is_made = name.contains('<');
    name.chars().filter(|letter| !(is_made && letter.is_ascii_digit())).collect()
}

/// A path without the line and the column behind it.
fn without_line(path: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match path.rsplit_once(':').filter(|(_, number)| is_number(number)) {
        Some((shorter, _)) => without_line(shorter),
        None => path,
    }
}

/// The part of a path that is the same on each machine: what is below a folder of packages, else the file with its folder.
fn place(path: &str) -> &str {
    let path = without_line(path);
    for folder in PACKAGES {
        if let Some((_, below)) = path.rsplit_once(folder) {
            // Below the last two stands the name of a registry or of a version.
            let is_named = matches!(folder, "/registry/src/" | "/rustc/");
            return below.split_once('/').filter(|_| is_named).map_or(below, |(_, below)| below);
        }
    }
    // Windows writes the same folders with the other slash.
    let folders = ["\\site-packages\\", "\\node_modules\\"];
    if let Some(below) = folders.iter().find_map(|folder| path.rsplit_once(folder).map(|(_, below)| below)) {
        return below;
    }
    let mut slashes = path.rmatch_indices(['/', '\\']).map(|(at, _)| at);
    let (_, folder) = (slashes.next(), slashes.next());
    folder.and_then(|at| path.get(at + 1..)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::frames;

    #[test]
    fn python() {
        let stack = "Traceback (most recent call last):\n  File \"/srv/app/web.py\", line 88, in handle\n    return load(id)\n           ^^^^^^^^\n  File \"/srv/app/shop/cart.py\", line 12, in load\n    return self.load(id)\n  [Previous line repeated 3 more times]\n  File \"/srv/app/shop/cart.py\", line 14, in load\n  File \"/usr/lib/python3.11/site-packages/redis/client.py\", line 7, in <lambda>\n  File \"<string>\", line 1\nKeyError: 'at work'\n";
        assert_eq!(
            frames(stack),
            ["<string>", "redis/client.py:<lambda>", "shop/cart.py:load", "app/web.py:handle"]
        );
    }

    #[test]
    fn node() {
        let stack = "TypeError: Cannot read properties of undefined (reading 'id')\n    at load (file:///srv/app/cart.js:12:5)\n    at async Promise.all (index 0)\n    at new Cart (C:\\app\\src\\cart.js:3:1)\n    at Layer.handle [as handle_request] (/srv/app/node_modules/.pnpm/express@4/node_modules/express/lib/router/layer.js:95:5)\n    at /srv/app/web.js:7:9\n    at node:internal/process/task_queues:95:5";
        assert_eq!(
            frames(stack),
            [
                "app/cart.js:load",
                "index 0:Promise.all",
                "src\\cart.js:new Cart",
                "express/lib/router/layer.js:Layer.handle [as handle_request]",
                "app/web.js",
                "process/task_queues"
            ]
        );
    }

    #[test]
    fn dotnet_and_powershell() {
        let stack = "System.InvalidOperationException: no (stock)\n   at Shop.Cart.Load(String id) in /src/Cart.cs:line 12\n   at Shop.Web.<HandleAsync>d__5.MoveNext()\n--- End of stack trace from previous location ---\n   at System.Threading.Tasks.Task`1.get_Result()";
        let expected = [
            "Shop.Cart.Load",
            "Shop.Web.<HandleAsync>d__.MoveNext",
            "System.Threading.Tasks.Task`1.get_Result",
        ];
        assert_eq!(frames(stack), expected);
        assert_eq!(
            frames(&stack.replace("line 12", "line 99").replace("/src/", "D:\\b\\").replace("d__5", "d__7")),
            expected
        );
        let script = "at Get-Cart, /srv/app/cart.ps1: line 12\nat <ScriptBlock>, /srv/app/main.ps1: line 3\nat <ScriptBlock>, <No file>: line 1";
        assert_eq!(
            frames(script),
            ["app/cart.ps1:Get-Cart", "app/main.ps1:<ScriptBlock>", "<No file>:<ScriptBlock>"]
        );
    }

    #[test]
    fn rust() {
        let stack = "   0: std::backtrace::Backtrace::create\n             at /rustc/59807616/library/std/src/backtrace.rs:331:13\n   1: shop::cart::load::h0123456789abcdef\n             at ./src/cart.rs:12:5\n   2:     0x55d0c3a1b2c3 - shop::main\n             at /srv/app/src/main.rs:3:9\n";
        assert_eq!(frames(stack), ["std::backtrace::Backtrace::create", "shop::cart::load", "shop::main"]);
    }

    #[test]
    fn what_is_no_stack_has_no_frames() {
        for text in ["", "at", "File \"", "ValueError: x", "12: ", "a: b", "\u{1f980}: x"] {
            assert!(frames(text).iter().all(String::is_empty) || text == "12: ", "{text}");
        }
    }
}
