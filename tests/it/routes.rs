//! Every route against every kind of caller. A route that is in the source and not in the table fails, and the other way
//! round; so does any other answer than the table says.

pub(crate) mod written;

use std::collections::BTreeSet;

use secrecy::ExposeSecret;
use zegel::demo::browser::Browser;

use crate::source::none;
use crate::support::flow::{CALLBACK, VERIFIER, answered, authorize};
use crate::support::postgres::TestDb;
use crate::support::world::World;
use written::Route;

/// Who asks, as the columns of [`TABLE`].
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Without cookie and token.
    Nobody,
    /// Patricia in her browser: a customer's contact, with no role here.
    External,
    /// Daan in his browser: a driver.
    Staff,
    /// A page of another site, in Daan's browser.
    Elsewhere,
    /// An application with a token of its own for this half, without any scope that opens something.
    Client,
    /// The same with a token for another resource.
    Foreign,
    /// The record store, with its token for the provider.
    Store,
    /// Daan through an application, with a token for this half.
    Person,
}

const KINDS: [Kind; 8] =
    [Kind::Nobody, Kind::External, Kind::Staff, Kind::Elsewhere, Kind::Client, Kind::Foreign, Kind::Store, Kind::Person];

/// The status of each answer. `{...}` in a path is filled by [`fill`]; forms are empty and bodies `{}`, so what is allowed may
/// still be 400 or 422. A star: signs out, so whoever asks signs in for this row alone.
const TABLE: &str = include_str!("routes/table.txt");

/// A line of the table.
struct Row {
    route: Route,
    statuses: Vec<u16>,
    signs_out: bool,
}

fn rows() -> Vec<Row> {
    let mut out = Vec::new();
    for line in TABLE.lines().skip(1).filter(|l| !l.trim().is_empty() && !l.starts_with('#')) {
        let words: Vec<_> = line.split_whitespace().collect();
        let [half, method, path, statuses @ ..] = words.as_slice() else { panic!("a short line: {line}") };
        let signs_out = statuses.last() == Some(&"*");
        let statuses: Vec<u16> = statuses.iter().filter(|s| **s != "*").map(|s| s.parse().unwrap()).collect();
        assert_eq!(statuses.len(), KINDS.len(), "a status for each kind of caller: {line}");
        for half in if *half == "both" { vec!["idp", "crm"] } else { vec![*half] } {
            let route = (half.to_owned(), (*method).to_owned(), (*path).to_owned());
            out.push(Row { route, statuses: statuses.clone(), signs_out });
        }
    }
    out
}

#[test]
fn every_route_is_in_the_table_and_nothing_else() {
    let (written, mut complaints) = written::all();
    let table: BTreeSet<Route> = rows().into_iter().map(|r| r.route).collect();
    assert!(written.len() > 30 && rows().len() == table.len(), "routes are found, and each stands once in the table");
    let name = |(half, method, path): &Route| format!("{half} {method} {path}");
    complaints.extend(written.difference(&table).map(|r| format!("not in tests/it/routes/table.txt: {}", name(r))));
    complaints.extend(table.difference(&written).map(|r| format!("in tests/it/routes/table.txt, but in no source: {}", name(r))));
    none(complaints);
}

/// A path with something in each of its places: a module and a file that are there, ids and links that are not.
fn fill(path: &str) -> String {
    [
        ("{module}", "deliveries"),
        ("{name}", "zegel.css"),
        ("{code}", "nl"),
        ("{token}", "unknown"),
        ("{from}", "activities"),
        ("{field}", "relation"),
    ]
    .iter()
    .fold(path.to_owned(), |path, (place, value)| path.replace(place, value))
    .replace("{*rest}", "nothing")
    .replace("{id}", "01890000-0000-7000-8000-000000000000")
    .replace("{pending}", "01890000-0000-7000-8000-000000000001")
}

/// The secret of an application that has a token of each kind.
const PROBE: &str = "a-secret-of-the-probe-of-forty-characters";

/// Someone's token through the probe; without a resource it is for the provider.
async fn token_of(world: &World, email: &str, resource: &str) -> String {
    let changes = [("client_id", "probe"), ("scope", "openid records:read records:write grants account"), ("resource", resource)];
    let (_, answer) = authorize(world, email, &changes).await;
    let code = answered(&answer, "code").unwrap();
    let form = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    let (status, answer) = world.token(("probe", PROBE), &form).await;
    assert_eq!(status, 200, "{answer}");
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Who there is to ask with.
struct Callers {
    world: World,
    patricia: Browser,
    daan: Browser,
    own: [String; 2],
    foreign: String,
    store: String,
    person: [String; 2],
}

impl Callers {
    async fn gather() -> Self {
        let world = World::start(TestDb::sqlite()).await;
        let file = format!(
            "applications:\n  - {{client_id: probe, client_name: Probe, client_secret: {PROBE}, redirect_uris: [\"{CALLBACK}\"], \
             grant_types: [authorization_code, client_credentials], resources: [\"{}\", \"https://api.example\"], \
             scope: openid records:read records:write grants account}}\n",
            world.crm_url
        );
        world.apply(&file).await;
        world.poll().await;
        let (patricia, daan) = (world.member("patricia@example.com").await, world.member("daan@example.com").await);
        let token = async |resource: &str| {
            let form = [("grant_type", "client_credentials"), ("resource", resource)];
            let (status, answer) = world.token(("probe", PROBE), &form).await;
            assert_eq!(status, 200, "{answer}");
            answer["access_token"].as_str().unwrap().to_owned()
        };
        let own = [token(&world.idp_url).await, token(&world.crm_url).await];
        let foreign = token("https://api.example").await;
        let (store, _) = world.crm().provider.own_token("access-log:read challenges relations:write").await.unwrap();
        let store = store.expose_secret().to_owned();
        let person = [token_of(&world, "daan@example.com", "").await, token_of(&world, "daan@example.com", &world.crm_url).await];
        Self { world, patricia, daan, own, foreign, store, person }
    }

    /// The browser of a kind that has one; its own for a row that signs out.
    async fn browser(&self, kind: Kind, signs_out: bool) -> Option<Browser> {
        let (kept, email) = match kind {
            Kind::External => (&self.patricia, "patricia@example.com"),
            Kind::Staff | Kind::Elsewhere => (&self.daan, "daan@example.com"),
            _ => return None,
        };
        Some(if signs_out { self.world.member(email).await } else { kept.clone() })
    }

    /// The status of the answer to `route`, whether it is problem details, and what its headers lack.
    async fn ask(&self, (half, method, path): &Route, kind: Kind, signs_out: bool) -> (u16, bool, Vec<String>) {
        let base = if half == "idp" { &self.world.idp_url } else { &self.world.crm_url };
        let mut request = self.world.http.request(method.parse().unwrap(), format!("{base}{}", fill(path)));
        let api = path.starts_with("/api/");
        request = request.header("accept", if api { "application/json" } else { "text/html" });
        if let Some(browser) = self.browser(kind, signs_out).await {
            let jar: Vec<_> = browser.cookies["localhost"].iter().map(|(k, v)| format!("{k}={v}")).collect();
            let (site, origin) =
                if kind == Kind::Elsewhere { ("cross-site", "https://evil.example") } else { ("same-origin", &**base) };
            request = request.header("cookie", jar.join("; ")).header("sec-fetch-site", site).header("origin", origin);
        }
        match kind {
            Kind::Client => request = request.bearer_auth(&self.own[usize::from(half == "crm")]),
            Kind::Foreign => request = request.bearer_auth(&self.foreign),
            // Whoever signs out everywhere is nobody that others are asked with.
            Kind::Person if signs_out => request = request.bearer_auth(token_of(&self.world, "mila@example.com", "").await),
            Kind::Person => request = request.bearer_auth(&self.person[usize::from(half == "crm")]),
            Kind::Store => request = request.bearer_auth(&self.store),
            _ => {}
        }
        if method != "GET" {
            let (kind, body) = if api { ("application/json", "{}") } else { ("application/x-www-form-urlencoded", "") };
            request = request.header("content-type", kind).body(body);
        }
        let answer = request.send().await.unwrap();
        let problem = answer.headers().get("content-type").is_some_and(|t| t == "application/problem+json");
        (answer.status().as_u16(), problem, unguarded(path, answer.headers()))
    }
}

/// What every program or everyone may keep; all else is nobody's but the asker's.
const PUBLIC: [&str; 8] = [
    "/assets/{name}",
    "/favicon.ico",
    "/.well-known/",
    "/oauth2/",
    "/receipts/checkpoints",
    "/api/v1/openapi.json",
    "/api/openapi.json",
    "/auth/keys",
];

/// Headers that an answer must carry, whoever asked and whatever came of it (case 30).
fn unguarded(path: &str, headers: &reqwest::header::HeaderMap) -> Vec<String> {
    let is = |name: &str| headers.get(name).map_or("", |v| v.to_str().unwrap_or("?"));
    let policy = is("content-security-policy");
    let mut out = Vec::new();
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
        if !policy.contains(part) {
            out.push(format!("no {part} in its policy"));
        }
    }
    if policy.contains("unsafe") {
        out.push(format!("the policy {policy}"));
    }
    for (name, value) in [("referrer-policy", "same-origin"), ("x-content-type-options", "nosniff"), ("x-frame-options", "DENY")]
    {
        if is(name) != value {
            out.push(format!("{name}: {}", is(name)));
        }
    }
    if !PUBLIC.iter().any(|p| path.starts_with(p)) && is("cache-control") != "no-store" {
        out.push(format!("cache-control: {}", is("cache-control")));
    }
    out
}

/// case 28 is the column "elsewhere"; case 6 the column "foreign"; case 30 what is asked of the headers of all of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_answers_every_kind_of_caller_as_the_table_says() {
    let callers = Callers::gather().await;
    let mut complaints = Vec::new();
    for row in rows() {
        let (half, method, path) = &row.route;
        let mut seen = Vec::new();
        for (kind, expected) in KINDS.into_iter().zip(&row.statuses) {
            let (status, problem, lacking) = callers.ask(&row.route, kind, row.signs_out).await;
            complaints.extend(lacking.iter().map(|l| format!("{half} {method} {path}: {kind:?} is answered {status} with {l}")));
            // Another site's page could not read the answer anyway, and gets the bare refusal of the layer.
            if path.starts_with("/api/") && status >= 400 && !problem && kind != Kind::Elsewhere {
                complaints.push(format!("{half} {method} {path}: {kind:?} is refused with {status} and no problem details"));
            }
            seen.push(if status == *expected { status.to_string() } else { format!("{status}(!)") });
        }
        if seen.iter().any(|s| s.ends_with("(!)")) {
            complaints.push(format!("{half:4} {method:4} {path:40} answers {}", seen.join(" ")));
        }
    }
    none(complaints);
}
