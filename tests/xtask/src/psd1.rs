//! Reads single values and lists of text out of a PowerShell data file.
//! Not a parser of the language: enough for a module manifest whose values are written out.

/// The quoted texts of `Key = 'text'` or `Key = @('a', 'b')`; `None` when the key is not there.
pub fn texts(document: &str, key: &str) -> Option<Vec<String>> {
    let code: String = document.lines().map(|line| format!("{}\n", without_comment(line))).collect();
    let value = code.lines().enumerate().find_map(|(index, line)| {
        let (name, _) = line.split_once('=')?;
        (name.trim() == key).then(|| code.lines().skip(index).collect::<Vec<_>>().join("\n"))
    })?;
    let (_, value) = value.split_once('=')?;
    let end = if value.trim_start().starts_with("@(") {
        outside_quotes(value, ')')?
    } else {
        outside_quotes(value, '\n').unwrap_or(value.len())
    };
    Some(quoted(value.get(..end)?))
}

fn without_comment(line: &str) -> &str {
    outside_quotes(line, '#').and_then(|end| line.get(..end)).unwrap_or(line)
}

/// Where a character first stands that is not inside a text.
fn outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let mut open = None;
    text.char_indices().find_map(|(at, found)| {
        match open {
            None if found == wanted => return Some(at),
            None if found == '\'' || found == '"' => open = Some(found),
            Some(quote) if found == quote => open = None,
            _ => {}
        }
        None
    })
}

fn quoted(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<(char, String)> = None;
    for character in text.chars() {
        match &mut open {
            Some((quote, _)) if character == *quote => found.extend(open.take().map(|(_, text)| text)),
            Some((_, text)) => text.push(character),
            None if character == '\'' || character == '"' => open = Some((character, String::new())),
            None => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_manifest_holds() {
        let manifest = "@{\n  # RootModule = 'no'\n  RootModule = 'Vigie.psm1' # it's loaded\n\
            FileList = @(\n    'a.ps1', # first (of two)\n    'en-US/b (c).txt'\n  )\n\
            VariablesToExport = @()\n}\n";
        assert_eq!(texts(manifest, "RootModule").unwrap(), ["Vigie.psm1"]);
        assert_eq!(texts(manifest, "FileList").unwrap(), ["a.ps1", "en-US/b (c).txt"]);
        assert!(texts(manifest, "VariablesToExport").unwrap().is_empty());
        assert_eq!(texts(manifest, "GUID"), None);
    }
}
