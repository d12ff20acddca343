//! The audit log by API and page.

use reqwest::Method;
use serde_json::Value;

use super::{Caller, begin, each};
use crate::on_both_engines;
use crate::support::world::World;

on_both_engines! {
    /// S5, case 39: who did what to whom, when, from where, with what result; filtered, in pages, and as a file.
    async fn the_audit_log_is_read_filtered_and_written_out(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let (own, daan) = (ada.person("ada@example.com").await, ada.person("daan@example.com").await);
        let role = "=HYPERLINK(1)";
        assert_eq!(ada.ask(Method::PUT, &format!("/roles/{role}/people/{daan}"), None).await.0, 204);
        let found = ada.get(&format!("/audit?action=role.given&actor={own}")).await;
        let line = &found["items"][0];
        assert_eq!((line["target"].as_str(), line["detail"].as_str()), (Some(&*daan), Some(role)), "{found}");
        assert_eq!((line["client"].as_str(), line["outcome"].as_str()), (Some("tool"), Some("ok")));
        assert!(line["address"].is_string() && line["request"].is_string() && line["time"].is_string());
        let refused = ada.get("/audit?outcome=refused&action=signin.").await;
        assert!(each(&refused, "action").is_empty());
        let wrong = [("username", "daan@example.com"), ("password", "not his password")];
        let mut visitor = world.browser();
        visitor.get(format!("{}/signin", world.idp_url)).await.unwrap();
        visitor.post(format!("{}/signin", world.idp_url), &wrong).await.unwrap();
        let refused = ada.get("/audit?outcome=refused&action=signin.").await;
        assert_eq!(each(&refused, "outcome"), ["wrong"]);
        // case 25: it is noted whose account the address is of, and the page tells the same as of an address that is nobody's.
        assert_eq!((refused["items"][0]["target"].as_str(), refused["items"][0].get("actor")), (Some(&*daan), None), "{refused}");
        let mut pages = Vec::new();
        for name in ["daan@example.com", "nobody@example.com"] {
            let mut visitor = world.browser();
            visitor.get(format!("{}/signin", world.idp_url)).await.unwrap();
            let page = visitor.post(format!("{}/signin", world.idp_url), &[("username", name), ("password", "not his password")]).await.unwrap();
            pages.push((page.status, page.text.replace(name, "")));
        }
        assert_eq!(pages[0], pages[1]);
        let about = ada.get(&format!("/audit?about={daan}&outcome=refused")).await;
        assert_eq!(each(&about, "action"), ["signin.password"; 2], "and only what was tried on him: {about}");
        let head = ada.get("/audit/head").await["lines"].as_i64().unwrap();
        let (mut seen, mut cursor) = (0, String::new());
        loop {
            let page = ada.get(&format!("/audit?limit=7{cursor}")).await;
            seen += page["items"].as_array().unwrap().len() as i64;
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, head, "every line is on one page");
        let (status, lines, _) = ada.raw(Method::GET, "/audit/export", None).await;
        assert_eq!((status, lines.lines().count() as i64), (200, head));
        let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        assert_eq!(first["line"], 1);
        let (status, csv, _) = ada.raw(Method::GET, "/audit/export?format=csv&action=role.given", None).await;
        assert!(status == 200 && csv.starts_with("line,time,action"), "{csv}");
        assert!(csv.contains(",'=HYPERLINK(1),"), "{csv}");
        assert_eq!(ada.ask(Method::GET, "/audit/export?format=xml", None).await.0, 400);
        assert_eq!(ada.ask(Method::GET, "/audit?since=yesterday", None).await.0, 400);
        assert!(world.idp().audit.verify(None).await.unwrap().holds());
    }
}
