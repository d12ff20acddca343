//! Recovery codes.

use std::sync::Arc;

use zegel::demo::browser::{Answer, Browser};

use super::signin::by_recovery;
use super::world::{at, audited, enter, get, password, post, told};
use crate::on_both_engines;
use crate::support::postgres::TestDb;
use crate::support::world::World;

const CODES: &str = "/account/security/recovery";
const DAAN: &str = "daan@example.com";

/// The codes that a page shows.
fn shown(page: &Answer) -> Vec<String> {
    page.text.split("<li><code>").skip(1).map(|r| r.split('<').next().unwrap().to_owned()).collect()
}

/// Makes codes.
pub async fn make(world: &World, browser: &mut Browser) -> Vec<String> {
    let page = post(world, browser, CODES, &[]).await;
    let codes = shown(&page);
    assert_eq!(codes.len(), 10, "{}", page.text);
    codes
}

on_both_engines! {
    /// S3: each signs in once, in place of a phone that was left at home, and nothing is switched off by it (case 21).
    async fn a_recovery_code_signs_in_once_and_changes_nothing_else(db: TestDb) {
        let world = World::start(db).await;
        let mut browser = enter(&world, DAAN).await;
        let codes = make(&world, &mut browser).await;
        assert!(shown(&get(&world, &mut browser, CODES).await).is_empty(), "they are shown once");
        let mut other = world.browser();
        let page = by_recovery(&world, &mut other, DAAN, &codes[3].to_uppercase().replace('-', " ")).await;
        assert_eq!(page.url.path(), "/", "{}", page.text);
        assert!(get(&world, &mut other, "/account/security").await.text.contains("9 codes left"));
        assert!(told(&world, "recovery code was used").await, "he is told");
        let again = by_recovery(&world, &mut world.browser(), DAAN, &codes[3]).await;
        assert_eq!(again.status.as_u16(), 422, "{}", again.text);
        // New ones take the place of all there were.
        let fresh = make(&world, &mut other).await;
        assert_eq!(by_recovery(&world, &mut world.browser(), DAAN, &codes[4]).await.status.as_u16(), 422);
        assert_eq!(by_recovery(&world, &mut world.browser(), DAAN, &fresh[0]).await.url.path(), "/");
    }

    /// case 18: a code that is sent by many at once signs in one of them; guesses are counted with those at all other codes.
    async fn a_recovery_code_works_once_at_once_and_is_guessed_five_times(db: TestDb) {
        let world = Arc::new(World::start(db).await);
        let mut browser = enter(&world, DAAN).await;
        let codes = make(&world, &mut browser).await;
        let tries: Vec<_> = (0..5).map(|_| {
            let (w, code) = (world.clone(), codes[0].clone());
            tokio::spawn(async move { by_recovery(&w, &mut w.browser(), DAAN, &code).await.url.path() == "/" })
        }).collect();
        let mut won = 0;
        for t in tries { won += usize::from(t.await.unwrap()); }
        assert_eq!(won, 1);
        let mut guesser = world.browser();
        password(&world, &mut guesser, DAAN).await;
        post(&world, &mut guesser, "/signin/way", &[("way", "recovery")]).await;
        let mut looked_at = 0;
        for n in 0..20 {
            let guess = format!("aaaa-bbbb-{:04}", 2222 + n);
            let answer = guesser.once(reqwest::Method::POST, &at(&world, "/signin/code"), Some(&[("code", &guess)])).await.unwrap();
            looked_at += usize::from(answer.status.as_u16() == 422);
        }
        assert!(looked_at <= 5, "{looked_at}");
    }
}

/// case 27: what is kept of a code tells nothing of it.
#[tokio::test]
async fn recovery_codes_are_in_no_column() {
    let world = World::start(TestDb::sqlite()).await;
    let mut browser = enter(&world, DAAN).await;
    let codes = make(&world, &mut browser).await;
    let sql = zegel::sql!("SELECT hash FROM recovery_codes");
    let hashes: Vec<(String,)> = world.idp().db.query(sql).all().await.unwrap();
    assert_eq!(hashes.len(), 10);
    for code in &codes {
        let plain = code.replace('-', "");
        assert!(hashes.iter().all(|(h,)| !h.contains(&plain) && !h.contains(code.as_str())));
    }
    assert_eq!(audited(&world, "recovery_codes.made", "ok").await, 1);
}
