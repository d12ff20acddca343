//! A refresh on PostgreSQL by two statements in place of a transaction of five (docs/adr/0044). Owns when that is enough, and
//! the statement that writes; what may be asked for is `refresh`'s.

use super::refresh::{self, Exchanged, Input};
use crate::idp::feed::Head;
use crate::idp::oidc::error::OAuthError;
use crate::idp::oidc::grounds::Found;
use crate::idp::oidc::issues;
use crate::idp::oidc::store::{self, RefreshToken};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError};
use crate::sql;

/// Exchanges a token that is unused, asked for what it may have, of an issue that stands by what is known of it. Anything else
/// is none and has written nothing: the transaction decides that, and says what is wrong.
pub(super) async fn exchange(db: &Db, input: &Input) -> Result<Option<Exchanged>, OAuthError> {
    let Input { auth, now, .. } = input;
    // Without a successor there is nothing to write; what is spent beside it is more than the two rows.
    if !db.is_postgres() || auth.client.is_fapi() || issues::has_to_spend(auth) {
        return Ok(None);
    }
    let Some(row) = store::refresh_now(db, &input.hash).await?.filter(|row| row.used_at.is_none()) else { return Ok(None) };
    // What was known when the client was found: the statement below sees whether it still is.
    let Some(found) = Found::before(&auth.head, &input.known, &row.issue_id) else { return Ok(None) };
    let (Some(standing), Ok(asked)) = (found.stood(&auth.client.id, *now), refresh::asked(input, &row, &found.issue)) else {
        return Ok(None);
    };
    let (successor, next) = refresh::next(input, &row)?;
    let Ok(exchanged) = refresh::exchanged(input, standing, asked, Some(successor)) else { return Ok(None) };
    Ok(rotate(db, &row.hash, &next, &auth.head, *now).await?.then_some(exchanged))
}

/// Exchanges a refresh token for its successor; false when it was exchanged before or has been made to expire, as a new epoch makes
/// all, or anything that issues rest on has changed since `head`. Two who come at once meet in the row: the second finds it used.
async fn rotate(db: &Db, hash: &str, next: &RefreshToken, head: &Head, now: Timestamp) -> Result<bool, DbError> {
    let Some(statement) = db.write_at_once(sql!(
        "WITH used AS (
             UPDATE refresh_tokens SET used_at = $2, successor = $3 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2
                 AND (SELECT revision FROM grounds WHERE only_row = 1) = $6
             RETURNING issue_id)
         INSERT INTO refresh_tokens (hash, issue_id, seed, created_at, expires_at, binding)
             SELECT $3, issue_id, $4, $2, $5, $7 FROM used"
    )) else {
        return Ok(false);
    };
    let statement = statement.bind(hash).bind(now.0).bind(next.hash.as_str()).bind(next.seed.as_str()).bind(next.expires_at);
    Ok(statement.bind(head.grounds).bind(next.binding.clone()).exec().await? == 1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::idp::challenges::tests::on_engines;
    use crate::idp::clients::auth::in_trial;
    use crate::idp::oidc::binding::Binding;
    use crate::idp::own::RECORD_STORE;
    use crate::idp::testing::Lab;
    use crate::kernel::audit::Actor;
    use crate::kernel::db::{Sql, counted};
    use crate::kernel::http::Params;

    /// A refresh token of a person who is signed in to the record store, and the issue.
    async fn first(lab: &Lab) -> (String, String) {
        let (_, issue) = lab.signed_in("daan").await;
        let client = lab.idp.lookup.at_head(RECORD_STORE).await.unwrap().unwrap().0;
        let first = refresh::First::new(&lab.idp, &client, None);
        let token = first.token.clone();
        let input = (first, lab.idp.env.root.clone(), issue.clone(), lab.idp.env.now());
        let stored = lab.idp.db.write(input, |(first, root, issue, now), mut tx| {
            Box::pin(async move { first.store(&mut tx, root, issue, *now).await })
        });
        stored.await.unwrap();
        (token, issue)
    }

    fn params(token: &str) -> Params {
        Params::from_pairs([("refresh_token".to_owned(), token.to_owned())], &[]).unwrap()
    }

    /// Refreshes; the successor, and how many statements that took.
    async fn refreshed(lab: &Lab, token: &str) -> (Result<String, OAuthError>, usize) {
        let auth = in_trial(&lab.idp, RECORD_STORE).await.unwrap().unwrap();
        let before = counted::sent();
        let answer = refresh::redeem(&lab.idp, auth, &params(token), Actor::default()).await;
        (answer.map(|a| a.refresh_token.unwrap()), counted::sent() - before)
    }

    async fn run(lab: &Lab, text: String) {
        let text: &'static str = Box::leak(text.into_boxed_str());
        let changed = lab.idp.db.write((), move |(), mut tx| Box::pin(async move { tx.q(Sql::literal(text)).exec().await }));
        assert!(changed.await.unwrap() > 0, "{text} finds something");
    }

    async fn tokens(lab: &Lab) -> i64 {
        lab.idp.db.query(Sql::literal("SELECT COUNT(*) FROM refresh_tokens")).one::<(i64,)>().await.unwrap().0
    }

    /// basic/refresh-token: what is ordinary costs what it can't do without, and what is not is decided by the transaction.
    #[tokio::test]
    async fn an_ordinary_refresh_takes_two_statements_on_postgresql() {
        on_engines(|lab| async move {
            // On SQLite statements that write are sent by another thread.
            let postgres = lab.idp.db.is_postgres();
            let (token, issue) = first(&lab).await;
            let (second, all) = refreshed(&lab, &token).await;
            let second = second.unwrap();
            assert!(!postgres || all > 5, "nothing is known yet");
            let (third, few) = refreshed(&lab, &second).await;
            let third = third.unwrap();
            assert!(!postgres || few == 2, "{few}");
            // Two tabs: the same successor again, while that is unused.
            assert_eq!(refreshed(&lab, &second).await.0.unwrap(), third);
            // Whatever was changed is seen by the next.
            run(&lab, "UPDATE people SET name = 'Daan V.'".into()).await;
            let (fourth, all) = refreshed(&lab, &third).await;
            assert!(!postgres || all > 5, "what was known no longer counts");
            let (fifth, few) = refreshed(&lab, &fourth.unwrap()).await;
            assert!(!postgres || few == 2, "{few}");
            run(&lab, format!("UPDATE issues SET revoked_at = 1 WHERE id = '{issue}'")).await;
            let there = tokens(&lab).await;
            assert_eq!(
                refreshed(&lab, &fifth.unwrap()).await.0.unwrap_err().code,
                crate::idp::oidc::error::ErrorCode::InvalidGrant
            );
            assert_eq!(tokens(&lab).await, there);
        })
        .await;
    }

    /// case 11, case 17: the statement that writes asks once more for what was read before it.
    #[tokio::test]
    async fn what_changes_between_the_two_statements_is_seen_by_the_second() {
        on_engines(|lab| async move {
            let (db, idp) = (&lab.idp.db, &lab.idp);
            let (token, _) = first(&lab).await;
            let auth = in_trial(idp, RECORD_STORE).await.unwrap().unwrap();
            let input = Input::of(idp, &auth, &params(&token)).unwrap();
            let row = store::refresh_now(db, &input.hash).await.unwrap().unwrap();
            let head = auth.head.clone();
            let (_, next) = refresh::next(&input, &row).unwrap();
            let now = idp.env.now();
            let with = async |hash: &str, head: &Head, now| rotate(db, hash, &next, head, now).await.unwrap();
            assert!(!with("another", &head, now).await);
            assert!(!with(&row.hash, &Head { grounds: head.grounds + 1, ..head.clone() }, now).await);
            assert!(!with(&row.hash, &head, Timestamp(row.expires_at)).await, "it has expired");
            assert_eq!(tokens(&lab).await, 1);
            if !db.is_postgres() {
                assert!(!with(&row.hash, &head, now).await, "SQLite has no such statement");
                return;
            }
            let (one, two) = futures_util::join!(with(&row.hash, &head, now), with(&row.hash, &head, now));
            assert!(one != two, "one of two who come at once");
            assert!(!with(&row.hash, &head, now + Duration::from_secs(1)).await, "it was used");
            assert_eq!(tokens(&lab).await, 2);
            let stored = store::refresh_now(db, &next.hash).await.unwrap().unwrap();
            assert_eq!((stored.issue_id, stored.seed, stored.expires_at), (row.issue_id, next.seed.clone(), next.expires_at));
            let used = store::refresh_now(db, &row.hash).await.unwrap().unwrap();
            assert_eq!((used.used_at, used.successor), (Some(now.0), Some(next.hash.clone())));
        })
        .await;
    }

    /// case 42: a new epoch ends what was there by whatever clock, and before or after the statement that writes.
    #[tokio::test]
    async fn a_new_epoch_ends_tokens_for_requests_that_came_before_it_too() {
        on_engines(|lab| async move {
            let (db, idp) = (&lab.idp.db, &lab.idp);
            let (token, _) = first(&lab).await;
            let (second, _) = refreshed(&lab, &token).await;
            let auth = in_trial(idp, RECORD_STORE).await.unwrap().unwrap();
            let earlier = Input::of(idp, &auth, &params(&second.unwrap())).unwrap();
            let ended = db.write((), |(), mut tx| Box::pin(async move { store::void_all(&mut tx).await }));
            assert_eq!(ended.await.unwrap(), 2);
            let row = store::refresh_now(db, &earlier.hash).await.unwrap().unwrap();
            let (_, next) = refresh::next(&earlier, &row).unwrap();
            assert!(!rotate(db, &row.hash, &next, &earlier.auth.head, Timestamp(1)).await.unwrap());
            assert!(exchange(db, &earlier).await.unwrap().is_none());
            assert_eq!(tokens(&lab).await, 2);
        })
        .await;
    }

    /// S2 (RFC 9449, section 5): a public client that shows a key when it refreshes is bound to it from then on.
    #[tokio::test]
    async fn a_public_client_is_bound_to_the_key_that_it_shows() {
        let lab = Lab::new().await;
        let (token, _) = first(&lab).await;
        let auth = in_trial(&lab.idp, RECORD_STORE).await.unwrap().unwrap();
        let mut public = crate::idp::clients::Client::clone(&auth.client);
        public.metadata.token_endpoint_auth_method = crate::idp::clients::model::AuthMethod::None;
        let key = || Some(Binding::Key("a-thumbprint".into()));
        let row = |binding: Option<&str>| RefreshToken {
            hash: "h".into(),
            issue_id: "i".into(),
            seed: "s".into(),
            expires_at: 0,
            used_at: None,
            successor: None,
            binding: binding.map(str::to_owned),
        };
        for (client, shown, had, bound) in [
            (public.clone(), key(), None, Some("jkt:a-thumbprint")),
            (public.clone(), None, None, None),
            (public, key(), Some("jkt:a-thumbprint"), Some("jkt:a-thumbprint")),
            (crate::idp::clients::Client::clone(&auth.client), key(), None, None),
        ] {
            let mut input = Input::of(&lab.idp, &auth, &params(&token)).unwrap();
            (input.auth.client, input.binding) = (std::sync::Arc::new(client), shown);
            assert_eq!(refresh::next(&input, &row(had)).unwrap().1.binding.as_deref(), bound);
        }
    }

    /// case 11, case 12: in the grace the same successor is for who has the same key; anyone else with the old token is a replay.
    #[tokio::test]
    async fn in_the_grace_another_key_gets_nothing() {
        let lab = Lab::new().await;
        let (token, issue) = first(&lab).await;
        let (second, _) = refreshed(&lab, &token).await;
        second.unwrap();
        let key = "UPDATE refresh_tokens SET binding = 'jkt:a-thumbprint' WHERE used_at IS NULL";
        run(&lab, key.into()).await;
        assert!(refreshed(&lab, &token).await.0.is_err());
        let revoked = Sql::literal("SELECT COUNT(*) FROM issues WHERE id = $1 AND revoked_at IS NOT NULL");
        assert_eq!(lab.idp.db.query(revoked).bind(issue.as_str()).one::<(i64,)>().await.unwrap().0, 1);
    }
}
