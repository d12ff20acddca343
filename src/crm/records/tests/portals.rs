//! What people see who don't work here, and what it costs.

use serde_json::json;

use super::*;
use crate::contract::Assurance;
use crate::crm::records::list::{Count, ListQuery, SortBy};
use crate::crm::records::query;
use crate::crm::visibility::model::{FieldPath, Operator, Right, Tree, ValueLeaf};
use crate::kernel::db::counted;

/// A customer with quotes, and Patricia, who is a contact there.
struct Customer {
    w: World,
    relation: String,
    patricia: Viewer,
}

impl Customer {
    async fn new(db: Db) -> Self {
        let w = World::new(db).await;
        let relation = w.make(&mila(), "relations", &[("name", "Kowalski"), ("city", "Kraków"), ("remarks", "pays late")]).await;
        let contact = w.make(&mila(), "contacts", &[("name", "Patricia Nowak"), ("relation", &relation)]).await;
        let patricia = external("patricia", "customers", "contacts", &contact);
        Self { w, relation, patricia }
    }

    async fn quote(&self, number: &str, stage: &str) -> String {
        let values = [("number", number), ("relation", self.relation.as_str()), ("stage", stage), ("discount", "20")];
        self.w.make(&mila(), "quotes", &values).await
    }

    async fn titles(&self, module: &str) -> Vec<String> {
        let query = ListQuery { sort: SortBy::Title, descending: false, ..ListQuery::of(key(module)) };
        let page = self.w.records.list(&self.patricia, &query, None).await.unwrap();
        page.records.iter().map(|r| r.title().unwrap().to_owned()).collect()
    }
}

/// Z1, Z6, P13: her quote only once it is approved, by every way; and only with a grant.
#[tokio::test]
async fn a_customer_sees_a_quote_since_it_was_approved_and_no_version_before() {
    on_engines(|db| async move {
        let c = Customer::new(db).await;
        let id = c.quote("Q-312", "negotiating").await;
        let grant = c.w.grant("person:patricia", &c.relation, GrantLevel::Reader).await;
        let quotes = key("quotes");
        let get = || c.w.records.get(&c.patricia, &quotes, &id);
        assert!(get().await.unwrap().is_none() && c.titles("quotes").await.is_empty());
        c.w.edit(&mila(), "quotes", (&id, 1), &[("stage", "approved"), ("text", "the last offer")]).await.unwrap();
        assert_eq!(c.titles("quotes").await, ["Q-312"]);
        let seen = get().await.unwrap().unwrap();
        assert_eq!((seen.may(Right::History), seen.may(Right::Change)), (true, false));
        // Z10: what was refused before it was approved stays unseen.
        let history = c.w.records.history(&c.patricia, &quotes, &id, None).await.unwrap().unwrap().versions;
        assert_eq!(history.iter().map(|v| v.version).collect::<Vec<_>>(), [2]);
        assert!(history[0].changes.iter().all(|ch| ch.from.is_none()));
        c.w.take(&grant).await;
        assert!(get().await.unwrap().is_none() && c.titles("quotes").await.is_empty());
    })
    .await;
}

/// P11, case 32: of the relation she sees name and address, of contacts herself, of other people's relations nothing.
#[tokio::test]
async fn a_customer_sees_her_own_relation_and_herself_and_no_others() {
    on_engines(|db| async move {
        let c = Customer::new(db).await;
        let other = c.w.make(&mila(), "relations", &[("name", "Smit")]).await;
        c.w.make(&mila(), "contacts", &[("name", "Pieter"), ("relation", &c.relation)]).await;
        c.w.make(&mila(), "notes", &[("subject", "Elsewhere"), ("relation", &other)]).await;
        assert_eq!(c.titles("contacts").await, ["Patricia Nowak"]);
        assert!(c.titles("relations").await.is_empty());
        c.w.grant("person:patricia", &c.relation, GrantLevel::Reader).await;
        assert_eq!(c.titles("relations").await, ["Kowalski"]);
        assert!(c.titles("notes").await.is_empty());
        let seen = c.w.records.get(&c.patricia, &key("relations"), &c.relation).await.unwrap().unwrap();
        let fields: Vec<_> = seen.fields().map(|(f, _)| f.key.to_string()).collect();
        assert_eq!(fields, ["name", "street", "postcode", "city", "country", "phone", "email", "website"]);
        let filter = Some(Tree::is(key("remarks"), "pays late"));
        let refused = c.w.records.list(&c.patricia, &ListQuery { filter, ..ListQuery::of(key("relations")) }, None).await;
        assert_eq!(refused.unwrap_err().code(), "filter-no-field");
    })
    .await;
}

/// P11: a participant's grant opens what names her and nothing else.
#[tokio::test]
async fn a_participant_opens_only_what_names_her() {
    on_engines(|db| async move {
        let c = Customer::new(db).await;
        let me = c.patricia.selves[0].record.clone();
        let task = |subject: &'static str, more: Option<(&'static str, String)>| {
            let c = &c;
            async move {
                let mut values = vec![("subject", subject.to_owned()), ("relation", c.relation.clone())];
                values.extend(more);
                let values: Vec<_> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
                c.w.make(&mila(), "activities", &values).await
            }
        };
        task("For anybody", None).await;
        task("For her", Some(("contact", me))).await;
        let grant = c.w.grant("person:patricia", &c.relation, GrantLevel::Participant).await;
        assert_eq!(c.titles("activities").await, ["For her"]);
        assert!(c.titles("relations").await.is_empty());
        c.w.take(&grant).await;
        c.w.grant("person:patricia", &c.relation, GrantLevel::Reader).await;
        assert_eq!(c.titles("activities").await, ["For anybody", "For her"]);
    })
    .await;
}

/// P13
#[tokio::test]
async fn the_first_page_of_a_portal_is_lists_of_what_its_people_see() {
    on_engines(|db| async move {
        let c = Customer::new(db).await;
        c.w.grant("person:patricia", &c.relation, GrantLevel::Reader).await;
        let plan =
            [("subject", "Visit"), ("kind", "appointment"), ("relation", c.relation.as_str()), ("starts_at", "2026-11-23T09:00")];
        c.w.make(&mila(), "activities", &plan).await;
        c.w.make(&mila(), "activities", &[("subject", "Call"), ("kind", "phone_call"), ("relation", &c.relation)]).await;
        c.quote("Q-1", "approved").await;
        let catalogue = c.w.records.catalogue().await.unwrap();
        let portal = catalogue.portal("customers").unwrap();
        let mut found = Vec::new();
        for s in &portal.home {
            let (sort, descending) = query::sort(&s.sort, catalogue.module(&s.module).unwrap()).unwrap();
            let filter = s.filter.clone();
            let query = ListQuery { filter, sort, descending, limit: s.limit, ..ListQuery::of(s.module.clone()) };
            let page = c.w.records.list(&c.patricia, &query, None).await.unwrap();
            found.push(page.records.iter().map(|r| r.title().unwrap().to_owned()).collect::<Vec<_>>());
        }
        assert_eq!(found, [vec!["Visit"], vec!["Call"], vec![], vec!["Q-1"]]);
    })
    .await;
}

/// Someone may be in several portals, and staff in none: each sees by his own rules alone.
#[tokio::test]
async fn one_person_sees_by_all_his_portals_and_staff_by_roles_alone() {
    on_engines(|db| async move {
        let c = Customer::new(db).await;
        c.w.define(
            "portals: [{key: suppliers, labels: {en: S, nl: S, pl: S, tr: S}, module: relations, rules: [
                {module: deliveries, tree: {match: {field: relation, operator: equal, mine: ''}}, rights: [see], fields: {default: read}}]}]",
        )
        .await;
        c.w.make(&mila(), "deliveries", &[("number", "D-1"), ("relation", &c.relation)]).await;
        c.w.make(&mila(), "activities", &[("subject", "Call"), ("relation", &c.relation)]).await;
        c.w.grant("person:patricia", &c.relation, GrantLevel::Participant).await;
        assert!(c.titles("deliveries").await.is_empty());
        let also = external("patricia", "suppliers", "relations", &c.relation).selves;
        let mut both = c.patricia.clone();
        both.selves.extend(also);
        let count = |who: Viewer, module: &'static str| {
            let w = &c.w;
            async move { w.records.count(&who, &ListQuery::of(key(module))).await.unwrap() }
        };
        assert_eq!(count(both.clone(), "deliveries").await, Count::Exactly(1));
        assert_eq!(count(both.clone(), "contacts").await, Count::Exactly(1));
        // Being a contact somewhere gives a colleague nothing, and an external's roles give him nothing.
        let staff = Viewer { staff: true, ..both };
        assert_eq!(count(staff, "deliveries").await, Count::Exactly(0));
        let with_role = Viewer { roles: vec!["administrator".into()], ..c.patricia.clone() };
        assert_eq!(count(with_role, "deliveries").await, Count::Exactly(0));
        // Bound to a record of another module than the portal's: nobody.
        assert_eq!(count(external("patricia", "customers", "relations", &c.relation), "contacts").await, Count::Exactly(0));
    })
    .await;
}

/// Z5: what an external writes neither hides a record from him nor opens more of it, unless the rule says so.
#[tokio::test]
async fn an_external_moves_a_record_neither_out_of_view_nor_into_more_of_it() {
    on_engines(|db| async move {
        let c = Customer::new(db).await;
        let portal = |may_move: bool| {
            format!(
                "portals: [{{key: customers, labels: {{en: C, nl: C, pl: C, tr: C}}, module: contacts, rules: [
                {{module: activities, tree: {{value: {{field: status, operator: any, value: [open, completed]}}}},
                 rights: [see, create, change], fields: {{default: write, named: {{remarks: hidden}}}}, may_move: {may_move}}},
                {{module: activities, tree: {{value: {{field: status, operator: is, value: completed}}}},
                 rights: [see, delete], fields: {{default: read}}}}]}}]"
            )
        };
        c.w.define(&portal(false)).await;
        let id = c.w.make(&c.patricia, "activities", &[("subject", "Mine")]).await;
        let set = |status: &'static str, version| {
            let (c, id) = (&c, &id);
            async move { c.w.edit(&c.patricia, "activities", (id, version), &[("status", status)]).await }
        };
        assert!(matches!(set("cancelled", 1).await, Err(WriteError::Forbidden("change-leaves-view"))));
        assert!(matches!(set("completed", 1).await, Err(WriteError::Forbidden("change-enters-view"))));
        let made = c.w.create(&c.patricia, "activities", &[("subject", "Other"), ("status", "cancelled")]).await;
        assert!(matches!(made, Err(WriteError::Forbidden("create-not-allowed"))), "{made:?}");
        c.w.define(&portal(true)).await;
        assert!(matches!(set("completed", 1).await, Ok(Outcome::Written { version: 2, .. })));
        assert!(matches!(set("cancelled", 2).await, Ok(Outcome::Written { version: 3, .. })));
        assert!(c.w.records.get(&c.patricia, &key("activities"), &id).await.unwrap().is_none());
    })
    .await;
}

/// X8
#[tokio::test]
async fn a_rule_can_ask_for_a_strength_of_sign_in() {
    on_engines(|db| async move {
        let c = Customer::new(db).await;
        c.w.define(
            "portals: [{key: customers, labels: {en: C, nl: C, pl: C, tr: C}, module: contacts, rules: [
                {module: documents, tree: {assurance: {least: passkey}}, rights: [see], fields: {default: read}}]}]",
        )
        .await;
        let id = c.w.make(&mila(), "documents", &[("title", "Result"), ("relation", &c.relation)]).await;
        let by = |acr| {
            let (c, id) = (&c, &id);
            let who = Viewer { acr, ..c.patricia.clone() };
            async move { c.w.records.get(&who, &key("documents"), id).await.unwrap().is_some() }
        };
        assert!(!by(None).await && !by(Some(Assurance::PasswordApp)).await && by(Some(Assurance::Passkey)).await);
    })
    .await;
}

/// O5, case 32
#[tokio::test]
async fn a_masked_field_is_told_of_and_nothing_of_its_value() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let mut preset = Preset::read_whole(CRM).unwrap();
        let relations = preset.modules.iter_mut().find(|m| m.key == key("relations")).unwrap();
        relations.fields.iter_mut().find(|f| f.key == key("registration")).unwrap().masked = true;
        apply(&w.records.db, preset, w.clock.now()).await.unwrap();
        w.define(
            "roles: [{name: clerk, rules: [
                {module: relations, tree: all, rights: [see, create, change], fields: {default: write}, see_masked: true}]}]",
        )
        .await;
        let clerk = person("kim", "clerk");
        let id = w.make(&clerk, "relations", &[("name", "Smit"), ("registration", "30123456")]).await;
        let seen = w.records.get(&clerk, &key("relations"), &id).await.unwrap().unwrap();
        assert!(seen.value(&key("registration")).is_some() && seen.masked_fields().next().is_none());
        let seen = w.records.get(&mila(), &key("relations"), &id).await.unwrap().unwrap();
        assert!(seen.value(&key("registration")).is_none() && !seen.fields_json().contains_key("registration"));
        assert_eq!(seen.masked_fields().map(|f| f.key.as_str()).collect::<Vec<_>>(), ["registration"]);
        let ask = |filter, sort| {
            let query = ListQuery { filter, sort, ..ListQuery::of(key("relations")) };
            let w = &w;
            async move { w.records.list(&mila(), &query, None).await.unwrap_err().code() }
        };
        assert_eq!(ask(Some(Tree::is(key("registration"), "30123456")), SortBy::Updated).await, "field-masked");
        assert_eq!(ask(None, SortBy::Field(key("registration"))).await, "field-masked");
        // To who may not read it even unmasked, it is no field.
        let query = ListQuery { sort: SortBy::Field(key("registration")), ..ListQuery::of(key("relations")) };
        assert_eq!(w.records.list(&daan(), &query, None).await.unwrap_err().code(), "filter-no-field");
        let wrong_values = w.edit(&mila(), "relations", (&id, 1), &[("registration", "1")]).await;
        assert_eq!(wrong(wrong_values), ["registration:field-unknown"]);
    })
    .await;
}

/// Z7: a rule on a field that is gone reveals nothing, and is named to administrators.
#[tokio::test]
async fn a_portal_rule_on_a_field_that_is_gone_fails_closed_and_is_named() {
    use crate::crm::modules::catalogue::{Catalogue, Definitions};
    let preset = Preset::read_whole(CRM).unwrap();
    let mut modules = preset.modules.clone();
    let quotes = modules.iter_mut().find(|m| m.key == key("quotes")).unwrap();
    quotes.fields.retain(|f| f.key != key("stage"));
    let all = Definitions { modules, roles: preset.roles, portals: preset.portals };
    let catalogue = Catalogue::new("x".into(), all);
    assert!(catalogue.portal_arms("customers", &key("quotes")).is_empty());
    assert!(!catalogue.portal_arms("customers", &key("deliveries")).is_empty());
    assert_eq!(catalogue.warnings, ["portal customers, rule 3, module quotes: there is no field stage"]);
    let refused = Preset::read_whole(
        &CRM.replace("{value: {field: stage, operator: is, value: approved}}]}", "{value: {field: gone, operator: empty}}]}"),
    );
    assert_eq!(refused.unwrap_err().to_string(), "portals.customers.rules.3: there is no field gone");
}

/// Three statements, whatever the number of rows, grants, rules and modules that lookups lead to: whose rules, the page, and
/// what its lookups and people are.
#[tokio::test]
async fn a_list_costs_three_statements_whatever_is_in_it() {
    on_engines(|db| async move {
        let c = Customer::new(db).await;
        let me = c.patricia.selves[0].record.clone();
        for n in 0..50 {
            let number = format!("D-{n}");
            let values = [("number", number.as_str()), ("relation", &c.relation), ("contact", &me), ("driver", "daan")];
            c.w.make(&mila(), "deliveries", &values).await;
        }
        for n in 0..150 {
            c.w.grant("person:patricia", &format!("elsewhere-{n}"), GrantLevel::Reader).await;
        }
        c.w.grant("person:patricia", &c.relation, GrantLevel::Reader).await;
        for who in [&c.patricia, &mila()] {
            // The definitions are read once and kept.
            c.w.records.list(who, &ListQuery::of(key("deliveries")), None).await.unwrap();
            let before = counted::sent();
            let page = c.w.records.list(who, &ListQuery::of(key("deliveries")), None).await.unwrap();
            assert_eq!((page.records.len(), counted::sent() - before), (50, 3), "{}", who.sub);
            assert!(page.records[0].lookup(&key("contact")).is_some());
        }
    })
    .await;
}

/// Z3: a person's own filter goes along lookups as far as he sees them.
#[tokio::test]
async fn a_filter_goes_along_lookups_as_far_as_the_person_sees() {
    on_engines(|db| async move {
        let c = Customer::new(db).await;
        c.w.grant("person:patricia", &c.relation, GrantLevel::Reader).await;
        c.quote("Q-1", "approved").await;
        let by = |path: &str, value: &str| {
            let field = FieldPath::try_from(path).unwrap();
            Some(Tree::Value(ValueLeaf { field, operator: Operator::Is, value: json!(value) }))
        };
        let ask = |filter| {
            let query = ListQuery { filter, ..ListQuery::of(key("quotes")) };
            let c = &c;
            async move { c.w.records.list(&c.patricia, &query, None).await.map(|p| p.records.len()) }
        };
        assert_eq!(ask(by("relation.city", "kraków")).await.unwrap(), 1);
        assert_eq!(ask(by("relation.city", "Utrecht")).await.unwrap(), 0);
        assert_eq!(ask(by("relation.remarks", "pays late")).await.unwrap_err().code(), "filter-no-field");
        assert_eq!(ask(by("number.city", "x")).await.unwrap_err().code(), "filter-path");
        let other = c.w.make(&mila(), "relations", &[("name", "Part"), ("parent", &c.relation)]).await;
        assert!(!other.is_empty());
    })
    .await;
}
