//! A rough reading of Rust source: enough to tell names, punctuation, string literals and comments apart.

/// One piece of source, with the line it begins on.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub line: usize,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A name, keyword or number.
    Word(String),
    /// One character of punctuation, `::` as `':'` twice.
    Mark(char),
    /// The text of a string literal, escapes resolved as far as SQL needs.
    Text(String),
}

impl Token {
    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(w) if w == word)
    }
    pub fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
    pub fn word(&self) -> Option<&str> {
        if let Kind::Word(w) = &self.kind { Some(w) } else { None }
    }
    pub fn text(&self) -> Option<&str> {
        if let Kind::Text(t) = &self.kind { Some(t) } else { None }
    }
}

/// All tokens of a file; comments are left out.
pub fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let (mut out, mut i, mut line) = (Vec::new(), 0, 1);
    while i < chars.len() {
        let begun = i;
        let at = |n: usize| chars.get(i + n).copied().unwrap_or(' ');
        let kind = match chars[i] {
            '/' if at(1) == '/' => {
                i = position(&chars, i, '\n');
                None
            }
            '/' if at(1) == '*' => {
                i = end_of_block(&chars, i);
                None
            }
            '"' => Some(quoted(&chars, &mut i)),
            'r' if at(1) == '"' || (at(1) == '#' && matches!(at(2), '"' | '#')) => Some(raw(&chars, &mut i)),
            'b' if at(1) == '"' => {
                i += 1;
                Some(quoted(&chars, &mut i))
            }
            '\'' => {
                i = end_of_quote(&chars, i);
                None
            }
            c if c.is_alphanumeric() || c == '_' => {
                while i < chars.len() && (chars[i].is_alphanumeric() || chars[i] == '_') {
                    i += 1;
                }
                Some(Kind::Word(chars[begun..i].iter().collect()))
            }
            c => {
                i += 1;
                if c.is_whitespace() { None } else { Some(Kind::Mark(c)) }
            }
        };
        out.extend(kind.map(|kind| Token { line, kind }));
        line += chars[begun..i].iter().filter(|c| **c == '\n').count();
    }
    out
}

fn position(chars: &[char], from: usize, what: char) -> usize {
    chars[from..].iter().position(|c| *c == what).map_or(chars.len(), |n| from + n)
}

fn end_of_block(chars: &[char], from: usize) -> usize {
    let (mut depth, mut i) = (0, from);
    while i < chars.len() {
        match (chars[i], chars.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) if depth == 1 => return i + 2,
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
    }
    i
}

/// A character literal ends at its second quote; a lifetime has none.
fn end_of_quote(chars: &[char], from: usize) -> usize {
    match (chars.get(from + 1), chars.get(from + 2)) {
        (Some('\\'), _) => position(chars, from + 3, '\'') + 1,
        (Some(_), Some('\'')) => from + 3,
        _ => from + 1,
    }
    .min(chars.len())
}

fn quoted(chars: &[char], i: &mut usize) -> Kind {
    let mut text = String::new();
    *i += 1;
    while *i < chars.len() && chars[*i] != '"' {
        if chars[*i] == '\\' {
            *i += 1;
            match chars.get(*i) {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                // A line that goes on without the white space of the next.
                Some('\n') => {
                    while chars.get(*i + 1).is_some_and(|c| c.is_whitespace()) {
                        *i += 1;
                    }
                }
                other => text.extend(other),
            }
        } else {
            text.push(chars[*i]);
        }
        *i += 1;
    }
    *i = (*i + 1).min(chars.len());
    Kind::Text(text)
}

fn raw(chars: &[char], i: &mut usize) -> Kind {
    let hashes = chars[*i + 1..].iter().take_while(|c| **c == '#').count();
    let begin = *i + 2 + hashes;
    if chars.get(begin - 1) != Some(&'"') {
        // A raw name such as r#type.
        *i += 2;
        return Kind::Mark('#');
    }
    let mut end = begin;
    while end < chars.len()
        && !(chars[end] == '"' && chars[end + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes)
    {
        end += 1;
    }
    *i = (end + 1 + hashes).min(chars.len());
    Kind::Text(chars[begin..end].iter().collect())
}

/// The tokens without modules and functions under `#[cfg(test)]`.
pub fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let is_test = ["cfg", "test"];
        let marked = tokens[i].is('#')
            && tokens.get(i + 1).is_some_and(|t| t.is('['))
            && tokens.get(i + 2).is_some_and(|t| t.is_word(is_test[0]))
            && tokens.get(i + 4).is_some_and(|t| t.is_word(is_test[1]))
            && tokens.get(i + 5).is_some_and(|t| t.is(')'));
        i = if marked { end_of_item(tokens, i + 7) } else { i + 1 };
        if !marked {
            out.push(tokens[i - 1].clone());
        }
    }
    out
}

/// The first token after an item: after its `;`, or after the brace that closes it.
fn end_of_item(tokens: &[Token], from: usize) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(from) {
        match token.kind {
            Kind::Mark('{') => depth += 1,
            Kind::Mark('}') if depth <= 1 => return i + 1,
            Kind::Mark('}') => depth -= 1,
            Kind::Mark(';') if depth == 0 => return i + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// All paths that begin with `crate`, `self`, `super` or this library's name, made absolute for a file whose module is
/// `module`; use-trees are spread out. Each with its line.
pub fn own_paths(tokens: &[Token], module: &[&str]) -> Vec<(usize, Vec<String>)> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let starts = ["crate", "self", "super", "zegel"].iter().any(|w| tokens[i].is_word(w));
        let inside = i >= 2 && tokens[i - 1].is(':') && tokens[i - 2].is(':');
        if starts && !inside && follows(tokens, i + 1) {
            let mut base: Vec<String> = Vec::new();
            if tokens[i].is_word("self") || tokens[i].is_word("super") {
                base.extend(module.iter().map(|s| (*s).to_owned()));
            }
            if tokens[i].is_word("super") {
                base.pop();
            }
            i = tree(tokens, i + 3, base, &mut out);
        } else {
            i += 1;
        }
    }
    out
}

fn follows(tokens: &[Token], i: usize) -> bool {
    tokens.get(i).is_some_and(|t| t.is(':')) && tokens.get(i + 1).is_some_and(|t| t.is(':'))
}

/// Reads a use-tree or path at `i` that hangs on `base`; the position after it.
fn tree(tokens: &[Token], mut i: usize, mut base: Vec<String>, out: &mut Vec<(usize, Vec<String>)>) -> usize {
    loop {
        let Some(token) = tokens.get(i) else { return i };
        if token.is('{') {
            i += 1;
            while let Some(token) = tokens.get(i).filter(|t| !t.is('}')) {
                i = if token.is(',') { i + 1 } else { tree(tokens, i, base.clone(), out).max(i + 1) };
            }
            return i + 1;
        }
        let Some(word) = token.word() else {
            // A star, or the `<` of type arguments.
            out.push((token.line, base));
            return i + 1;
        };
        match word {
            "super" => drop(base.pop()),
            "self" => {}
            word => base.push(word.to_owned()),
        }
        if follows(tokens, i + 1) {
            i += 3;
        } else {
            out.push((token.line, base));
            return i + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(source: &str, module: &[&str]) -> Vec<String> {
        own_paths(&tokens(source), module).into_iter().map(|(_, p)| p.join("::")).collect()
    }

    #[test]
    fn strings_comments_and_names_are_told_apart() {
        let read = tokens("fn a<'x>() { /* crate::b */ let c = '\"'; s(\"d \\\n   e\", r#\"f \"g\"\"#) } // crate::h");
        let texts: Vec<_> = read.iter().filter_map(Token::text).collect();
        assert_eq!(texts, ["d e", "f \"g\""]);
        assert!(!read.iter().any(|t| t.is_word("b") || t.is_word("h")));
    }

    #[test]
    fn paths_are_made_absolute_and_trees_spread_out() {
        assert_eq!(paths("use crate::{a::b, c::{self, d}};", &["idp"]), ["a::b", "c", "c::d"]);
        assert_eq!(paths("use super::super::crm::x;", &["idp", "people"]), ["crm::x"]);
        assert_eq!(paths("fn f() { self::g::<u8>(crate::h()); }", &["idp"]), ["idp::g", "h"]);
        assert_eq!(paths("use crate::kernel::*;", &["idp"]), ["kernel"]);
    }

    #[test]
    fn tests_are_left_out() {
        let left = without_tests(&tokens("fn a() {} #[cfg(test)] mod t { fn b() { c } } fn d() {} #[cfg(test)] mod e;"));
        let words: Vec<_> = left.iter().filter_map(Token::word).collect();
        assert_eq!(words, ["fn", "a", "fn", "d"]);
    }
}
