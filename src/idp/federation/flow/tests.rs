//! Who is to show at another provider again who he is.

use super::*;
use crate::idp::sessions;
use crate::idp::signin::factors::Results;
use crate::idp::signin::flow::{self as signin, Cause};
use crate::idp::testing::Lab;

/// case 21: whoever makes a session stronger, or is sent here with one that is not enough; nobody who comes to sign in.
#[tokio::test]
async fn someone_with_a_session_that_is_not_enough_shows_it_again() {
    let lab = Lab::new().await;
    let (person, _) = lab.signed_in("daan").await;
    let now = lab.idp.env.now();
    let session = sessions::store::live_of(&mut lab.idp.db.snapshot().await.unwrap().tx(), &person, now).await.unwrap().remove(0);
    let context = Context::of_program("federation".into());
    let shown = Results::default();
    let by_page = Cause { page: Some(("/account", None)), ..Cause::default() };
    let over = Cause { over: Some((&session, &shown)), ..by_page };
    for (cause, has_session, is_asked) in [
        (Cause::default(), false, false),
        (Cause::default(), true, false),
        (by_page, false, false),
        (by_page, true, true),
        (over, false, true),
    ] {
        let token = signin::begin(&lab.idp, &context, cause).await.unwrap();
        let signin = signin::standing(&lab.idp, Some(&token)).await.unwrap().unwrap().signin;
        let asked = is_asked_anew(&lab.idp, &signin, Some(&session).filter(|_| has_session)).await.unwrap();
        assert_eq!(asked, is_asked, "{cause:?} {has_session}");
    }
}
