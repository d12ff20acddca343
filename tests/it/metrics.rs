//! What Prometheus is told.

use crate::support::postgres::TestDb;
use crate::support::world::{Options, World};

/// All endpoints, by their patterns; never a path, which may be a secret. And on a listener of its own alone.
#[tokio::test]
async fn requests_of_both_halves_are_counted_by_route_pattern() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let options = Options { metrics: Some(free), ..Options::default() };
    let world = World::start_with(TestDb::sqlite(), options).await;
    for path in ["/signin", "/password/a-link-that-opens-something", "/no-such-page", "/metrics"] {
        world.http.get(format!("{}{path}", world.idp_url)).send().await.unwrap();
    }
    let on_crm = world.http.get(format!("{}/metrics", world.crm_url)).send().await.unwrap();
    assert_eq!(on_crm.status().as_u16(), 404);
    let answer = world.http.get(format!("http://{free}/metrics")).send().await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let text = answer.text().await.unwrap();
    for line in [
        r#"zegel_http_requests_total{half="idp",method="GET",route="/signin",status="200"} 1"#,
        r#"zegel_http_requests_total{half="idp",method="GET",route="/password/{token}",status="410"} 1"#,
        r#"zegel_http_requests_total{half="idp",method="GET",route="-",status="404"} 2"#,
        r#"zegel_http_requests_total{half="crm",method="GET",route="-",status="404"} 1"#,
        r#"zegel_http_request_duration_seconds_count{half="idp",method="GET",route="/signin"} 1"#,
        "zegel_password_places_taken 0",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("a-link-that-opens"));
}
