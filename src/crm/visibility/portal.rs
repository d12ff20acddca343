//! A portal as written and stored: who its people are, what they see, and what their first page shows. Pure.

use serde::{Deserialize, Serialize};

use super::model::{Tree, VisibilityRule};
use crate::contract::{Assurance, FieldKey};
use crate::crm::modules::model::{Labels, Module};

/// Most sections of a portal's first page.
pub const MAX_SECTIONS: usize = 12;
/// Most rows of a section.
pub const MAX_ROWS: usize = 20;
/// Rows of a section that doesn't say how many.
const ROWS: usize = 5;

/// A portal. Its people are records of the primary module, each bound by an invitation that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    /// Its name in bindings and addresses.
    pub key: FieldKey,
    /// Shown.
    pub labels: Labels,
    /// The module whose records its people are.
    pub module: FieldKey,
    /// Each is an arm.
    pub rules: Vec<VisibilityRule>,
    /// The first page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub home: Vec<Section>,
    /// Whether it offers to sign in more strongly where nothing is found.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub step_up: bool,
    /// Its colour, `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent: Option<String>,
    /// Its picture: a path on this server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
}

/// A part of a portal's first page: a short list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Shown above it.
    pub labels: Labels,
    /// Of which module.
    pub module: FieldKey,
    /// Which of the records that the person sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Tree>,
    /// By what, as addresses say it: `due`, `-updated_at`.
    #[serde(default = "latest")]
    pub sort: String,
    /// Rows, 1 to 20.
    #[serde(default = "rows")]
    pub limit: usize,
}

fn latest() -> String {
    "-updated_at".to_owned()
}
const fn rows() -> usize {
    ROWS
}

impl Section {
    /// Whether it is sorted by something that the module has.
    pub fn is_sortable(&self, module: &Module) -> bool {
        let name = self.sort.strip_prefix('-').unwrap_or(&self.sort);
        matches!(name, "created_at" | "updated_at") || FieldKey::try_from(name).is_ok_and(|k| module.field(&k).is_some())
    }
}

impl Portal {
    /// The weakest sign-in above `acr` that some rule asks for, where the portal offers it; nothing where none would show more.
    pub fn stronger_than(&self, acr: Assurance) -> Option<Assurance> {
        let all = self.rules.iter().filter(|_| self.step_up).flat_map(|r| r.tree.strengths());
        all.filter(|least| *least > acr).min()
    }

    /// What is wrong with its looks, if anything.
    pub fn looks_wrong(&self) -> Option<&'static str> {
        let colour = |c: &str| c.strip_prefix('#').is_some_and(|h| h.len() == 6 && h.bytes().all(|b| b.is_ascii_hexdigit()));
        let path =
            |p: &str| p.starts_with('/') && !p.starts_with("//") && p.len() <= 200 && p.bytes().all(|b| b.is_ascii_graphic());
        if self.accent.as_deref().is_some_and(|a| !colour(a)) {
            return Some("accent: a colour is written #rrggbb");
        }
        if self.logo.as_deref().is_some_and(|l| !path(l)) {
            return Some("logo: a path on this server, beginning with /");
        }
        let rows = self.home.iter().all(|s| (1..=MAX_ROWS).contains(&s.limit));
        if self.home.len() > MAX_SECTIONS || !rows {
            return Some("home: at most 12 sections, of 1 to 20 rows");
        }
        None
    }
}
