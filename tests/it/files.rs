//! Files of records over HTTP: who gets one, which version of it, and when a long one stops.

use reqwest::{Method, Response};
use zegel::crm::modules::flow::apply;
use zegel::crm::modules::preset::Preset;
use zegel::demo::browser::Browser;
use zegel::idp::people::{self, EmailKey};
use zegel::kernel::db::DbError;
use zegel::sql;

use crate::on_both_engines;
use crate::support::postgres::TestDb;
use crate::support::world::World;

/// What readers see: documents once they are approved, with their history.
const READERS: &str = "portals:
  - key: readers
    labels: {en: Readers, nl: Lezers, pl: Czytelnicy, tr: Okurlar}
    module: contacts
    rules:
      - {module: documents, tree: {value: {field: status, operator: is, value: approved}}, rights: [see, history], fields: {default: read, named: {remarks: hidden}}}
";

/// The company, with Patricia in the portal of readers, and Mila linked to a relation; its id.
async fn company(db: TestDb) -> (World, Browser, Browser, String) {
    let world = World::start(db).await;
    let crm = world.crm();
    apply(&crm.db, Preset::read(READERS).unwrap(), crm.env.now()).await.unwrap();
    let (mut mila, patricia) = (world.member("mila@example.com").await, world.member("patricia@example.com").await);
    let form = [("base_version", "0"), ("f-name", "Kowalski Transport")];
    let made = mila.post(format!("{}/m/relations/new", world.crm_url), &form).await.unwrap();
    let relation = made.url.path().rsplit('/').next().unwrap().to_owned();
    link(&world, "mila@example.com", &relation).await;
    let form = [("base_version", "0"), ("f-name", "Patricia Nowak"), ("f-relation", relation.as_str())];
    let contact = mila.post(format!("{}/m/contacts/new", world.crm_url), &form).await.unwrap();
    invite(&world, "patricia@example.com", contact.url.path().rsplit('/').next().unwrap()).await;
    (world, mila, patricia, relation)
}

async fn sub(world: &World, email: &str) -> String {
    let mut snapshot = world.idp().db.snapshot().await.unwrap();
    let key = EmailKey::parse(email).unwrap();
    people::store::by_email(&mut snapshot.tx(), &key).await.unwrap().unwrap().id
}

/// Gives a colleague a grant on a relation, as the access log would.
async fn link(world: &World, email: &str, relation: &str) {
    let data = (format!("person:{}", sub(world, email).await), relation.to_owned());
    let work = world.crm().db.write::<_, _, DbError, _>(data, |(holder, relation), mut tx| {
        Box::pin(async move {
            tx.q(sql!(
                "INSERT INTO replica_grants (generation, id, holder, relation, level, starts_at, ends_at)
                 SELECT generation, 'g1', $1, $2, 4, 0, 9000000000000000 FROM replica_cursor WHERE state = 'current'"
            ))
            .bind(holder.as_str())
            .bind(relation.as_str())
            .exec()
            .await
        })
    });
    work.await.unwrap();
}

/// Makes someone a contact in the portal of readers, as an accepted invitation does.
async fn invite(world: &World, email: &str, contact: &str) {
    let data = (sub(world, email).await, contact.to_owned());
    let work = world.crm().db.write::<_, _, DbError, _>(data, |(sub, contact), mut tx| {
        Box::pin(async move {
            tx.q(sql!(
                "INSERT INTO replica_invited (generation, invitation, sub)
                 SELECT generation, 'i1', $1 FROM replica_cursor WHERE state = 'current'"
            ))
            .bind(sub.as_str())
            .exec()
            .await?;
            let bound = tx.q(sql!(
                "INSERT INTO portal_bindings (invitation, portal, module, record_id, made_by, made_at)
                 VALUES ('i1', 'readers', 'contacts', $1, 'x', 0)"
            ));
            bound.bind(contact.as_str()).exec().await
        })
    });
    work.await.unwrap();
}

/// Takes the invitation back.
async fn uninvite(world: &World) {
    let work = world.crm().db.write::<_, _, DbError, _>((), |(), mut tx| {
        Box::pin(async move { tx.q(sql!("DELETE FROM replica_invited WHERE invitation = 'i1'")).exec().await })
    });
    work.await.unwrap();
}

/// A request with a browser's cookies, without following.
async fn send(world: &World, browser: &Browser, method: Method, path: &str, body: Option<Vec<u8>>) -> Response {
    let jar: Vec<_> = browser.cookies.get("localhost").into_iter().flatten().map(|(k, v)| format!("{k}={v}")).collect();
    let mut request = world.http.request(method, format!("{}{path}", world.crm_url)).header("cookie", jar.join("; "));
    request = request.header("sec-fetch-site", "same-origin").header("origin", &world.crm_url).header("accept", "text/html");
    if let Some(body) = body {
        request = request.header("content-type", "multipart/form-data; boundary=b").body(body);
    }
    request.send().await.unwrap()
}

fn parts(fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    if let Some((called, content)) = file {
        let head = format!(
            "--b\r\nContent-Disposition: form-data; name=\"f-file\"; filename=\"{called}\"\r\nContent-Type: text/html\r\n\r\n"
        );
        body.extend(head.bytes().chain(content.iter().copied()).chain(*b"\r\n"));
    }
    body.extend(*b"--b--\r\n");
    body
}

/// A document with a file, made by its form; its path.
async fn document(world: &World, browser: &Browser, relation: &str, status: &str, content: &[u8]) -> String {
    let fields = [("base_version", "0"), ("f-title", "Agreement"), ("f-status", status), ("f-relation", relation)];
    let answer =
        send(world, browser, Method::POST, "/m/documents/new", Some(parts(&fields, Some(("agreement.txt", content))))).await;
    let (status, to) = (answer.status(), answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned()));
    assert_eq!(status, 303, "{}", answer.text().await.unwrap());
    to.unwrap().split('?').next().unwrap().to_owned()
}

/// Saves a document by its form.
async fn edit(world: &World, browser: &Browser, path: &str, version: &str, fields: &[(&str, &str)], content: Option<&[u8]>) {
    let all = [&[("id", path.rsplit('/').next().unwrap()), ("base_version", version)], fields].concat();
    let answer =
        send(world, browser, Method::POST, &format!("{path}/edit"), Some(parts(&all, content.map(|c| ("agreement.txt", c)))))
            .await;
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
}

async fn get(world: &World, browser: &Browser, path: &str) -> (u16, String) {
    let answer = send(world, browser, Method::GET, path, None).await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

on_both_engines! {
    /// P9, P12, Z10, case 34: the address of a file works for who sees the record and that version now, and for nobody else.
    async fn a_file_is_had_by_who_sees_its_record_and_its_version(db: TestDb) {
        let (world, mila, patricia, relation) = company(db).await;
        let path = document(&world, &mila, &relation, "draft", b"the refused discount").await;
        let (file, first) = (format!("{path}/files/file"), format!("{path}/files/file?version=1"));
        assert_eq!(get(&world, &mila, &file).await, (200, "the refused discount".to_owned()));
        assert_eq!(get(&world, &patricia, &file).await.0, 404);
        // Whoever isn't signed in is led to the sign-in.
        assert_eq!(get(&world, &world.browser(), &file).await.0, 303);
        // Approved with another file: the present one is hers, the one that she couldn't see then is not.
        edit(&world, &mila, &path, "1", &[("f-status", "approved")], Some(b"the agreement")).await;
        assert_eq!(get(&world, &patricia, &file).await, (200, "the agreement".to_owned()));
        assert_eq!(get(&world, &patricia, &format!("{file}?version=2")).await.0, 200);
        assert_eq!(get(&world, &patricia, &first).await.0, 404);
        assert_eq!(get(&world, &mila, &first).await, (200, "the refused discount".to_owned()));
        // Internal for a while: nothing of it, and what was internal stays so after it is released.
        mark(&world, "mila@example.com", &path, 2, true).await;
        edit(&world, &mila, &path, "3", &[], Some(b"for colleagues")).await;
        for version in ["", "?version=2", "?version=3", "?version=4"] {
            assert_eq!(get(&world, &patricia, &format!("{file}{version}")).await.0, 404, "{version}");
        }
        assert_eq!(get(&world, &mila, &file).await.1, "for colleagues");
        edit(&world, &mila, &path, "4", &[], Some(b"for everyone")).await;
        mark(&world, "mila@example.com", &path, 5, false).await;
        assert_eq!(get(&world, &patricia, &file).await, (200, "for everyone".to_owned()));
        for (version, status) in [("1", 404), ("2", 200), ("3", 404), ("4", 404), ("5", 404), ("6", 200)] {
            assert_eq!(get(&world, &patricia, &format!("{file}?version={version}")).await.0, status, "{version}");
        }
        // The history leads to each file that there was, for who may read it.
        let history = get(&world, &mila, &format!("{path}?tab=history")).await.1;
        for version in [1, 2, 4, 5] {
            assert!(history.contains(&format!("/files/file?version={version}\"")), "{version}");
        }
        // A field that isn't a file, or isn't shown to her, has none.
        for field in ["title", "remarks", "nothing"] {
            assert_eq!(get(&world, &patricia, &format!("{path}/files/{field}")).await.0, 404, "{field}");
        }
        // Case 37: under another module's address there is nothing.
        assert_eq!(get(&world, &mila, &file.replace("/documents/", "/notes/")).await.0, 404);
    }

    /// case 37: what one person uploaded another can't put into a record, by form or otherwise.
    async fn an_upload_is_of_who_brought_it(db: TestDb) {
        let (world, mila, _, relation) = company(db).await;
        world.apply("people:\n  - {email: joost@example.com, name: Joost, staff: true, password: correct horse battery, roles: [sales]}\n").await;
        world.poll().await;
        let joost = world.member("joost@example.com").await;
        // A form without a title is shown again, with what it brought.
        let brought = parts(&[("base_version", "0"), ("f-status", "draft")], Some(("mine.txt", b"of joost")));
        let page = send(&world, &joost, Method::POST, "/m/documents/new", Some(brought)).await.text().await.unwrap();
        let id = page.split("name=\"u-file\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let fields = [("base_version", "0"), ("f-title", "Mine"), ("f-status", "draft"), ("f-relation", &*relation), ("u-file", &*id)];
        let by = async |who: &Browser| {
            let answer = send(&world, who, Method::POST, "/m/documents/new", Some(parts(&fields, None))).await;
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        let (status, page) = by(&mila).await;
        assert!(status == 422 && page.contains("Choose the file once more") && !page.contains("mine.txt"), "{page}");
        assert_eq!(by(&joost).await.0, 303);
        assert_eq!(by(&joost).await.0, 422, "once");
    }

    /// case 39: a page or a program is had as what it is, to be saved, from a sandbox.
    async fn what_comes_as_a_page_is_had_as_text_to_be_saved(db: TestDb) {
        let (world, mila, _, relation) = company(db).await;
        let path = document(&world, &mila, &relation, "draft", b"<html><script>alert(1)</script>").await;
        let answer = send(&world, &mila, Method::GET, &format!("{path}/files/file"), None).await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(header("content-disposition"), "attachment; filename=\"agreement.txt\"; filename*=UTF-8''agreement.txt");
        assert_eq!((header("x-content-type-options"), header("cache-control")), ("nosniff".to_owned(), "no-store".to_owned()));
        assert_eq!(header("content-security-policy"), "sandbox; default-src 'none'");
    }

    /// case 40: a long download stops once access was taken away.
    async fn a_download_stops_when_its_reader_loses_access(db: TestDb) {
        let (world, mila, patricia, relation) = company(db).await;
        let long = vec![b'x'; 24 * 1024 * 1024];
        let path = document(&world, &mila, &relation, "approved", &long).await;
        let mut answer = send(&world, &patricia, Method::GET, &format!("{path}/files/file"), None).await;
        assert_eq!(answer.content_length(), Some(long.len() as u64));
        let mut got = answer.chunk().await.unwrap().unwrap().len();
        uninvite(&world).await;
        let stopped = loop {
            match answer.chunk().await {
                Ok(Some(bytes)) => got += bytes.len(),
                Ok(None) => break false,
                Err(_) => break true,
            }
        };
        // What was on its way already fills the buffers between the two; the rest doesn't follow.
        assert!(stopped && got < long.len() - 4 * 1024 * 1024, "{got} bytes");
        assert_eq!(get(&world, &patricia, &format!("{path}/files/file")).await.0, 404);
    }
}

/// Marks a document as internal, or releases it.
async fn mark(world: &World, email: &str, path: &str, version: i64, internal: bool) {
    use zegel::crm::records::model::{Cause, Change, Outcome, Via};
    use zegel::crm::visibility::sight::Viewer;
    let (crm, id) = (world.crm(), path.rsplit('/').next().unwrap());
    let now = crm.env.now();
    let today = now.to_jiff().to_zoned(crm.env.settings.zone()).date();
    let viewer = Viewer::staff(sub(world, email).await, vec!["sales".into()], now, today);
    let mut change = Change::edit("documents".try_into().unwrap(), id, version, Default::default(), Cause::via(Via::Command));
    change.internal = Some(internal);
    let outcome = crm.records.write(&viewer, change).await.unwrap();
    assert!(matches!(outcome, Outcome::Written { .. }), "{outcome:?}");
}
