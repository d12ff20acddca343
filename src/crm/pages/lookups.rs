//! Choosing a record: from a list where there are few, by its title where there are many.

use super::frame::PageError;
use crate::contract::FieldKey;
use crate::crm::modules::fold::fold;
use crate::crm::modules::model::{Field, FieldKind};
use crate::crm::records::list::{ListQuery, MAX_PAGE, SortBy};
use crate::crm::records::reader::Reader;
use crate::crm::records::seen::Seen;
use crate::kernel::pages::Choice;

/// How many records a title may fit for the person to choose among them.
const HITS: usize = 50;

/// What a typed title led to.
pub enum Typed {
    /// This record.
    One(String),
    /// Several, to choose from.
    Several(Vec<Choice>),
    /// Nothing that he sees.
    None,
}

fn by_title(module: &FieldKey, search: Option<&str>, limit: usize) -> ListQuery {
    let search = search.map(str::to_owned);
    ListQuery { search, sort: SortBy::Title, descending: false, limit, ..ListQuery::of(module.clone()) }
}

fn choice(seen: &Seen, current: Option<&str>) -> Option<Choice> {
    let label = seen.title()?.to_owned();
    Some(Choice { value: seen.id().to_owned(), label, current: current == Some(seen.id()) })
}

/// The records that a lookup can lead to; nothing for other kinds, and where they are too many to choose from.
pub async fn choices(reader: &mut Reader<'_>, field: &Field, current: Option<&str>) -> Result<Option<Vec<Choice>>, PageError> {
    let FieldKind::Lookup { module } = &field.kind else { return Ok(None) };
    let page = reader.list(&by_title(module, None, MAX_PAGE), None).await?;
    if page.next.is_some() {
        return Ok(None);
    }
    Ok(Some(page.records.iter().filter_map(|s| choice(s, current)).collect()))
}

/// The record of this title: the only one that has it, or else the only one that contains it.
pub async fn typed(reader: &mut Reader<'_>, module: &FieldKey, title: &str) -> Result<Typed, PageError> {
    let page = reader.list(&by_title(module, Some(title), HITS), None).await?;
    let wanted = fold(title.trim());
    let same: Vec<&Seen> = page.records.iter().filter(|s| s.title().is_some_and(|t| fold(t) == wanted)).collect();
    Ok(match (same.as_slice(), page.records.as_slice()) {
        ([one], _) => Typed::One(one.id().to_owned()),
        ([], [one]) => Typed::One(one.id().to_owned()),
        (_, []) => Typed::None,
        _ => Typed::Several(page.records.iter().filter_map(|s| choice(s, None)).collect()),
    })
}
