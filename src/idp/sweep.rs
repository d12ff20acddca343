//! Forgets what has expired, so that tables stay small. Nothing here decides anything: every reader checks times itself.

use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{
    Idp, address, challenges, clients, consent, credentials, devices, factors, federation, invitations, links, notices, oidc,
    policy, recovery, sessions, setup, signin, welcome,
};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};

/// How long expired rows are kept, for whoever asks what happened.
const KEEP: Duration = Duration::from_secs(24 * 3600);

/// How long a browser is known that nobody signs in with.
const UNUSED: Duration = Duration::from_secs(400 * 24 * 3600);

/// How long an invitation that nobody accepted is known: asked for by the same id meanwhile, it is the same.
const LAPSED: Duration = Duration::from_secs(30 * 24 * 3600);

/// Rows that one transaction forgets at most; the statements say so themselves.
const ROWS: u64 = 500;

/// Forgets some rows of one table that nobody needs since then.
type Part = for<'t, 'c> fn(&'t mut Tx<'c>, Timestamp) -> BoxFuture<'t, Result<u64, DbError>>;

/// What is swept, what refers to others before those.
const PARTS: &[Part] = &[
    |tx, before| Box::pin(federation::store::sweep(tx, before)),
    |tx, before| Box::pin(signin::store::sweep(tx, before)),
    |tx, before| Box::pin(consent::store::sweep(tx, before)),
    |tx, before| Box::pin(oidc::store::sweep_codes(tx, before)),
    |tx, before| Box::pin(oidc::store::sweep_refresh(tx, before)),
    |tx, before| Box::pin(oidc::pushed::sweep(tx, before)),
    |tx, before| Box::pin(oidc::binding::sweep(tx, before)),
    |tx, before| Box::pin(oidc::access::sweep(tx, before)),
    |tx, before| Box::pin(oidc::device::store::sweep(tx, before)),
    |tx, before| Box::pin(oidc::ciba::store::sweep(tx, before)),
    |tx, before| Box::pin(oidc::store::sweep_issues(tx, before)),
    |tx, before| Box::pin(setup::store::sweep(tx, before)),
    |tx, before| Box::pin(sessions::store::sweep(tx, before)),
    |tx, before| Box::pin(policy::devices::sweep(tx, before)),
    |tx, before| Box::pin(links::store::sweep(tx, before)),
    |tx, before| Box::pin(challenges::store::sweep_attempts(tx, before)),
    |tx, before| Box::pin(clients::store::sweep_assertions(tx, before)),
    |tx, before| Box::pin(credentials::limits::sweep(tx, before)),
    |tx, before| Box::pin(notices::store::sweep(tx, before)),
    |tx, before| Box::pin(address::store::sweep(tx, before)),
    |tx, before| Box::pin(devices::store::sweep(tx, before - UNUSED)),
    |tx, before| Box::pin(recovery::store::sweep(tx, before)),
    |tx, before| Box::pin(welcome::store::sweep(tx, before)),
    |tx, before| Box::pin(invitations::store::sweep(tx, before - LAPSED)),
    |tx, before| Box::pin(factors::store::ceremonies::sweep(tx, before)),
    |tx, before| Box::pin(factors::store::enrolments::sweep(tx, before)),
];

/// One round; the number of rows forgotten.
pub async fn run(idp: &Idp) -> Result<u64, DbError> {
    challenges::sweep(idp).await?;
    super::admission::flow::sweep(idp).await?;
    // A token that was issued in the last moment may be presented as long as it is valid.
    let valid = Duration::from_secs(idp.env.settings.access_token_seconds);
    let before = idp.env.now() - KEEP - valid;
    let mut all = 0;
    for &part in PARTS {
        loop {
            let forgotten = idp
                .db
                .write((part, before), |(part, before), mut tx| Box::pin(async move { part(&mut tx, *before).await }))
                .await?;
            all += forgotten;
            if forgotten < ROWS {
                break;
            }
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::challenges::tests::Story;
    use crate::kernel::audit::Actor;
    use crate::kernel::db::Sql;

    async fn count(idp: &Idp, sql: &'static str) -> i64 {
        idp.db.query(Sql::literal(sql)).one::<(i64,)>().await.unwrap().0
    }

    /// What nobody can present any more goes; what sealed a change stays, and so does what it was issued in.
    #[tokio::test]
    async fn issues_and_sessions_go_when_nothing_of_them_can_be_presented() {
        let s = Story::new().await;
        let idp = &s.lab.idp;
        let (person, revoked) = s.lab.signed_in("mila").await;
        let c = s.create(&s.ask("p1")).await;
        s.enter(&c.id, "a1", "00000").await;
        oidc::issues::revoke(idp, &revoked, Actor::default(), "test").await.unwrap();
        let link = (person, idp.env.now());
        let stored = idp.db.write(link, |(person, now), mut tx| {
            Box::pin(async move { links::store::insert(&mut tx, "h", "k", person, *now, *now).await })
        });
        stored.await.unwrap();
        let all = async || {
            let mut counts = Vec::new();
            for sql in [
                "SELECT COUNT(*) FROM issues",
                "SELECT COUNT(*) FROM sessions",
                "SELECT COUNT(*) FROM links",
                "SELECT COUNT(*) FROM challenge_attempts",
            ] {
                counts.push(count(idp, sql).await);
            }
            counts
        };
        let valid = Duration::from_secs(idp.env.settings.access_token_seconds);
        s.lab.clock.advance(KEEP + valid);
        run(idp).await.unwrap();
        assert_eq!(all().await, [2, 2, 1, 1], "a token of the revoked issue could be valid until now");
        s.lab.clock.advance(Duration::from_millis(1));
        run(idp).await.unwrap();
        assert_eq!(all().await, [1, 2, 0, 1]);
        s.lab.clock.advance(Duration::from_secs(36_000));
        run(idp).await.unwrap();
        assert_eq!(all().await, [1, 1, 0, 1]);
        s.lab.clock.advance(challenges::model::KEEP_MESSAGE);
        run(idp).await.unwrap();
        assert_eq!(all().await, [1, 1, 0, 0]);
        assert_eq!(count(idp, "SELECT COUNT(*) FROM challenges").await, 1);
    }

    /// Of a flood of rows each transaction takes a part, and a round takes all.
    #[tokio::test]
    async fn a_round_takes_everything_in_small_transactions() {
        let s = Story::new().await;
        let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
             INSERT INTO attempts (bucket, started_at, count) SELECT 'b' || i, 0, 1 FROM n";
        let db = &s.lab.idp.db;
        db.write(sql, |sql, mut tx| Box::pin(async move { tx.q(Sql::literal(sql)).exec().await })).await.unwrap();
        let part =
            db.write(s.lab.idp.env.now(), |now, mut tx| Box::pin(async move { credentials::limits::sweep(&mut tx, *now).await }));
        assert_eq!(part.await.unwrap(), ROWS);
        assert_eq!(run(&s.lab.idp).await.unwrap(), 700);
    }
}
