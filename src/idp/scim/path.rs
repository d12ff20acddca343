//! Paths and filters as text (RFC 7644, figures 1 and 7). Owns reading them against a schema; what they mean for a
//! resource is `filter` and `patch`. Pure.

use super::attribute::{Attribute, Kind};
use super::error::ScimError;
use super::schema::ResourceType;

/// Characters of a filter or path at most.
const LENGTH: usize = 4000;
/// Parentheses and `not` inside of each other at most.
const DEPTH: usize = 20;

/// The way to a value.
#[derive(Clone, Debug)]
pub struct Path {
    /// From the outermost attribute inwards; never empty.
    pub steps: Vec<Step>,
}

/// An attribute on the way, and which of its values.
#[derive(Clone, Debug)]
pub struct Step {
    /// The attribute.
    pub attribute: &'static Attribute,
    /// Only values that match.
    pub only: Option<Box<Filter>>,
}

/// What must be true of a resource.
#[derive(Clone, Debug)]
pub enum Filter {
    /// Both.
    And(Box<Filter>, Box<Filter>),
    /// One of them.
    Or(Box<Filter>, Box<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// There is a value.
    Present(Path),
    /// A value compares like this.
    Compare(Path, Op, Literal),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater than.
    Gt,
    /// Greater than or equal to.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal to.
    Le,
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// A text.
    Text(String),
    /// True or false.
    Boolean(bool),
    /// A number; no attribute here has one.
    Number,
    /// Nothing.
    Null,
}

impl Path {
    /// Reads a path such as `name.givenName`, `emails[type eq "work"].value` or one with its schema before it.
    pub fn parse(kind: &'static ResourceType, text: &str) -> Result<Self, ScimError> {
        let mut reader = Reader::new(kind, text).map_err(ScimError::Path)?;
        let path = reader.path().map_err(ScimError::Path)?;
        if reader.rest().is_empty() { Ok(path) } else { Err(ScimError::Path(format!("{text:?} goes on after a path"))) }
    }
    /// The outermost attribute.
    pub fn top(&self) -> Option<&'static Attribute> {
        self.steps.first().map(|s| s.attribute)
    }
    /// The innermost attribute.
    pub fn last(&self) -> Option<&'static Attribute> {
        self.steps.last().map(|s| s.attribute)
    }
    /// The names on the way.
    pub fn names(&self) -> Vec<&'static str> {
        self.steps.iter().map(|s| s.attribute.name).collect()
    }
}

impl Filter {
    /// Reads a filter.
    pub fn parse(kind: &'static ResourceType, text: &str) -> Result<Self, ScimError> {
        let mut reader = Reader::new(kind, text).map_err(ScimError::Filter)?;
        let filter = reader.or(0).map_err(ScimError::Filter)?;
        if reader.rest().is_empty() { Ok(filter) } else { Err(ScimError::Filter(format!("{:?} is left over", reader.rest()))) }
    }
}

type Read<T> = Result<T, String>;

/// Reads from the front of a text.
struct Reader<'a> {
    kind: &'static ResourceType,
    /// Inside of brackets, the attribute before them: names are of its parts.
    within: Option<&'static Attribute>,
    text: &'a str,
}

impl<'a> Reader<'a> {
    fn new(kind: &'static ResourceType, text: &'a str) -> Read<Self> {
        if text.len() > LENGTH { Err(format!("longer than {LENGTH} characters")) } else { Ok(Self { kind, within: None, text }) }
    }

    fn rest(&self) -> &'a str {
        self.text.trim_start()
    }

    /// Takes a word of the language off the front: `and`, `eq`; it ends where a letter or digit does not follow.
    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest();
        let (Some(front), Some(after)) = (rest.get(..word.len()), rest.get(word.len()..)) else { return false };
        let ends = !after.starts_with(|c: char| c.is_ascii_alphanumeric() || "_-.:$".contains(c));
        if front.eq_ignore_ascii_case(word) && ends {
            self.text = after;
            true
        } else {
            false
        }
    }

    fn sign(&mut self, sign: char) -> bool {
        match self.rest().strip_prefix(sign) {
            Some(after) => {
                self.text = after;
                true
            }
            None => false,
        }
    }

    fn or(&mut self, depth: usize) -> Read<Filter> {
        let mut left = self.and(depth)?;
        while self.word("or") {
            left = Filter::Or(Box::new(left), Box::new(self.and(depth)?));
        }
        Ok(left)
    }

    fn and(&mut self, depth: usize) -> Read<Filter> {
        let mut left = self.single(depth)?;
        while self.word("and") {
            left = Filter::And(Box::new(left), Box::new(self.single(depth)?));
        }
        Ok(left)
    }

    fn single(&mut self, depth: usize) -> Read<Filter> {
        if depth > DEPTH {
            return Err("too many parentheses inside of each other".into());
        }
        if self.word("not") {
            return Ok(Filter::Not(Box::new(self.single(depth + 1)?)));
        }
        if self.sign('(') {
            let inner = self.or(depth + 1)?;
            return if self.sign(')') { Ok(inner) } else { Err("a parenthesis is not closed".into()) };
        }
        let path = self.path()?;
        if self.word("pr") {
            return Ok(Filter::Present(path));
        }
        const OPS: [(&str, Op); 9] = [
            ("eq", Op::Eq),
            ("ne", Op::Ne),
            ("co", Op::Co),
            ("sw", Op::Sw),
            ("ew", Op::Ew),
            ("gt", Op::Gt),
            ("ge", Op::Ge),
            ("lt", Op::Lt),
            ("le", Op::Le),
        ];
        match OPS.iter().find(|(word, _)| self.word(word)) {
            Some((_, op)) => {
                let literal = self.literal()?;
                compared(path, *op, literal)
            }
            // `emails[type eq "work"]` alone asks whether there is one.
            None if path.steps.last().is_some_and(|s| s.only.is_some()) => Ok(Filter::Present(path)),
            None => Err(format!("a comparison is expected before {:?}", self.rest())),
        }
    }

    fn path(&mut self) -> Read<Path> {
        let mut steps = Vec::new();
        let mut parent = self.within;
        let name = self.name()?;
        // A schema may stand before the attribute; the one of an extension is an attribute itself.
        let mut names = self.without_schema(name, &mut steps, &mut parent)?;
        loop {
            if let Some(name) = names.take() {
                for name in name.split('.') {
                    let found = match parent {
                        Some(parent) => parent.part(name),
                        None => self.kind.find(name),
                    };
                    let attribute = found.ok_or_else(|| format!("there is no attribute {name:?}"))?;
                    steps.push(Step { attribute, only: None });
                    parent = Some(attribute);
                }
            }
            if let Some(last) = steps.last_mut()
                && last.only.is_none()
                && self.text.starts_with('[')
            {
                last.only = Some(Box::new(self.brackets(last.attribute)?));
                if let Some(after) = self.text.strip_prefix('.') {
                    self.text = after;
                    names = Some(self.name()?);
                    continue;
                }
            }
            return Ok(Path { steps });
        }
    }

    fn brackets(&mut self, attribute: &'static Attribute) -> Read<Filter> {
        if self.within.is_some() || !attribute.many || attribute.parts().is_empty() {
            return Err(format!("{} can't have brackets", attribute.name));
        }
        self.sign('[');
        self.within = Some(attribute);
        let filter = self.or(0)?;
        self.within = None;
        if self.sign(']') { Ok(filter) } else { Err("a bracket is not closed".into()) }
    }

    fn name(&mut self) -> Read<&'a str> {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_-.:$".contains(c))).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$') || name.ends_with('.') {
            return Err(format!("an attribute is expected at {rest:?}"));
        }
        self.text = after;
        Ok(name)
    }

    /// Takes a schema off the front of a name; what is left of it.
    fn without_schema(
        &self,
        name: &'a str,
        steps: &mut Vec<Step>,
        parent: &mut Option<&'static Attribute>,
    ) -> Read<Option<&'a str>> {
        if !name.get(..4).is_some_and(|urn| urn.eq_ignore_ascii_case("urn:")) {
            return Ok(Some(name));
        }
        let after = |schema: &str| {
            let front = name.get(..schema.len()).filter(|f| f.eq_ignore_ascii_case(schema))?;
            name.get(front.len()..).and_then(|rest| if rest.is_empty() { Some(None) } else { rest.strip_prefix(':').map(Some) })
        };
        if let Some(Some(rest)) = after(self.kind.schema) {
            return Ok(Some(rest));
        }
        let extension = self.kind.attributes().find(|a| a.name.contains(':') && after(a.name).is_some());
        let extension = extension.ok_or_else(|| format!("there is no attribute {name:?}"))?;
        steps.push(Step { attribute: extension, only: None });
        *parent = Some(extension);
        Ok(after(extension.name).flatten())
    }

    fn literal(&mut self) -> Read<Literal> {
        for (word, literal) in [("true", Literal::Boolean(true)), ("false", Literal::Boolean(false)), ("null", Literal::Null)] {
            if self.word(word) {
                return Ok(literal);
            }
        }
        // The rest is JSON (section 3.4.2.2), so its own reader says where it ends.
        let rest = self.rest();
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<serde_json::Value>();
        let value = values.next();
        self.text = rest.get(values.byte_offset()..).unwrap_or_default();
        match value {
            Some(Ok(serde_json::Value::String(text))) => Ok(Literal::Text(text)),
            Some(Ok(serde_json::Value::Number(_))) => Ok(Literal::Number),
            _ => Err(format!("a value is expected at {rest:?}")),
        }
    }
}

/// A comparison that its attribute knows.
fn compared(mut path: Path, op: Op, literal: Literal) -> Read<Filter> {
    let Some(mut last) = path.last() else { return Err("an attribute is missing".into()) };
    // Several values with parts are compared by the part that counts (RFC 7643, section 2.4).
    if let Some(value) = last.part("value") {
        path.steps.push(Step { attribute: value, only: None });
        last = value;
    }
    let fits = match (last.kind, &literal) {
        (Kind::Complex(_), _) => false,
        (_, Literal::Null) => matches!(op, Op::Eq | Op::Ne),
        (Kind::Boolean, Literal::Boolean(_)) => matches!(op, Op::Eq | Op::Ne),
        // As with values: some write them as texts.
        (Kind::Boolean, Literal::Text(text)) => {
            let read = text.to_ascii_lowercase().parse::<bool>();
            return match read {
                Ok(yes) => compared(path, op, Literal::Boolean(yes)),
                Err(_) => Err(format!("{} is true or false", last.name)),
            };
        }
        (Kind::Moment, Literal::Text(text)) => {
            let order = !matches!(op, Op::Co | Op::Sw | Op::Ew);
            !order || text.parse::<jiff::Timestamp>().is_ok()
        }
        (Kind::Text | Kind::Reference(_), Literal::Text(_)) => true,
        _ => false,
    };
    if !fits {
        return Err(format!("{} can't be compared like that", last.name));
    }
    match (op, literal) {
        (Op::Eq, Literal::Null) => Ok(Filter::Not(Box::new(Filter::Present(path)))),
        (Op::Ne, Literal::Null) => Ok(Filter::Present(path)),
        (op, literal) => Ok(Filter::Compare(path, op, literal)),
    }
}
