//! The JSON of changes that wait, over the routes.

use axum::http::{Request, header};

use super::*;
use crate::crm::testing::Answer;

impl Story {
    async fn call(&self, sub: &str, method: &str, path: &str, body: &str) -> Answer {
        let token = {
            let stub = self.house.stub();
            stub.access(&json!({"sub": sub, "sid": format!("s-{sub}"), "issue": format!("i-{sub}")}))
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        self.house.send(request.body(body.to_owned()).unwrap()).await
    }
}

/// V13
#[tokio::test]
async fn a_program_reads_resends_confirms_and_cancels() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    let path = format!("/api/v1/pending/{p}");
    let read = s.call("daan", "GET", &path, "").await;
    assert_eq!(read.status, 200, "{}", read.body);
    let body = read.json();
    assert_eq!((&body["state"], &body["changes"][0]["to"]), (&json!("waiting"), &json!("delivered")));
    assert_eq!(body["challenges"][0]["recipient"], json!("p•••@example.com"));
    assert!(!read.body.contains("patricia@example.com"));
    assert_eq!(s.call("daan", "GET", "/api/v1/pending", "").await.json()["pending"].as_array().unwrap().len(), 1);
    assert_eq!(s.call("kees", "GET", &path, "").await.status, 404);
    assert_eq!(s.house.get(&path, header::ACCEPT, "*/*").await.status, 401);

    let early = s.call("daan", "POST", &format!("{path}/resend"), "").await;
    assert_eq!((early.status, early.header("retry-after")), (429, "30"), "{}", early.body);

    let wrong = s.call("daan", "POST", &format!("{path}/confirm"), r#"{"code": "00000"}"#).await;
    assert_eq!((wrong.status, &wrong.json()["attempts_left"]), (422, &json!(4)), "{}", wrong.body);
    let odd = s.call("daan", "POST", &format!("{path}/confirm"), r#"{"code": 48151}"#).await;
    assert_eq!(odd.status, 400);
    assert!(!odd.body.contains(CODE));
    assert_eq!(s.call("bram", "POST", &format!("{path}/confirm"), &format!(r#"{{"code": "{CODE}"}}"#)).await.status, 403);
    let right = s.call("daan", "POST", &format!("{path}/confirm"), &format!(r#"{{"code": "{CODE}"}}"#)).await;
    assert_eq!((right.status, &right.json()["version"]), (200, &json!(2)), "{}", right.body);
    assert_eq!(s.call("daan", "POST", &format!("{path}/cancel"), "").await.status, 410);

    let receipt: (String,) = s.crm().db.query(Sql::literal("SELECT id FROM receipts")).one().await.unwrap();
    let receipt = s.call("mila", "GET", &format!("/api/v1/receipts/{}", receipt.0), "").await;
    assert_eq!((receipt.status, &receipt.json()["sequence"]), (200, &json!(1)), "{}", receipt.body);
}

/// V13
#[tokio::test]
async fn a_void_change_says_why() {
    let s = Story::new().await;
    let p = s.deliver("daan").await;
    s.edit("mila", "deliveries", &s.delivery, &[("goods", "Bread")]).await.unwrap();
    let answer = s.call("daan", "POST", &format!("/api/v1/pending/{p}/confirm"), &format!(r#"{{"code": "{CODE}"}}"#)).await;
    assert_eq!((answer.status, &answer.json()["reason"]), (409, &json!("changed")), "{}", answer.body);
}
