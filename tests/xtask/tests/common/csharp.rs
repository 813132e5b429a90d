//! Reads C# as far as the rules need it: its code without comments and texts, and the members of its types.
//! Not a parser; the compiler is one.

/// A method, constructor, accessor or property of a type: where it starts, how many lines it has.
#[derive(Debug, PartialEq)]
pub struct Member {
    pub line: usize,
    pub lines: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Block {
    /// A namespace or a type, in which members stand.
    Holder,
    Member(usize),
    Other,
}

pub fn members(source: &str) -> Vec<Member> {
    let mut found = Vec::new();
    let mut open: Vec<Block> = Vec::new();
    let (mut head, mut head_line, mut line) = (String::new(), 0, 1);
    for character in code(source).chars() {
        match character {
            '\n' => line += 1,
            '{' => {
                let inside = open.last().copied().unwrap_or(Block::Holder);
                open.push(kind(&head, inside, head_line));
            }
            '}' => {
                if let Some(Block::Member(start)) = open.pop() {
                    found.push(Member { line: start, lines: line - start + 1 });
                }
            }
            _ => {}
        }
        match character {
            '{' | '}' | ';' => head.clear(),
            _ if head.is_empty() && character.is_whitespace() => {}
            _ => {
                if head.is_empty() {
                    head_line = line;
                }
                head.push(character);
            }
        }
    }
    found
}

fn kind(head: &str, inside: Block, line: usize) -> Block {
    if inside != Block::Holder {
        return Block::Other;
    }
    // A constraint on a type parameter may say `class` too.
    let declared = head.split(" where ").next().unwrap_or_default();
    let words: Vec<&str> = declared.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    if ["namespace", "class", "struct", "interface", "enum"].iter().any(|word| words.contains(word)) {
        return Block::Holder;
    }
    // The value of a field is a list, not code.
    let assigned = declared.find('=').is_some_and(|at| declared.find('(').is_none_or(|paren| at < paren));
    if assigned { Block::Other } else { Block::Member(line) }
}

/// The source with comments and the insides of texts blanked out; lines stay where they are.
pub fn code(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest);
        if length == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        out.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[length..];
    }
    out
}

/// How many bytes a comment or a text takes that starts here, 0 when none does.
fn skipped(rest: &str) -> usize {
    let to = |end: Option<usize>, more: usize| end.map_or(rest.len(), |at| at + more);
    if rest.starts_with("//") {
        return to(rest.find('\n'), 0);
    }
    if rest.starts_with("/*") {
        return to(rest.find("*/"), 2);
    }
    if let Some(text) = rest.strip_prefix("@\"") {
        return to(text.replace("\"\"", "xx").find('"'), 3);
    }
    let quote = match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => quote,
        _ => return 0,
    };
    let mut escaped = false;
    let end = rest[1..].find(|c| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    to(end, 2)
}

/// The names of the types that a source declares, nested ones included.
pub fn types(source: &str) -> Vec<String> {
    let code = code(source);
    let words = words(&code);
    let keyword = |word: &str| ["class", "struct", "interface", "enum"].contains(&word);
    // After `where T : class` comes no name.
    words
        .windows(2)
        .filter(|pair| keyword(pair[0].1) && code[pair[0].0 + pair[0].1.len()..pair[1].0].trim().is_empty())
        .map(|pair| pair[1].1.to_owned())
        .collect()
}

/// The words of a source that may name a type: no member after a dot, no method by its parenthesis.
pub fn type_names(source: &str) -> Vec<String> {
    let code = code(source);
    let words = words(&code);
    let mut found = Vec::new();
    for (number, (at, word)) in words.iter().enumerate() {
        let before = number.checked_sub(1).map_or("", |number| words[number].1);
        let member = code[..*at].ends_with('.') && before != "Vigie";
        let method = code[at + word.len()..].starts_with('(') && before != "new";
        if !member && !method {
            found.push((*word).to_owned());
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Each word with the place where it starts.
fn words(code: &str) -> Vec<(usize, &str)> {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(start) = code[rest..].find(inside) {
        let start = rest + start;
        let length = code[start..].find(|c| !inside(c)).unwrap_or(code.len() - start);
        found.push((start, &code[start..start + length]));
        rest = start + length;
    }
    found
}
