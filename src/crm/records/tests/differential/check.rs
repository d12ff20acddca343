//! One person against all records: the compiler's answers beside the plain evaluator's.

use std::collections::BTreeSet;

use super::super::World;
use super::dice::{Dice, Garden};
use crate::contract::FieldKey;
use crate::crm::modules::fold::fold;
use crate::crm::modules::model::Module;
use crate::crm::modules::value::{Fields, Value};
use crate::crm::records::list::{self, Count, Cursors, ListQuery, SortBy};
use crate::crm::records::model::{ReadError, State};
use crate::crm::records::seen::Seen;
use crate::crm::records::store;
use crate::crm::visibility::model::{Right, Tree};
use crate::crm::visibility::oracle::{Given, Plain};
use crate::crm::visibility::sight::Access;
use crate::kernel::db::Tx;

/// A difference, in words.
pub type Difference = String;

/// What is asked of the compiler, for one person.
pub struct Asked<'a> {
    pub w: &'a World,
    pub plain: &'a Plain,
    pub access: &'a Access,
}

impl Asked<'_> {
    /// Asks for every record of every module, with and without a filter and an order; how many pairs that were.
    pub async fn all(&self, dice: &mut Dice) -> Result<usize, Difference> {
        let mut snapshot = self.w.records.db.snapshot().await.unwrap();
        for module in &self.plain.modules {
            let mut tx = snapshot.tx();
            let whole = ListQuery { limit: list::MAX_PAGE, ..ListQuery::of(module.key.clone()) };
            self.list(&mut tx, module, &whole).await?;
            for _ in 0..2 {
                let query = self.wish(dice, module);
                self.list(&mut tx, module, &query).await?;
            }
            let records: Vec<_> = self.plain.records.values().filter(|r| r.module == module.key).collect();
            for _ in 0..4 {
                self.judged(&mut tx, dice.of::<&State>(&records)).await?;
            }
        }
        Ok(self.plain.records.len())
    }

    /// A filter and an order that the person may or may not be able to ask for.
    fn wish(&self, dice: &mut Dice, module: &Module) -> ListQuery {
        let garden = Garden { modules: &self.plain.modules, module: &module.key, rule: None };
        let filter = (!dice.rare(4)).then(|| garden.tree(dice, 2));
        let field = dice.of(&module.fields);
        let sort = match dice.roll(3) {
            0 => SortBy::Title,
            _ if field.kind.is_sortable() => SortBy::Field(field.key.clone()),
            _ => SortBy::Updated,
        };
        ListQuery { filter, sort, descending: dice.rare(2), limit: list::MAX_PAGE, ..ListQuery::of(module.key.clone()) }
    }

    async fn list(&self, tx: &mut Tx<'_>, module: &Module, query: &ListQuery) -> Result<(), Difference> {
        let records = &self.w.records;
        let cursors = Cursors { root: &records.root, entropy: &*records.entropy };
        let page = list::page(tx, self.access, query, None, &records.cx, &cursors).await;
        let shows_any = self.plain.enters(&module.key);
        let refused = query.filter.as_ref().and_then(|t| self.plain.refuses(t, &module.key)).or_else(|| match &query.sort {
            SortBy::Field(k) => self.plain.hides(&module.key, k),
            _ => None,
        });
        let page = match (page, refused.filter(|_| shows_any)) {
            (Err(ReadError::Filter(e)), Some(code)) if ReadError::Filter(e.clone()).code() == code => return Ok(()),
            (Ok(page), None) => page,
            (got, want) => return Err(format!("asked for {query:?}: {:?}, not {want:?}", got.err())),
        };
        let want = self.wanted(module, query.filter.as_ref());
        let got: Vec<String> = page.records.iter().map(|r| r.id().to_owned()).collect();
        let ids: BTreeSet<_> = want.iter().map(|(s, ..)| s.id.clone()).collect();
        if got.iter().cloned().collect::<BTreeSet<_>>() != ids {
            return Err(format!("{query:?}: lists {got:?}, not {ids:?}"));
        }
        if query.sort != SortBy::Updated && got != sorted(&want, module, query) {
            return Err(format!("{query:?}: in the order {got:?}"));
        }
        for seen in &page.records {
            let (_, shown, given) = want.iter().find(|(s, ..)| s.id == seen.id()).unwrap();
            same(seen, shown, given).map_err(|e| format!("{}: {e}", seen.id()))?;
        }
        let count = list::count(tx, self.access, query, &records.cx).await.unwrap();
        let n = i64::try_from(want.len()).unwrap();
        if count == Count::Exactly(n) { Ok(()) } else { Err(format!("{query:?}: counts {count:?}, not {n}")) }
    }

    fn wanted(&self, module: &Module, filter: Option<&Tree>) -> Vec<(&State, Fields, Given)> {
        let of_module = self.plain.records.values().filter(|r| r.module == module.key);
        let seen = of_module.filter_map(|r| Some((r, self.plain.sees(r)?)));
        let kept = seen.filter(|(r, _)| filter.is_none_or(|f| self.plain.keeps(f, r)));
        kept.map(|(r, given)| (r, self.plain.shown(r, &given), given)).collect()
    }

    /// A state that isn't stored is judged as the stored one is.
    async fn judged(&self, tx: &mut Tx<'_>, state: &State) -> Result<(), Difference> {
        let sight = self.access.sight(&state.module).unwrap();
        let (seen, matched) = store::judge(tx, &sight, state).await.unwrap();
        let given = self.plain.given(state);
        let want = self.plain.sees(state).is_some();
        let module = self.plain.module(&state.module);
        let reads = module.fields.iter().all(|f| matched.reads(&f.key) == given.reads.contains(&f.key));
        if seen == want && reads { Ok(()) } else { Err(format!("{}: judged {seen}, not {want}; fields {reads}", state.id)) }
    }
}

/// The values, fields, rights that a record is shown with.
fn same(seen: &Seen, shown: &Fields, given: &Given) -> Result<(), Difference> {
    let values: Fields = seen.fields().filter_map(|(f, v)| v.map(|v| (f.key.clone(), v.clone()))).collect();
    if values != *shown {
        return Err(format!("shows {values:?}, not {shown:?}"));
    }
    let reads: BTreeSet<FieldKey> = seen.fields().map(|(f, _)| f.key.clone()).collect();
    let writes = seen.module().fields.iter().map(|f| &f.key).filter(|k| seen.writable(k)).cloned().collect();
    let masked = seen.masked_fields().map(|f| f.key.clone()).collect();
    let all = [Right::See, Right::Change, Right::Delete, Right::History, Right::Create, Right::Attach];
    let rights = all.into_iter().filter(|r| seen.may(*r)).collect();
    let got = Given { rights, reads, writes, masked };
    if got == *given { Ok(()) } else { Err(format!("gives {got:?}, not {given:?}")) }
}

/// The ids in the order of what is shown: absent values last, equal ones by id.
fn sorted(want: &[(&State, Fields, Given)], module: &Module, query: &ListQuery) -> Vec<String> {
    let field = match &query.sort {
        SortBy::Field(k) => k.clone(),
        _ => module.title.clone(),
    };
    let folded = matches!(
        crate::crm::visibility::predicate::Column::of(module.field(&field).unwrap()),
        crate::crm::visibility::predicate::Column::Folded(_)
    );
    let mut rows: Vec<(Option<(i64, String)>, String)> = want
        .iter()
        .map(|(s, shown, _)| {
            let place = shown.get(&field).map(|v| match v {
                Value::Int(n) => (*n, String::new()),
                Value::Bool(b) => (i64::from(*b), String::new()),
                Value::Text(t) if folded => (0, fold(t)),
                Value::Text(t) => (0, t.clone()),
                Value::Many(_) | Value::File(_) => (0, String::new()),
            });
            (place, s.id.clone())
        })
        .collect();
    rows.sort_by(|(a, i), (b, j)| match (a, b) {
        (Some(a), Some(b)) if query.descending => (b, j).cmp(&(a, i)),
        (Some(a), Some(b)) => (a, i).cmp(&(b, j)),
        (None, None) if query.descending => j.cmp(i),
        (None, None) => i.cmp(j),
        (a, b) => a.is_none().cmp(&b.is_none()),
    });
    rows.into_iter().map(|(_, id)| id).collect()
}
