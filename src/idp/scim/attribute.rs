//! What an attribute is (RFC 7643, section 2), and how one is written down. Does not own which there are (`schema`). Pure.

use serde_json::{Value, json};

/// What kind of value an attribute has.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A text.
    Text,
    /// True or false.
    Boolean,
    /// A moment (RFC 3339).
    Moment,
    /// An address, of these kinds of resources.
    Reference(&'static [&'static str]),
    /// Attributes of its own.
    Complex(&'static [Attribute]),
}

/// Who sets an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutability {
    /// Clients.
    ReadWrite,
    /// This server.
    ReadOnly,
    /// Clients, once.
    Immutable,
}

/// An attribute (RFC 7643, section 2.2).
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// Its name; of an extension, its schema.
    pub name: &'static str,
    /// What it says, for the discovery document.
    pub about: &'static str,
    /// What kind of value.
    pub kind: Kind,
    /// Whether it has several.
    pub many: bool,
    /// Whether a resource must have it.
    pub required: bool,
    /// Whether large and small letters differ.
    pub exact: bool,
    /// Who sets it.
    pub mutability: Mutability,
    /// Whether it is in every answer, whatever was asked for.
    pub always: bool,
    /// Whether no two resources have the same.
    pub unique: bool,
    /// Values that are usual.
    pub values: &'static [&'static str],
}

impl Attribute {
    const fn new(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self {
            name,
            about,
            kind,
            many: false,
            required: false,
            exact: false,
            mutability: Mutability::ReadWrite,
            always: false,
            unique: false,
            values: &[],
        }
    }
    pub(super) const fn many(self) -> Self {
        Self { many: true, ..self }
    }
    pub(super) const fn required(self) -> Self {
        Self { required: true, ..self }
    }
    pub(super) const fn exact(self) -> Self {
        Self { exact: true, ..self }
    }
    pub(super) const fn set_here(self) -> Self {
        Self { mutability: Mutability::ReadOnly, ..self }
    }
    pub(super) const fn once(self) -> Self {
        Self { mutability: Mutability::Immutable, ..self }
    }
    pub(super) const fn always(self) -> Self {
        Self { always: true, ..self }
    }
    pub(super) const fn unique(self) -> Self {
        Self { unique: true, ..self }
    }
    pub(super) const fn usual(self, values: &'static [&'static str]) -> Self {
        Self { values, ..self }
    }

    /// The attributes that it has itself.
    pub fn parts(&self) -> &'static [Self] {
        match self.kind {
            Kind::Complex(parts) => parts,
            _ => &[],
        }
    }
    /// The one of this name; letters don't differ in names.
    pub fn part(&self, name: &str) -> Option<&'static Self> {
        self.parts().iter().find(|a| a.name.eq_ignore_ascii_case(name))
    }
    /// Whether clients can't set it.
    pub fn is_set_here(&self) -> bool {
        self.mutability == Mutability::ReadOnly
    }

    /// What discovery says of it.
    pub(super) fn document(&self) -> Value {
        let kind = match self.kind {
            Kind::Text => "string",
            Kind::Boolean => "boolean",
            Kind::Moment => "dateTime",
            Kind::Reference(_) => "reference",
            Kind::Complex(_) => "complex",
        };
        let mutability = match self.mutability {
            Mutability::ReadWrite => "readWrite",
            Mutability::ReadOnly => "readOnly",
            Mutability::Immutable => "immutable",
        };
        let mut out = json!({
            "name": self.name, "type": kind, "multiValued": self.many, "description": self.about, "required": self.required,
            "caseExact": self.exact, "mutability": mutability, "returned": if self.always { "always" } else { "default" },
            "uniqueness": if self.unique { "server" } else { "none" },
        });
        let mut put = |name: &str, value: Value| {
            if let Some(object) = out.as_object_mut() {
                object.insert(name.to_owned(), value);
            }
        };
        if !self.values.is_empty() {
            put("canonicalValues", json!(self.values));
        }
        match self.kind {
            Kind::Reference(to) => put("referenceTypes", json!(to)),
            Kind::Complex(parts) => put("subAttributes", parts.iter().map(Self::document).collect()),
            _ => {}
        }
        out
    }
}

pub(super) const fn text(name: &'static str, about: &'static str) -> Attribute {
    Attribute::new(name, Kind::Text, about)
}
pub(super) const fn yes_no(name: &'static str, about: &'static str) -> Attribute {
    Attribute::new(name, Kind::Boolean, about)
}
pub(super) const fn moment(name: &'static str, about: &'static str) -> Attribute {
    Attribute::new(name, Kind::Moment, about)
}
pub(super) const fn address(name: &'static str, to: &'static [&'static str], about: &'static str) -> Attribute {
    Attribute::new(name, Kind::Reference(to), about).exact()
}
pub(super) const fn parts(name: &'static str, parts: &'static [Attribute], about: &'static str) -> Attribute {
    Attribute::new(name, Kind::Complex(parts), about)
}
