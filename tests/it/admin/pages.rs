//! Administration by page.

use super::begin;
use crate::on_both_engines;
use crate::support::world::World;

on_both_engines! {
    /// S5: by page what the API does.
    async fn an_administrator_works_by_pages(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let at = |path: &str| format!("{}{path}", world.idp_url);
        let mut ada = world.member("ada@example.com").await;
        for path in ["/admin", "/admin/people", "/admin/groups", "/admin/roles", "/admin/applications", "/admin/applications/new", "/admin/applications/record-store", "/admin/registration-tokens", "/admin/sessions", "/admin/invitations", "/admin/recoveries", "/admin/links", "/admin/policies", "/admin/federation", "/admin/people/invited", "/admin/people/invite", "/admin/keys", "/admin/audit"] {
            let page = ada.get(at(path)).await.unwrap();
            assert_eq!(page.status, 200, "{path}: {}", page.text);
            assert!(page.text.contains("aria-current=\"page\""), "{path}");
        }
        let form = [("email", "nobody"), ("name", ""), ("language", "en"), ("phone", ""), ("staff", "true")];
        let page = ada.post(at("/admin/people/new"), &form).await.unwrap();
        assert_eq!(page.status, 422);
        assert!(page.text.contains("id=\"email-error\"") && page.text.contains("id=\"name-error\""), "{}", page.text);
        let form = [("email", "eva@example.com"), ("name", "Eva <b>Jansen</b>"), ("language", "nl"), ("staff", "true")];
        let page = ada.post(at("/admin/people/new"), &form).await.unwrap();
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("Eva &#60;b&#62;Jansen") || page.text.contains("Eva &lt;b&gt;Jansen"), "{}", page.text);
        let here = page.url.path().to_owned();
        let page = ada.post(at(&format!("{here}/roles")), &[("role", "sales"), ("present", "true")]).await.unwrap();
        assert!(page.status == 200 && page.text.contains("/admin/roles/sales"), "{}", page.text);
        let page = ada.post(at("/admin/groups/new"), &[("name", "Night shift")]).await.unwrap();
        let group = page.url.path().to_owned();
        let page = ada.post(at(&format!("{group}/members")), &[("who", "eva@example.com"), ("present", "true")]).await.unwrap();
        assert!(page.status == 200 && page.text.contains(&here), "{}", page.text);
        let page = ada.post(at(&format!("{group}/members")), &[("who", "nobody@example.com"), ("present", "true")]).await.unwrap();
        assert!(page.status == 422 && page.text.contains("id=\"who-error\""), "{}", page.text);
        let form = [("title", "Hours"), ("title-nl", "Uren"), ("address", "javascript:x"), ("for", "person"), ("whom", "nobody"), ("active", "true")];
        let page = ada.post(at("/admin/links/new"), &form).await.unwrap();
        assert!(page.status == 422 && page.text.contains("id=\"address-error\""), "{}", page.text);
        let form = [("title", "Hours"), ("title-nl", "Uren"), ("address", "https://hours.example.com/"), ("for", "person"), ("whom", "eva@example.com"), ("active", "true")];
        let page = ada.post(at("/admin/links/new"), &form).await.unwrap();
        assert!(page.status == 200 && page.text.contains("Hours") && page.text.contains("eva@example.com"), "{}", page.text);
        let page = ada.get(at("/admin/people?q=eva")).await.unwrap();
        assert!(page.text.contains(&here) && !page.text.contains("Daan Visser"));
        let page = ada.get(at("/admin/audit?action=member.")).await.unwrap();
        assert!(page.text.contains("Night shift") || page.text.contains("Eva"), "{}", page.text);
        let page = ada.get(at("/admin/audit/1")).await.unwrap();
        assert_eq!(page.status, 200);
        assert_eq!(ada.get(at("/admin/audit/999999")).await.unwrap().status, 404);
        let page = ada.get(at("/admin/audit/export?format=csv")).await.unwrap();
        assert!(page.text.starts_with("line,time,action"), "{}", page.text);
    }

    /// S5, case 21
    async fn pages_are_for_administrators_and_widening_for_a_fresh_sign_in(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let at = |path: &str| format!("{}{path}", world.idp_url);
        let mut daan = world.member("daan@example.com").await;
        assert_eq!(daan.get(at("/admin/people")).await.unwrap().status, 403);
        assert_eq!(daan.post(at("/admin/groups/new"), &[("name", "Mine")]).await.unwrap().status, 403);
        let mut visitor = world.browser();
        let page = visitor.get(at("/admin/people")).await.unwrap();
        assert!(page.text.contains("id=\"username\""), "{}", page.text);
        let mut ada = world.member("ada@example.com").await;
        world.advance(300);
        let page = ada.get(at("/admin/people/new")).await.unwrap();
        assert!(page.text.contains("id=\"code\""), "he shows a second factor again: {}", page.text);
        assert_eq!(ada.get(at("/admin/people")).await.unwrap().status, 200, "looking needs nothing more");
        let form = [("email", "eva@example.com"), ("name", "Eva"), ("language", "nl"), ("staff", "true")];
        ada.post(at("/admin/people/new"), &form).await.unwrap();
        let page = ada.get(at("/admin/people?q=eva@example.com")).await.unwrap();
        assert!(!page.text.contains("/admin/people/0"), "nobody was made: {}", page.text);
    }
}
