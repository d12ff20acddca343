//! Files over the routes: by the forms of pages, by the API, and what the sweep takes away.

use std::path::PathBuf;

use axum::body::Body;
use axum::http::{Request, header};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::flow::{self, KEPT};
use crate::contract::feed::{Entry, Holder};
use crate::crm::records::model::{Cause, Outcome, Target, Via};
use crate::crm::testing::{Answer, House};
use crate::crm::visibility::sight::Viewer;
use crate::sql;

const PDF: &str = "%PDF-1.4\n% an agreement\n";

/// Mila and Kees have the role sales.
async fn house() -> House {
    let house = House::new().await;
    let (sub, name, language) = ("kees".to_owned(), "Kees Smit".to_owned(), "en".to_owned());
    let role = Entry::Role { holder: Holder::Person("kees".into()), role: "sales".into(), present: true };
    house.append([Entry::Person { sub, name, language, staff: true, active: true }, role]);
    house.crm.replica.poll_now().await.unwrap();
    house
}

/// A form in parts: fields, and files as (name, file name, declared type, content).
fn parts(fields: &[(&str, &str)], files: &[(&str, &str, &str, &str)]) -> String {
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    for (name, called, kind, content) in files {
        body += &format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{called}\"\r\nContent-Type: {kind}\r\n\r\n{content}\r\n"
        );
    }
    body + "--b--\r\n"
}

async fn send(house: &House, who: &str, site: &str, path: &str, body: String) -> Answer {
    let cookie = house.session(who).await;
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .header("sec-fetch-site", site);
    house.send(request.body(body).unwrap()).await
}

async fn get(house: &House, who: &str, path: &str) -> Answer {
    house.get(path, header::COOKIE, &house.session(who).await).await
}

/// A document with a file, made by its form; its path.
async fn document(house: &House, who: &str, title: &str, content: &str) -> String {
    let fields = [("base_version", "0"), ("f-title", title), ("f-status", "draft")];
    let body = parts(&fields, &[("f-file", "offer.pdf", "text/html", content)]);
    let answer = send(house, who, "same-origin", "/m/documents/new", body).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.header("location").split('?').next().unwrap().to_owned()
}

async fn api(house: &House, who: &str, method: &str, path: &str, body: Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {}", house.token(who)));
    let (kind, body) = match body {
        Value::String(bytes) => ("text/html", bytes),
        other => ("application/json", other.to_string()),
    };
    house.send(request.header(header::CONTENT_TYPE, kind).body(body).unwrap()).await
}

async fn upload(house: &House, who: &str, content: &str) -> String {
    let path = "/files?module=documents&field=file&name=a.txt";
    let answer = api(house, who, "POST", path, content.into()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// Everything that lies in the folder of files.
fn lying(house: &House) -> Vec<PathBuf> {
    let shelves = std::fs::read_dir(house.crm.env.settings.files()).unwrap().map(|e| e.unwrap().path());
    shelves.flat_map(|s| std::fs::read_dir(s).unwrap().map(|e| e.unwrap().path())).collect()
}

async fn states(house: &House) -> Vec<String> {
    let query = house.crm.db.query(sql!("SELECT state FROM files ORDER BY uploaded_at, state"));
    query.all::<(String,)>().await.unwrap().into_iter().map(|(s,)| s).collect()
}

/// P9, case 39: what comes with a form is stored outside the database, shown by name, and only ever saved: by the type that
/// its content has, whatever it was declared as, and never by a path that came from outside.
#[tokio::test]
async fn a_file_comes_with_the_form_and_is_had_as_an_attachment() {
    let house = house().await;
    let path = document(&house, "mila", "Agreement", PDF).await;
    let page = get(&house, "mila", &path).await;
    assert!(page.body.contains(&format!("href=\"{path}/files/file\" download>offer.pdf</a>")), "{}", page.body);
    assert!(get(&house, "mila", "/m/documents").await.body.contains("offer.pdf</a>"));
    let file = get(&house, "mila", &format!("{path}/files/file")).await;
    assert_eq!((file.status, file.body.as_str()), (200, PDF));
    for (name, value) in [
        ("content-type", "application/pdf"),
        ("content-disposition", "attachment; filename=\"offer.pdf\"; filename*=UTF-8''offer.pdf"),
        ("content-length", &PDF.len().to_string()),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(file.header(name), value, "{name}");
    }
    let [there] = lying(&house).try_into().unwrap();
    assert_eq!(std::fs::read_to_string(&there).unwrap(), PDF);
    assert!(!there.display().to_string().contains("offer"));
    // A page in disguise is a text to be saved.
    let page = document(&house, "mila", "Page", "<script>alert(1)</script>").await;
    let file = get(&house, "mila", &format!("{page}/files/file")).await;
    assert_eq!(file.header("content-type"), "text/plain; charset=utf-8");
    assert!(file.header("content-disposition").starts_with("attachment"));
}

/// case 28: a form in parts is a form like any other.
#[tokio::test]
async fn a_form_with_a_file_from_another_site_is_refused() {
    let house = house().await;
    let body = parts(&[("base_version", "0"), ("f-title", "x"), ("f-status", "draft")], &[("f-file", "a", "x/y", "abc")]);
    assert_eq!(send(&house, "mila", "cross-site", "/m/documents/new", body).await.status, 403);
    assert!(states(&house).await.is_empty());
}

/// P9: replacing and taking away make versions; the version before keeps its file.
#[tokio::test]
async fn a_file_is_replaced_and_taken_away_and_earlier_versions_keep_theirs() {
    let house = house().await;
    let path = document(&house, "mila", "Agreement", "first").await;
    let edit = format!("{path}/edit");
    let form = get(&house, "mila", &edit).await;
    assert!(form.body.contains("enctype=\"multipart/form-data\"") && form.body.contains("Now: offer.pdf"), "{}", form.body);
    let own = |version| [("id", id(&path)), ("base_version", version)];
    // A form that brings no file leaves the one that is there.
    let kept = send(
        &house,
        "mila",
        "same-origin",
        &edit,
        parts(&[&own("1")[..], &[("f-remarks", "x")]].concat(), &[("f-file", "", "", "")]),
    )
    .await;
    assert_eq!(kept.status, 303, "{}", kept.body);
    let second = [("f-file", "../b\u{202e}.txt", "application/pdf", "second")];
    assert_eq!(send(&house, "mila", "same-origin", &edit, parts(&own("2"), &second)).await.status, 303);
    assert_eq!(
        send(&house, "mila", "same-origin", &edit, parts(&[&own("3")[..], &[("x-file", "yes")]].concat(), &[])).await.status,
        303
    );
    let at = |version: &str| format!("{path}/files/file{version}");
    assert_eq!(get(&house, "mila", &at("")).await.status, 404);
    for (version, content) in [("?version=1", "first"), ("?version=2", "first"), ("?version=3", "second")] {
        let file = get(&house, "mila", &at(version)).await;
        assert_eq!((file.status, file.body.as_str()), (200, content), "{version}");
    }
    for bad in ["?version=4", "?version=0", "?version=x", "?version=-1"] {
        assert_eq!(get(&house, "mila", &at(bad)).await.status, 404, "{bad}");
    }
    let history = get(&house, "mila", &format!("{path}?tab=history")).await;
    assert!(history.body.contains("offer.pdf") && history.body.contains("b.txt"), "{}", history.body);
    assert_eq!(lying(&house).len(), 2);
    // Restoring a version brings its file back; nothing is stored again.
    let today = jiff::civil::date(2027, 1, 15);
    let viewer = Viewer::staff("mila".into(), vec!["sales".into()], house.crm.env.now(), today);
    let record = Target::Existing { module: "documents".try_into().unwrap(), id: id(&path).to_owned(), base_version: 4 };
    let records = &house.crm.records;
    let change = records.restoring(&viewer, record, 1, Cause::via(Via::Restore)).await.unwrap().unwrap();
    assert!(matches!(records.write(&viewer, change).await, Ok(Outcome::Written { version: 5, .. })));
    assert_eq!(get(&house, "mila", &at("")).await.body, "first");
    assert_eq!(lying(&house).len(), 2);
}

/// Z5: the right to attach adds and takes away files, and nothing else; without it a file stays as it is.
#[tokio::test]
async fn files_are_changed_by_the_right_to_attach_alone() {
    let house = house().await;
    let roles = "roles:
  - {name: filer, rules: [{module: documents, tree: all, rights: [see, attach], fields: {default: write}}]}
  - {name: editor, rules: [{module: documents, tree: all, rights: [see, create, change], fields: {default: write}}]}";
    let preset = crate::crm::modules::preset::Preset::read(roles).unwrap();
    crate::crm::modules::flow::apply(&house.crm.db, preset, house.crm.env.now()).await.unwrap();
    let join = |sub: &str, role: &str| {
        let (sub, role) = (sub.to_owned(), role.to_owned());
        let person = Entry::Person { name: sub.clone(), language: "en".into(), staff: true, active: true, sub: sub.clone() };
        [person, Entry::Role { holder: Holder::Person(sub), role, present: true }]
    };
    house.append(join("fatma", "filer").into_iter().chain(join("edo", "editor")));
    house.crm.replica.poll_now().await.unwrap();
    let path = document(&house, "mila", "Agreement", "first").await;
    let record = format!("/records/documents/{}", id(&path));
    let set = |who: &'static str, version: i64, fields: Value| {
        let (house, record) = (&house, &record);
        async move { api(house, who, "PATCH", record, json!({"base_version": version, "fields": fields})).await }
    };
    let form = get(&house, "fatma", &format!("{path}/edit")).await;
    assert!(form.body.contains("id=\"f-file\"") && !form.body.contains("id=\"f-title\""), "{}", form.body);
    let own = upload(&house, "fatma", "second").await;
    assert_eq!(set("fatma", 1, json!({"title": "Other"})).await.json()["reason"], "change-not-allowed");
    assert_eq!(set("fatma", 1, json!({"file": {"upload": own}})).await.status, 200);
    assert_eq!(set("edo", 2, json!({"title": "Other"})).await.status, 200);
    for taken in [json!(null), json!({"upload": own})] {
        assert_eq!(set("edo", 3, json!({"file": taken})).await.json()["fields"][0]["code"], "field-read-only");
    }
    assert!(!get(&house, "edo", "/m/documents/new").await.body.contains("id=\"f-file\""));
    let refused = api(&house, "edo", "POST", "/files?module=documents&field=file", "abc".into()).await;
    assert_eq!((refused.status, &refused.json()["reason"]), (403, &json!("attach-not-allowed")));
}

/// A form that is shown again keeps what came with it; the same form sent twice brings one file.
#[tokio::test]
async fn a_file_need_not_be_chosen_twice_and_counts_once() {
    let house = house().await;
    let again = send(
        &house,
        "mila",
        "same-origin",
        "/m/documents/new",
        parts(&[("base_version", "0"), ("f-status", "draft")], &[("f-file", "offer.pdf", "", PDF)]),
    )
    .await;
    assert!(again.status == 422 && again.body.contains("offer.pdf has arrived"), "{}", again.body);
    let uploaded = again.body.split("name=\"u-file\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("base_version", "0"), ("f-status", "draft"), ("f-title", "Now with a title"), ("u-file", uploaded)];
    let made = send(&house, "mila", "same-origin", "/m/documents/new", parts(&fields, &[])).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let fields = [("base_version", "0"), ("idempotency_key", "k1"), ("f-status", "draft"), ("f-title", "Twice")];
    let form = || parts(&fields, &[("f-file", "offer.pdf", "", PDF)]);
    let (one, two) = (
        send(&house, "mila", "same-origin", "/m/documents/new", form()).await,
        send(&house, "mila", "same-origin", "/m/documents/new", form()).await,
    );
    assert_eq!((one.status, two.status), (303, 303), "{}", two.body);
    assert_eq!(one.header("location").split('?').next(), two.header("location").split('?').next());
    assert_eq!(states(&house).await, ["gone", "kept", "kept"]);
}

/// case 37, case 34: an upload is given to a record by who uploaded it, once, for the field that it was uploaded for; what
/// another record holds is not to be had by its id.
#[tokio::test]
async fn nobody_attaches_what_another_uploaded_or_another_record_holds() {
    let house = house().await;
    let made = api(&house, "mila", "POST", "/records/documents", json!({"fields": {"title": "Mine"}})).await.json();
    let path = format!("/records/documents/{}", made["id"].as_str().unwrap());
    let set = |who: &'static str, version: i64, file: Value| {
        let (house, path) = (&house, &path);
        async move {
            let answer = api(house, who, "PATCH", path, json!({"base_version": version, "fields": {"file": file}})).await;
            let code = if answer.status == 422 {
                answer.json()["fields"][0]["code"].as_str().unwrap().to_owned()
            } else {
                String::new()
            };
            (answer.status, code)
        }
    };
    let refused = || (422, "field-not-an-upload".to_owned());
    let of_kees = upload(&house, "kees", "secret of kees").await;
    assert_eq!(set("mila", 1, json!({"upload": of_kees})).await, refused());
    // All that there is to know of it doesn't help either.
    let whole = |id: &str, content: &str| {
        let sha256: String = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, content.as_bytes())
            .as_ref()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        json!({"id": id, "name": "a.txt", "size": content.len(), "type": "text/plain", "sha256": sha256})
    };
    assert_eq!(set("mila", 1, whole(&of_kees, "secret of kees")).await, refused());
    for bad in [
        json!("x"),
        json!({"upload": "nothing"}),
        json!({"upload": 5}),
        json!({"id": of_kees}),
        json!([of_kees]),
        json!({"upload": "' OR 1=1"}),
    ] {
        assert_eq!(set("mila", 1, bad.clone()).await, refused(), "{bad}");
    }
    let own = upload(&house, "mila", "mine").await;
    assert_eq!(set("mila", 1, json!({"upload": own})).await.0, 200);
    // Once held it is held: not by another record, nor again by this one after something else took its place.
    let other =
        api(&house, "mila", "POST", "/records/documents", json!({"fields": {"title": "Other", "file": {"upload": own}}})).await;
    assert_eq!(other.status, 422, "{}", other.body);
    let other =
        api(&house, "mila", "POST", "/records/documents", json!({"fields": {"title": "Other", "file": whole(&own, "mine")}}))
            .await;
    assert_eq!(other.status, 422, "{}", other.body);
    let next = upload(&house, "mila", "next").await;
    assert_eq!(set("mila", 2, json!({"upload": next})).await.0, 200);
    assert_eq!(set("mila", 3, whole(&own, "mine")).await, refused());
    // As it is, it can be sent back.
    let now = api(&house, "mila", "GET", &path, json!(null)).await.json()["fields"]["file"].clone();
    assert_eq!(set("mila", 3, now).await.0, 200);
    // Too late.
    house.advance(flow::USABLE.as_secs() + 1);
    assert_eq!(set("kees", 3, json!({"upload": of_kees})).await, refused());
}

/// P14: by the API, with the right to attach and a field that is there.
#[tokio::test]
async fn the_api_takes_bytes_and_gives_them_back() {
    let house = house().await;
    let post = async |who: &str, query: &str| api(&house, who, "POST", &format!("/files?{query}"), "abc".into()).await.status;
    assert_eq!(post("mila", "module=documents&field=file").await, 201);
    for (query, status) in [
        ("module=documents&field=title", 404),
        ("module=nothing&field=file", 404),
        ("module=documents", 400),
        ("module=documents&field=file&x=1", 400),
    ] {
        assert_eq!(post("mila", query).await, status, "{query}");
    }
    assert_eq!(post("daan", "module=documents&field=file").await, 403, "who isn't known here");
    let uploaded = upload(&house, "mila", "abc").await;
    let made =
        api(&house, "mila", "POST", "/records/documents", json!({"fields": {"title": "T", "file": {"upload": uploaded}}})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let file = &made.json()["fields"]["file"];
    assert_eq!((&file["name"], &file["size"], &file["type"]), (&json!("a.txt"), &json!(3), &json!("text/plain")));
    let path = format!("/records/documents/{}/files/file", made.json()["id"].as_str().unwrap());
    let bytes = api(&house, "mila", "GET", &path, json!(null)).await;
    assert_eq!((bytes.status, bytes.body.as_str()), (200, "abc"));
    assert_eq!(api(&house, "mila", "GET", &format!("{path}?version=1"), json!(null)).await.body, "abc");
    assert_eq!(api(&house, "mila", "GET", &path.replace("/file", "/title"), json!(null)).await.status, 404);
}

/// case 39: sizes and kinds have limits; what is refused doesn't stay.
#[tokio::test]
async fn what_a_field_does_not_take_is_refused_in_words_and_leaves_nothing() {
    let house = house().await;
    let limited = "modules: [{key: papers, labels: {en: P, nl: P, pl: P, tr: P}, singular: {en: P, nl: P, pl: P, tr: P}, icon: document,
        title: name, list: [name], fields: [
        {key: name, kind: text, labels: {en: N, nl: N, pl: N, tr: N}, required: true},
        {key: scan, kind: {file: {max_size: 20, types: [application/pdf, 'image/*']}}, labels: {en: S, nl: S, pl: S, tr: S}}]}]
roles: [{name: sales, rules: [{module: papers, tree: all, rights: [see, create, change, attach, history], fields: {default: write}}]}]";
    let preset = crate::crm::modules::preset::Preset::read(limited).unwrap();
    crate::crm::modules::flow::apply(&house.crm.db, preset, house.crm.env.now()).await.unwrap();
    let send = async |content: &str| {
        let body = parts(&[("base_version", "0"), ("f-name", "x")], &[("f-scan", "a.pdf", "application/pdf", content)]);
        let answer = send(&house, "mila", "same-origin", "/m/papers/new", body).await;
        (answer.status, answer.body)
    };
    let (status, page) = send(&format!("{PDF}{PDF}")).await;
    assert!(status == 422 && page.contains("Choose a file of at most 20 bytes."), "{page}");
    let (status, page) = send("just text").await;
    assert!(status == 422 && page.contains("Files of this kind don’t go here."), "{page}");
    assert_eq!(send("%PDF-1.4").await.0, 303);
    assert_eq!(states(&house).await, ["gone", "gone", "kept"]);
    assert_eq!(lying(&house).len(), 1);
    // A file for a field that takes none ends the form.
    let body = parts(&[("base_version", "0"), ("f-name", "x")], &[("f-name", "a.pdf", "", PDF)]);
    assert_eq!(super::tests::send(&house, "mila", "same-origin", "/m/papers/new", body).await.status, 400);
}

/// P9: what no record took goes, row and bytes, whatever a crash left of either; what a record holds stays.
#[tokio::test]
async fn what_no_record_took_is_swept_away_from_wherever_a_crash_left_it() {
    let house = house().await;
    document(&house, "mila", "Kept", "kept").await;
    let waiting = upload(&house, "mila", "never taken").await;
    let lost = upload(&house, "mila", "its bytes are gone").await;
    house.crm.files.vault.remove(&lost).await.unwrap();
    // Killed in the middle of writing: a row that says so, and the beginning of the bytes.
    let cut = upload(&house, "mila", "cut off").await;
    let at = house.crm.env.settings.files().join(&cut[..2]);
    std::fs::rename(at.join(&cut), at.join(format!("{cut}#1"))).unwrap();
    house
        .crm
        .db
        .write::<_, _, crate::kernel::db::DbError, _>(cut, |cut, mut tx| {
            Box::pin(
                async move { tx.q(sql!("UPDATE files SET state = 'receiving' WHERE id = $1")).bind(cut.as_str()).exec().await },
            )
        })
        .await
        .unwrap();
    assert_eq!(flow::sweep(&house.crm).await.unwrap(), 0);
    house.advance(3601);
    assert_eq!(flow::sweep(&house.crm).await.unwrap(), 1);
    assert_eq!(lying(&house).len(), 2);
    house.advance(KEPT.as_secs());
    assert_eq!(flow::sweep(&house.crm).await.unwrap(), 2);
    assert_eq!((states(&house).await, lying(&house).len()), (vec!["kept".to_owned()], 1));
    assert!(house.crm.files.vault.read(&waiting).await.is_err());
}

/// case 40: access that is taken away while a file is on its way ends it there.
#[tokio::test]
async fn a_long_download_stops_when_access_is_taken_away() {
    let house = house().await;
    let long = "x".repeat(5 * 1024 * 1024);
    let path = document(&house, "mila", "Long", &long).await;
    let cookie = house.session("kees").await;
    let begin = async || {
        let request = Request::get(format!("{path}/files/file")).header(header::COOKIE, &cookie).body(Body::empty()).unwrap();
        let answer = house.routes.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.into_body().into_data_stream()
    };
    let read = async |body: &mut axum::body::BodyDataStream, enough: usize| {
        let mut got = 0;
        while got < enough {
            match body.next().await {
                Some(Ok(bytes)) => got += bytes.len(),
                Some(Err(_)) => return (got, true),
                None => return (got, false),
            }
        }
        (got, false)
    };
    let mut whole = begin().await;
    assert_eq!(read(&mut whole, usize::MAX).await, (long.len(), false));
    let (mut by_size, mut by_time) = (begin().await, begin().await);
    read(&mut by_size, 100_000).await;
    read(&mut by_time, 100_000).await;
    house.append([Entry::Role { holder: Holder::Person("kees".into()), role: "sales".into(), present: false }]);
    house.crm.replica.poll_now().await.unwrap();
    let (got, stopped) = read(&mut by_size, usize::MAX).await;
    assert!(stopped && got <= 1024 * 1024, "{got} bytes more");
    house.advance(1);
    let (got, stopped) = read(&mut by_time, usize::MAX).await;
    assert!(stopped && got == 0, "{got} bytes more");
}
