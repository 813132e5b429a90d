//! Cuts Rust source into words and signs, without comments, texts and what only tests compile.

/// A word, `::` or one sign, with the number of its line.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

impl Token {
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    pub fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// The code of a file as tokens. Items behind `#[cfg(test)]` are left out: tests may look from above.
pub fn tokens(source: &str) -> Vec<Token> {
    without_tests(&Reader { characters: source.chars().collect(), at: 0, line: 1 }.read())
}

struct Reader {
    characters: Vec<char>,
    at: usize,
    line: usize,
}

impl Reader {
    fn read(mut self) -> Vec<Token> {
        let mut found = Vec::new();
        while let Some(character) = self.peek(0) {
            let line = self.line;
            let mut push = |text: String| found.push(Token { text, line });
            match character {
                '/' if self.peek(1) == Some('/') => self.skip_while(|c| c != '\n'),
                '/' if self.peek(1) == Some('*') => self.skip_block_comment(),
                '"' => self.skip_text(),
                '\'' => self.skip_quote(),
                _ if character.is_alphanumeric() || character == '_' => {
                    let word = self.word();
                    // `r"…"`, `br#"…"#`, `c"…"` are texts with a prefix; `r#type` is the word `type`.
                    match self.peek(0) {
                        Some('"') if word.len() <= 2 && !word.ends_with('r') => self.skip_text(),
                        Some('"' | '#') if ["r", "br", "cr"].contains(&word.as_str()) => self.skip_raw(),
                        _ => push(word),
                    }
                }
                ':' if self.peek(1) == Some(':') => {
                    self.advance(2);
                    push("::".to_owned());
                }
                _ => {
                    self.advance(1);
                    if !character.is_whitespace() {
                        push(character.to_string());
                    }
                }
            }
        }
        found
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn advance(&mut self, count: usize) {
        for _ in 0..count {
            self.line += usize::from(self.peek(0) == Some('\n'));
            self.at += 1;
        }
    }

    fn skip_while(&mut self, inside: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&inside) {
            self.advance(1);
        }
    }

    fn word(&mut self) -> String {
        let start = self.at;
        self.skip_while(|c| c.is_alphanumeric() || c == '_');
        self.characters[start..self.at].iter().collect()
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => return,
                _ => {
                    self.advance(1);
                    continue;
                }
            }
            self.advance(2);
            if depth == 0 {
                return;
            }
        }
    }

    fn skip_text(&mut self) {
        self.advance(1);
        while let Some(character) = self.peek(0) {
            self.advance(if character == '\\' { 2 } else { 1 });
            if character == '"' {
                return;
            }
        }
    }

    /// A character in quotes is skipped; of a lifetime only the quote is, its name stays as a word.
    fn skip_quote(&mut self) {
        let long = if self.peek(1) == Some('\\') { 3 } else { 2 };
        if long == 3 || self.peek(2) == Some('\'') {
            self.advance(long);
            self.skip_while(|c| c != '\'');
        }
        self.advance(1);
    }

    fn skip_raw(&mut self) {
        let start = self.at;
        self.skip_while(|c| c == '#');
        let fence = self.at - start;
        if self.peek(0) != Some('"') {
            return; // r#type
        }
        self.advance(1);
        while self.peek(0).is_some() {
            let closes = self.peek(0) == Some('"') && (1..=fence).all(|ahead| self.peek(ahead) == Some('#'));
            self.advance(1);
            if closes {
                self.advance(fence);
                return;
            }
        }
    }
}

fn without_tests(tokens: &[Token]) -> Vec<Token> {
    const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let rest = &tokens[at..];
        if rest.len() >= TEST.len() && TEST.iter().zip(rest).all(|(text, token)| token.is(text)) {
            at = end_of_item(tokens, at + TEST.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Behind the `;` or the closing `}` that ends the item which begins at `at`.
fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0_i32;
    let is_use =
        tokens[at..].iter().find(|token| token.is("use") || token.is("{")).is_some_and(|t| t.is("use"));
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 && (token.is(";") || token.is("}") && !is_use) {
            break;
        }
    }
    at
}
