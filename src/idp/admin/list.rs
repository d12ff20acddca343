//! Lists in pages. Where one goes on is a cursor that only the same reader of the same list can use.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::flow::AdminError;
use super::model::{Asked, Listed};
use crate::idp::Idp;
use crate::kernel::cursor;

/// A list as it is asked for.
pub struct List<'a, P> {
    idp: &'a Idp,
    asked: &'a Asked,
    place: P,
}

impl<'a, P: Serialize> List<'a, P> {
    /// `place`: which list it is, whose, and what narrows it.
    pub const fn new(idp: &'a Idp, asked: &'a Asked, place: P) -> Self {
        Self { idp, asked, place }
    }

    /// The row that the page follows, as [`List::page`] named it; none for the first page.
    pub fn after<T: DeserializeOwned>(&self) -> Result<Option<T>, AdminError> {
        Ok(self.asked.cursor.as_deref().map(|c| cursor::open(&self.idp.env, &self.place, c)).transpose()?)
    }

    /// Rows to read: one more than a page has, which says that it goes on.
    pub fn limit(&self) -> i64 {
        self.asked.limit() + 1
    }

    /// The page of the rows that were read. `named`: by what the next one finds its place.
    pub fn page<T, N: Serialize>(&self, mut items: Vec<T>, named: impl Fn(&T) -> N) -> Result<Listed<T>, AdminError> {
        let mut next = None;
        if items.len() as i64 == self.limit() {
            items.pop();
            next = items.last().map(|at| cursor::seal(&self.idp.env, &self.place, &named(at))).transpose()?;
        }
        Ok(Listed { items, next })
    }
}
