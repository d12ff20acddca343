//! Choosing a record or a person: from a list where there are few, by title or name where there are many.

use super::frame::PageError;
use crate::contract::FieldKey;
use crate::crm::modules::fold::fold;
use crate::crm::modules::model::{Field, FieldKind};
use crate::crm::records::list::{ListQuery, MAX_PAGE, SortBy};
use crate::crm::records::reader::Reader;
use crate::crm::records::seen::Seen;
use crate::crm::replica::people::{self, Colleague, OFFERED};
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

/// The records that a lookup can lead to, or the people that can be named; nothing for other kinds, and where they are too
/// many to choose from.
pub async fn choices(reader: &mut Reader<'_>, field: &Field, current: Option<&str>) -> Result<Option<Vec<Choice>>, PageError> {
    let module = match &field.kind {
        FieldKind::Lookup { module } => module,
        FieldKind::Person => return persons(reader, current).await,
        _ => return Ok(None),
    };
    let page = reader.list(&by_title(module, None, MAX_PAGE), None).await?;
    if page.next.is_some() {
        return Ok(None);
    }
    Ok(Some(page.records.iter().filter_map(|s| choice(s, current)).collect()))
}

/// Those who can be named: who works here; for who doesn't, himself alone. Whoever is named already stays among them.
async fn persons(reader: &mut Reader<'_>, current: Option<&str>) -> Result<Option<Vec<Choice>>, PageError> {
    let mut found = nameable(reader).await?;
    if found.len() > OFFERED {
        return Ok(None);
    }
    if let Some(sub) = current.filter(|sub| !sub.is_empty() && found.iter().all(|c| c.sub != *sub)) {
        let mut name = people::names(&mut reader.tx, [sub.to_owned()].into()).await?;
        found.extend(name.remove(sub).map(|name| Colleague { sub: sub.to_owned(), name }));
    }
    Ok(Some(found.into_iter().map(|c| named(c, current)).collect()))
}

async fn nameable(reader: &mut Reader<'_>) -> Result<Vec<Colleague>, PageError> {
    let viewer = &reader.access.viewer;
    if viewer.staff {
        return Ok(people::colleagues(&mut reader.tx).await?);
    }
    let own = people::names(&mut reader.tx, [viewer.sub.clone()].into()).await?;
    Ok(own.into_iter().map(|(sub, name)| Colleague { sub, name }).collect())
}

fn named(who: Colleague, current: Option<&str>) -> Choice {
    Choice { current: current == Some(who.sub.as_str()), value: who.sub, label: who.name }
}

/// What a lookup's record or a person is called, as far as the viewer sees it.
pub async fn called(reader: &mut Reader<'_>, field: &Field, id: &str) -> Result<Option<String>, PageError> {
    Ok(match &field.kind {
        FieldKind::Lookup { module } => reader.get(module, id).await?.and_then(|s| s.title().map(str::to_owned)),
        FieldKind::Person => people::names(&mut reader.tx, [id.to_owned()].into()).await?.remove(id),
        _ => None,
    })
}

/// The record of this title, or the person of this name: the only one that has it, or else the only one that contains it.
pub async fn typed(reader: &mut Reader<'_>, field: &Field, title: &str) -> Result<Typed, PageError> {
    let module = match &field.kind {
        FieldKind::Lookup { module } => module,
        FieldKind::Person => return typed_person(reader, title).await,
        _ => return Ok(Typed::None),
    };
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

async fn typed_person(reader: &mut Reader<'_>, name: &str) -> Result<Typed, PageError> {
    let wanted = fold(name.trim());
    let mut found: Vec<_> = nameable(reader).await?.into_iter().filter(|c| fold(&c.name).contains(&wanted)).collect();
    let mut same = found.iter().filter(|c| fold(&c.name) == wanted);
    Ok(match (same.next(), same.next(), found.as_slice()) {
        (Some(one), None, _) | (None, _, [one]) => Typed::One(one.sub.clone()),
        (_, _, []) => Typed::None,
        _ => {
            found.truncate(HITS);
            Typed::Several(found.into_iter().map(|c| named(c, None)).collect())
        }
    })
}
