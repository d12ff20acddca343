//! The compiler against the plain evaluator, over random worlds; and each clause of the compiler switched off, which the
//! comparison must notice.

mod check;
mod dice;
mod world;

use super::{World, on_engines};
use crate::crm::modules::catalogue::{Definitions, check};
use crate::crm::modules::flow::apply;
use crate::crm::modules::preset::Preset;
use crate::crm::visibility::switch::{Clause, switch_off};
use crate::kernel::clock::Clock;
use check::{Asked, Difference};
use dice::Dice;
use world::Scene;

/// People who look at one scene.
const LOOKERS: usize = 60;

/// Compares until so many (person, record) pairs were asked for, from a seed on; the first difference, with how to see it
/// again.
async fn compare(w: &World, seed: u64, pairs: usize) -> Result<usize, Difference> {
    let (mut asked, mut number) = (0, seed);
    while asked < pairs {
        let mut dice = Dice(number);
        let scene = Scene::draw(&mut dice);
        scene.store(w).await;
        for looker in 0..LOOKERS {
            let (plain, access) = scene.looker(&mut dice);
            let found = Asked { w, plain: &plain, access: &access }.all(&mut dice).await;
            let rules = (&plain.viewer, &plain.rules, &plain.portals);
            asked += found.map_err(|e| format!("seed {number}, looker {looker}: {e}\n{rules:#?}"))?;
            if asked >= pairs {
                break;
            }
        }
        number += 1;
    }
    Ok(asked)
}

async fn house(db: crate::kernel::db::Db) -> World {
    let w = World::new(db.clone()).await;
    let modules = world::modules();
    check(&Definitions { modules: modules.clone(), ..Definitions::default() }).unwrap();
    apply(&db, Preset { modules, ..Preset::default() }, w.clock.now()).await.unwrap();
    w
}

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

/// X2: at least 10,000 pairs on each engine; `scripts/differential` asks for as many as one likes, from any seed.
#[tokio::test]
async fn the_compiler_and_the_plain_evaluator_agree_on_random_rules_and_records() {
    let (pairs, seed) = (number("ZEGEL_PAIRS", 12_000), number("ZEGEL_SEED", 1));
    on_engines(|db| async move {
        let postgres = db.is_postgres();
        let w = house(db).await;
        let asked = compare(&w, seed as u64, pairs).await;
        let asked = asked.unwrap_or_else(|e| panic!("PostgreSQL: {postgres}: {e}"));
        assert!(asked >= pairs, "{asked}");
    })
    .await;
}

/// X2: no clause is there for nothing, and none could go unnoticed.
#[tokio::test]
async fn each_clause_switched_off_makes_a_difference() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("crm.db").display());
    let db = crate::kernel::db::Db::open(&url, crate::kernel::db::Half::Crm).await.unwrap();
    let w = house(db.clone()).await;
    let mut unnoticed = Vec::new();
    for clause in Clause::ALL {
        switch_off(Some(*clause));
        if compare(&w, 1, 30_000).await.is_ok() {
            unnoticed.push(clause);
        }
    }
    switch_off(None);
    db.close().await;
    assert!(unnoticed.is_empty(), "switched off without a difference: {unnoticed:?}");
}
