//! Tokens that say nothing by themselves, beside a provider that says what they stand for.

use serde_json::{Value, json};

use super::house;
use crate::contract::feed::Entry;

/// S2 (RFC 7662): a token that says nothing by itself opens what the provider says that it stands for; that is asked once in ten
/// seconds, and what the replica says counts on every request all the same.
#[tokio::test]
async fn a_token_that_says_nothing_is_asked_about_once_in_a_while() {
    let house = house().await;
    let stand = |over: Value| {
        let mut stub = house.stub();
        let mut claims = stub.access_claims(&over);
        claims["active"] = true.into();
        claims["token_type"] = "Bearer".into();
        stub.stands_for.insert("zat_mila".into(), claims);
    };
    stand(json!({}));
    for _ in 0..3 {
        let answer = house.api("zat_mila").await;
        assert_eq!((answer.status, &answer.json()["sub"]), (200, &json!("mila")), "{}", answer.body);
    }
    assert_eq!(house.asked("introspect"), 1);
    // What is kept doesn't outlive what it stands for.
    house.append([Entry::IssueRevoked { issue: "i1".into() }]);
    house.crm.replica.poll_now().await.unwrap();
    assert_eq!((house.api("zat_mila").await.status, house.asked("introspect")), (401, 1));
    stand(json!({"issue": "i2"}));
    house.advance(10);
    house.crm.replica.poll_now().await.unwrap();
    assert_eq!((house.api("zat_mila").await.status, house.asked("introspect")), (200, 2));
    // What stands for nothing is kept as well, and made-up texts of another form are not even asked about.
    for _ in 0..3 {
        assert_eq!(house.api("zat_unknown").await.status, 401);
    }
    assert_eq!(house.asked("introspect"), 3);
    for other in ["zat_", "zat_a.b", "zot_x", &format!("zat_{}", "x".repeat(300))] {
        assert_eq!(house.api(other).await.status, 401, "{other}");
    }
    assert_eq!(house.asked("introspect"), 3);
}

/// case 6, case 8: what the provider says is held to the same as a signed token.
#[tokio::test]
async fn what_a_token_is_said_to_stand_for_is_checked() {
    let house = house().await;
    let now = house.stub().clock_seconds();
    for (n, over) in [
        json!({"iss": "http://localhost:9"}),
        json!({"aud": "http://localhost:8400"}),
        json!({"exp": now - 10}),
        json!({"cnf": {"jkt": "x"}}),
        json!({"scope": "openid"}),
        json!({"active": false}),
    ]
    .into_iter()
    .enumerate()
    {
        let token = format!("zat_{n}");
        {
            let mut stub = house.stub();
            let mut claims = stub.access_claims(&over);
            if claims.get("active").is_none() {
                claims["active"] = true.into();
            }
            stub.stands_for.insert(token.clone(), claims);
        }
        let status = house.api(&token).await.status;
        assert!(status == 401 || over.get("scope").is_some() && status == 403, "{over}: {status}");
    }
    // An answer that can't be read is no answer about the token.
    house.stub().stands_for.insert("zat_odd".into(), json!({"active": true, "sub": 5}));
    assert_eq!(house.api("zat_odd").await.status, 502);
}
