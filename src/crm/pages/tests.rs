//! The pages of records over their routes, beside a provider that says what the test wants.

use axum::http::{Request, header};

use crate::contract::feed::{Entry, Holder};
use crate::crm::testing::{Answer, House};
use crate::kernel::pages::Texts;

/// S8, S9
#[test]
fn the_pages_of_records_have_no_problems_in_any_language() {
    let texts = Texts::load().unwrap();
    let found: Vec<String> = super::check_pages(&texts).unwrap().into_iter().flat_map(|(_, problems)| problems).collect();
    assert!(found.is_empty(), "{found:#?}");
    // For looking at them: each page goes to the folder that this names, when it is named.
    if let Ok(folder) = std::env::var("ZEGEL_PAGES_TO") {
        for sample in super::all_samples(&texts).unwrap() {
            std::fs::write(format!("{folder}/{}.html", sample.name), sample.html).unwrap();
        }
    }
}

/// A browser of a person who is signed in.
struct Browser<'h> {
    house: &'h House,
    cookie: String,
}

/// Mila has the role sales, Daan is a driver.
async fn house() -> House {
    let house = House::new().await;
    let (sub, name, language) = ("daan".to_owned(), "Daan Visser".to_owned(), "en".to_owned());
    let role = Entry::Role { holder: Holder::Person("daan".into()), role: "driver".into(), present: true };
    house.append([Entry::Person { sub, name, language, staff: true, active: true }, role]);
    house.crm.replica.poll_now().await.unwrap();
    house
}

impl<'h> Browser<'h> {
    async fn of(house: &'h House, sub: &str) -> Self {
        Self { house, cookie: house.session(sub).await }
    }

    async fn get(&self, path: &str) -> Answer {
        self.house.get(path, header::COOKIE, &self.cookie).await
    }

    async fn post_from(&self, site: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site);
        self.house.send(request.body(body).unwrap()).await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.post_from("same-origin", path, form).await
    }

    /// Makes a record by its form; its path.
    async fn make(&self, module: &str, form: &[(&str, &str)]) -> String {
        let answer = self.post(&format!("/m/{module}/new"), &[&[("base_version", "0")], form].concat()).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.header("location").split('?').next().unwrap().to_owned()
    }

    async fn delivery(&self, number: &str) -> String {
        let relation = self.make("relations", &[("f-name", "Bakkerij Smit")]).await;
        let relation = id(&relation).to_owned();
        let form = [("f-number", number), ("f-relation", relation.as_str()), ("f-status", "planned"), ("f-value", "12,50")];
        self.make("deliveries", &form).await
    }
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// The value of a hidden field.
fn hidden<'a>(page: &'a Answer, name: &str) -> &'a str {
    let start = format!("name=\"{name}\" value=\"");
    page.body.split(&start).nth(1).unwrap().split('"').next().unwrap()
}

/// O8
#[tokio::test]
async fn the_sections_are_those_that_the_roles_enter() {
    let house = house().await;
    let (mila, daan) = (Browser::of(&house, "mila").await, Browser::of(&house, "daan").await);
    let page = daan.get("/").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("href=\"/m/deliveries\"") && !page.body.contains("href=\"/m/quotes\""));
    assert!(mila.get("/").await.body.contains("href=\"/m/quotes\""));
    // Nobody's page leads to the sign-in.
    assert_eq!(house.get("/m/relations", header::ACCEPT, "text/html").await.status, 303);
}

/// A page for what is missing and for what may not be seen: the same.
#[tokio::test]
async fn missing_and_forbidden_look_the_same() {
    let house = house().await;
    let (mila, daan) = (Browser::of(&house, "mila").await, Browser::of(&house, "daan").await);
    let relation = mila.make("relations", &[("f-name", "Smit")]).await;
    let quote = mila.make("quotes", &[("f-number", "Q-1"), ("f-relation", id(&relation)), ("f-stage", "draft")]).await;
    let other = format!("/m/quotes/{}", house.crm.env.id());
    let mut bodies = Vec::new();
    for path in [quote.as_str(), &other, "/m/quotes", "/m/nothing", &format!("/m/deliveries/{}", id(&quote)), "/m/quotes/new"] {
        let page = daan.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        let request = page.header("x-request-id");
        let path_coded: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
        bodies.push(page.body.replace(request, "").replace(&path_coded, ""));
    }
    assert!(bodies.windows(2).all(|b| b[0] == b[1]));
}

/// P6
#[tokio::test]
async fn a_form_makes_a_record_once_however_often_it_is_sent() {
    let house = house().await;
    let mila = Browser::of(&house, "mila").await;
    let form = mila.get("/m/contacts/new").await;
    let key = hidden(&form, "idempotency_key");
    let sent = [("base_version", "0"), ("idempotency_key", key), ("f-name", "Patricia Nowak"), ("tick-no_mailings", "no")];
    let (first, again) = (mila.post("/m/contacts/new", &sent).await, mila.post("/m/contacts/new", &sent).await);
    assert_eq!((first.status, first.header("location")), (303, again.header("location")));
    assert_eq!(mila.get("/m/contacts").await.body.matches("<th scope=\"row\">").count(), 1);
    let other = [("base_version", "0"), ("idempotency_key", key), ("f-name", "Eva")];
    let refused = mila.post("/m/contacts/new", &other).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("already saved once") && refused.body.contains("value=\"Eva\""));
    assert_ne!(hidden(&refused, "idempotency_key"), key);
    let page = mila.get(first.header("location")).await;
    assert!(page.body.contains("Patricia Nowak") && page.body.contains("Saved."), "{}", page.body);
}

#[tokio::test]
async fn what_is_wrong_stands_at_the_field_and_above_and_nothing_is_lost() {
    let house = house().await;
    let mila = Browser::of(&house, "mila").await;
    let form = [("base_version", "0"), ("f-name", ""), ("f-email", "no address"), ("f-remarks", "<b>\r\n & so")];
    let page = mila.post("/m/contacts/new", &form).await;
    assert_eq!(page.status, 422);
    for part in ["href=\"#f-name\"", "id=\"f-name-error\"", "id=\"f-email-error\"", "value=\"no address\"", "&#60;b&#62;"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
}

#[tokio::test]
async fn who_saves_on_an_old_version_sees_both_values_and_can_save_again() {
    let house = house().await;
    let mila = Browser::of(&house, "mila").await;
    let path = mila.make("relations", &[("f-name", "Smit"), ("f-city", "Utrecht")]).await;
    let edit = format!("{path}/edit");
    let form = mila.get(&edit).await;
    let (version, id) = (hidden(&form, "base_version").to_owned(), hidden(&form, "id").to_owned());
    let save = |version: String, city: &'static str| {
        let (mila, edit, id) = (&mila, &edit, &id);
        async move { mila.post(edit, &[("id", id), ("base_version", &version), ("f-name", "Smit"), ("f-city", city)]).await }
    };
    assert_eq!(save(version.clone(), "Zeist").await.status, 303);
    let late = save(version, "Ede").await;
    assert_eq!(late.status, 409);
    for part in ["id=\"conflict\"", ">Zeist</td>", ">Ede</td>", "value=\"Ede\"", "mila of the log changed it"] {
        assert!(late.body.contains(part), "{part}: {}", late.body);
    }
    assert_eq!(save(hidden(&late, "base_version").to_owned(), "Ede").await.status, 303);
    assert!(mila.get(&path).await.body.contains("Ede"));
}

#[tokio::test]
async fn a_button_sets_the_status_and_the_history_tells() {
    let house = house().await;
    let (mila, daan) = (Browser::of(&house, "mila").await, Browser::of(&house, "daan").await);
    let path = mila.delivery("D-1").await;
    let page = daan.get(&path).await;
    assert!(page.body.contains("id=\"set-status-on_the_road\"") && !page.body.contains("id=\"delete\""), "{}", page.body);
    assert!(!page.body.contains("12.50"), "the driver sees what it is worth");
    let form = [("base_version", hidden(&page, "base_version")), ("idempotency_key", hidden(&page, "idempotency_key"))];
    let set = |value| [&form[..], &[("field", "status"), ("value", value)]].concat();
    assert_eq!(daan.post(&format!("{path}/set"), &set("on_the_road")).await.status, 303);
    let history = daan.get(&format!("{path}?tab=history")).await;
    assert!(history.body.contains("Daan Visser") && history.body.contains("On the road"), "{}", history.body);
    assert_eq!(daan.post(&format!("{path}/set"), &set("delivered")).await.status, 409);
    let hidden_field = [("base_version", "2"), ("field", "value"), ("value", "1")];
    assert_eq!(daan.post(&format!("{path}/set"), &hidden_field).await.status, 422);
}

/// case 37
#[tokio::test]
async fn a_form_for_another_record_than_the_path_is_refused() {
    let house = house().await;
    let mila = Browser::of(&house, "mila").await;
    let (a, b) = (mila.make("relations", &[("f-name", "A")]).await, mila.make("relations", &[("f-name", "B")]).await);
    let form = [("id", id(&b)), ("base_version", "1"), ("f-name", "C")];
    assert_eq!(mila.post(&format!("{a}/edit"), &form).await.status, 400);
    assert_eq!(mila.post(&format!("{a}/delete"), &form[..2]).await.status, 400);
    assert!(mila.get(&a).await.body.contains(">A</h1>") && mila.get(&b).await.body.contains(">B</h1>"));
}

/// case 28
#[tokio::test]
async fn a_form_from_another_site_changes_nothing() {
    let house = house().await;
    let mila = Browser::of(&house, "mila").await;
    let answer = mila.post_from("cross-site", "/m/relations/new", &[("base_version", "0"), ("f-name", "Evil")]).await;
    assert_eq!(answer.status, 403);
    assert!(!mila.get("/m/relations").await.body.contains("Evil"));
}

#[tokio::test]
async fn deleting_asks_first_and_takes_the_record_out_of_the_list() {
    let house = house().await;
    let (mila, daan) = (Browser::of(&house, "mila").await, Browser::of(&house, "daan").await);
    let path = mila.delivery("D-1").await;
    let question = mila.get(&format!("{path}/delete")).await;
    assert!(question.body.contains("Delivery D-1"));
    let form = [("id", id(&path)), ("base_version", "1")];
    assert_eq!(daan.post(&format!("{path}/delete"), &form).await.status, 403);
    let gone = mila.post(&format!("{path}/delete"), &form).await;
    assert_eq!((gone.status, gone.header("location")), (303, "/m/deliveries"));
    assert_eq!(mila.get(&path).await.status, 404);
    assert!(mila.get("/m/deliveries").await.body.contains("No deliveries yet"));
}

/// Z4
#[tokio::test]
async fn filters_read_as_chips_and_come_off_one_by_one() {
    let house = house().await;
    let mila = Browser::of(&house, "mila").await;
    mila.delivery("D-1").await;
    let made = mila.get("/m/deliveries?add.field=status&add.op=any&add.value=planned&add.value=refused&sort=number").await;
    assert_eq!(made.status, 303);
    let to = made.header("location").to_owned();
    assert_eq!(to, "/m/deliveries?sort=number&filter%5Bstatus%5D%5Bany%5D=planned%2Crefused");
    let list = mila.get(&to).await;
    assert!(list.body.contains("Status: Planned, Refused") && list.body.contains("D-1"), "{}", list.body);
    assert!(list.body.contains("href=\"/m/deliveries?sort=number\" aria-current=\"true\""));
    let none = mila.get("/m/deliveries?filter%5Bstatus%5D%5Bis%5D=delivered").await;
    assert!(none.body.contains("Nothing fits these filters"));
    for bad in ["filter%5Bno_such%5D=1", "sort=remarks", "cursor=x", "filter%5Bstatus%5D%5Blike%5D=1"] {
        assert_eq!(mila.get(&format!("/m/deliveries?{bad}")).await.status, 400, "{bad}");
    }
}

/// P7
#[tokio::test]
async fn the_dossier_tells_what_happened_and_can_be_narrowed() {
    let house = house().await;
    let mila = Browser::of(&house, "mila").await;
    let relation = mila.make("relations", &[("f-name", "Bakkerij Smit")]).await;
    let at = id(&relation);
    mila.make("notes", &[("f-subject", "Ovens"), ("f-kind", "general"), ("f-relation", at), ("f-text", "In spring.")]).await;
    let task =
        [("f-subject", "Plan the demo"), ("f-kind", "task"), ("f-status", "open"), ("f-relation", at), ("f-owner", "mila")];
    mila.make("activities", &task).await;
    let page = mila.get(&relation).await;
    for part in ["Ovens", "In spring.", "Plan the demo", "was made by mila of the log"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let timeline =
        |page: Answer| page.body.split("id=\"timeline\"").nth(1).unwrap().split("</section>").next().unwrap().to_owned();
    let notes = timeline(mila.get(&format!("{relation}?kind=notes")).await);
    assert!(notes.contains("Ovens") && !notes.contains("Plan the demo"));
    // Who did it is offered once there are several, and kept beside the kind.
    assert!(!timeline(mila.get(&relation).await).contains("?by="));
    let delivery =
        mila.make("deliveries", &[("f-number", "D-1"), ("f-relation", at), ("f-status", "planned"), ("f-value", "1")]).await;
    let set = [("field", "status"), ("value", "on_the_road"), ("base_version", "1")];
    let daan = Browser::of(&house, "daan").await;
    assert_eq!(daan.post(&format!("{delivery}/set"), &set).await.status, 303);
    let all = timeline(mila.get(&relation).await);
    assert!(all.contains("?by=daan") && all.contains(">Daan Visser</a>"), "{all}");
    let his = timeline(mila.get(&format!("{relation}?by=daan")).await);
    assert!(his.contains("D-1") && !his.contains("Ovens") && his.contains("kind=notes&#38;by=daan"), "{his}");
    let none = timeline(mila.get(&format!("{relation}?kind=notes&by=daan")).await);
    assert!(none.contains("Nothing has happened yet") && none.contains("?kind=notes\""), "the way back: {none}");
    assert!(mila.get(&format!("{relation}?tab=activities")).await.body.contains("Plan the demo"));
    assert_eq!(mila.get(&format!("{relation}?tab=nothing")).await.status, 404);
    assert!(mila.get("/").await.body.contains("Plan the demo"));
    assert!(mila.get("/search?q=OVENS").await.body.contains("Ovens"));
}

/// A lookup with more records than a list can hold is found by a typed title, without a script.
#[tokio::test]
async fn among_many_records_one_is_chosen_by_its_title() {
    let house = house().await;
    let mila = Browser::of(&house, "mila").await;
    for n in 0..201 {
        mila.make("relations", &[("f-name", &format!("Customer {n:03}"))]).await;
    }
    let form = mila.get("/m/deliveries/new").await;
    assert!(form.body.contains("id=\"t-relation\""), "{}", form.body);
    let send = |title: &'static str| {
        let mila = &mila;
        async move {
            let form = [
                ("base_version", "0"),
                ("f-number", "D-1"),
                ("f-status", "planned"),
                ("t-relation", title),
                ("was-relation", ""),
            ];
            mila.post("/m/deliveries/new", &form).await
        }
    };
    assert_eq!(send("").await.status, 422);
    assert_eq!(send("Nobody").await.status, 422);
    let several = send("Customer 10").await;
    assert!(
        several.status == 422 && several.body.contains("Several fit this name") && several.body.contains("Customer 109</option>")
    );
    assert_eq!(send("customer 200").await.status, 303);
}

/// A person's form doesn't take away what he doesn't see.
#[tokio::test]
async fn saving_a_form_keeps_what_it_did_not_show() {
    let house = house().await;
    let (mila, daan) = (Browser::of(&house, "mila").await, Browser::of(&house, "daan").await);
    let path = mila.delivery("D-1").await;
    let form = daan.get(&format!("{path}/edit")).await;
    assert!(form.body.contains("id=\"f-status\"") && !form.body.contains("f-value") && !form.body.contains("f-number"));
    let sent = [("id", id(&path)), ("base_version", "1"), ("f-status", "on_the_road"), ("f-remarks", "Rang twice.")];
    assert_eq!(daan.post(&format!("{path}/edit"), &sent).await.status, 303);
    let page = mila.get(&path).await;
    assert!(
        page.body.contains("€12.50") && page.body.contains("Bakkerij Smit") && page.body.contains("Rang twice."),
        "{}",
        page.body
    );
}

/// P13: work is given to someone by name, who finds it as his own; lists and their filters say names too.
#[tokio::test]
async fn work_is_given_by_name_and_is_its_persons_own() {
    let house = house().await;
    let (mila, daan) = (Browser::of(&house, "mila").await, Browser::of(&house, "daan").await);
    let form = mila.get("/m/deliveries/new").await;
    assert!(form.body.contains("<option value=\"daan\">Daan Visser</option>"), "{}", form.body);
    assert!(!form.body.contains("patricia"), "who does not work here is not offered");
    let relation = mila.make("relations", &[("f-name", "Bakkerij Smit")]).await;
    let task = |name, owner| [("f-subject", name), ("f-kind", "task"), ("f-status", "open"), ("f-owner", owner)];
    mila.make("activities", &task("Plan the demo", "mila")).await;
    mila.make("activities", &task("Load the van", "daan")).await;
    let overview = mila.get("/").await;
    let own = overview.body.split("id=\"recent\"").next().unwrap();
    assert!(own.contains("Plan the demo") && !own.contains("Load the van"), "{own}");
    let delivery = [("f-number", "D-1"), ("f-relation", id(&relation)), ("f-status", "planned"), ("f-driver", "daan")];
    let path = mila.make("deliveries", &delivery).await;
    for page in [path.as_str(), "/m/deliveries", "/m/deliveries?filter%5Bdriver%5D%5Bis%5D=daan"] {
        assert!(mila.get(page).await.body.contains("Daan Visser"), "{page}");
    }
    let mine = "/m/deliveries?filter%5Bdriver%5D%5Bis%5D=me";
    assert!(daan.get(mine).await.body.contains("D-1") && daan.get(mine).await.body.contains("Driver: me"));
    assert!(!mila.get(mine).await.body.contains("D-1"));
    assert!(mila.get("/m/deliveries?add=driver").await.body.contains("<option value=\"me\">"));
    let outside = mila.post("/m/activities/new", &[&[("base_version", "0")], &task("x", "patricia")[..]].concat()).await;
    assert_eq!(outside.status, 303, "staff may name someone from outside");
    let nobody = mila.post("/m/activities/new", &[&[("base_version", "0")], &task("x", "nobody")[..]].concat()).await;
    assert!(nobody.status == 422 && nobody.body.contains("Choose somebody"), "{}", nobody.body);
}

/// With more colleagues than a list can hold, one is found by a typed name, without a script.
#[tokio::test]
async fn among_many_colleagues_one_is_found_by_name() {
    let house = house().await;
    house.append((0..201).map(|n| Entry::Person {
        sub: format!("p{n}"),
        name: format!("Person {n:03}"),
        language: "en".into(),
        staff: true,
        active: true,
    }));
    house.crm.replica.poll_now().await.unwrap();
    let mila = Browser::of(&house, "mila").await;
    assert!(mila.get("/m/activities/new").await.body.contains("id=\"t-owner\""));
    let send = async |name: &str| {
        let form = [("base_version", "0"), ("f-subject", "x"), ("f-kind", "task"), ("f-status", "open"), ("t-owner", name)];
        mila.post("/m/activities/new", &form).await
    };
    assert_eq!(send("Nobody of this name").await.status, 422);
    let several = send("person 10").await;
    assert!(several.status == 422 && several.body.contains("Person 109</option>"), "{}", several.body);
    let made = send("PERSON 200").await;
    assert_eq!(made.status, 303);
    let page = mila.get(made.header("location")).await;
    assert!(page.body.contains("Person 200"));
    // The form shows the name again and keeps it.
    let form = mila.get(&format!("{}/edit", made.header("location").split('?').next().unwrap())).await;
    assert!(form.body.contains("value=\"Person 200\""), "{}", form.body);
}

/// O5: a masked field is told to be there, and nothing of it; asking by it says so.
#[tokio::test]
async fn a_masked_field_is_told_to_be_there_and_nothing_of_it() {
    use crate::crm::modules::flow::apply;
    use crate::crm::modules::preset::{CRM, Preset};
    let house = house().await;
    let mila = Browser::of(&house, "mila").await;
    let smit = mila.make("relations", &[("f-name", "Smit"), ("f-registration", "30123456")]).await;
    assert!(mila.get(&smit).await.body.contains("30123456"));
    let mut preset = Preset::read_whole(CRM).unwrap();
    let relations = preset.modules.iter_mut().find(|m| m.key.as_str() == "relations").unwrap();
    relations.fields.iter_mut().find(|f| f.key.as_str() == "registration").unwrap().masked = true;
    apply(&house.crm.db, preset, house.crm.env.now()).await.unwrap();
    let page = mila.get(&smit).await.body;
    assert!(!page.contains("30123456") && page.contains("Registration number") && page.contains("Masked"), "{page}");
    let refused = mila.get("/m/relations?filter%5Bregistration%5D%5Bis%5D=30123456").await;
    assert!(refused.status == 400 && refused.body.contains("This field is masked"), "{}", refused.body);
}
