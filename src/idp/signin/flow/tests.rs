//! What is decided again in the transaction that records a password.

use super::*;
use crate::idp::testing::Lab;
use crate::sql;

/// case 16, case 29: a password that was right when it was looked at, and was changed meanwhile, begins nothing.
#[tokio::test]
async fn a_password_that_was_changed_while_it_was_looked_at_is_wrong() {
    let lab = Lab::new().await;
    let (person, _) = lab.signed_in("daan").await;
    let set = lab.idp.db.write(person.clone(), |person, mut tx| {
        Box::pin(async move { tx.q(sql!("UPDATE people SET password = 'now' WHERE id = $1")).bind(person.as_str()).exec().await })
    });
    assert_eq!(set.await.unwrap(), 1);
    let context = Context::of_program("signin".into());
    for (held_against, is_right) in [("before", false), ("now", true)] {
        let token = begin(&lab.idp, &context, Cause::default()).await.unwrap();
        let input = PasswordInput {
            ready: Ready::of(&lab.idp, &context, &token, finish::Browser::default()).unwrap(),
            anew: None,
            person: Some((person.clone(), Some(held_against.to_owned()))),
            about: person.clone(),
            bucket: "passwords".into(),
            audit_id: lab.idp.env.id(),
        };
        let outcome = lab.idp.db.write(input, |i, mut tx| Box::pin(async move { record_password(&mut tx, i).await }));
        assert_eq!(matches!(outcome.await.unwrap(), PasswordOutcome::Right(_)), is_right, "{held_against}");
    }
}
