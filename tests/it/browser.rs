//! Starts the browser suite's stories (tests/browser) against an application that a test has started.

use std::path::Path;
use std::process::Command;

use zegel::idp::account::flow::Own;
use zegel::idp::welcome::model::NewWelcome;
use zegel::kernel::audit::Actor;

use crate::support::postgres::TestDb;
use crate::support::world::{Options, PASSWORD, World};

/// A story that takes longer has hung.
const SECONDS: &str = "180";

/// Runs `tests/browser/stories/<name>.mjs` against two origins and the test's control server, which answers
/// `POST /advance?ms=N` and `GET /messages`. Pictures go to the folder that the variable `SHOTS` names, if it does.
/// Fails when the story does or takes longer than 180 seconds. More variables for the story come in `more`.
pub async fn run_story(name: &str, idp: &str, crm: &str, control: &str, more: &[(&str, &str)]) {
    let mut environment = vec![("ZEGEL_IDP", idp), ("ZEGEL_CRM", crm), ("ZEGEL_CONTROL", control)];
    environment.extend_from_slice(more);
    node(&["run.mjs", name], &environment).await;
}

/// Runs a file of tests/browser without blocking the test's runtime, which serves the application meanwhile.
async fn node(arguments: &[&str], environment: &[(&str, &str)]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    assert!(folder.join("node_modules/playwright-core").is_dir(), "the browser driver is not installed: run scripts/setup");
    // `timeout` ends the browser too, which is in its process group.
    let mut command = Command::new("timeout");
    command.args(["--kill-after=10", SECONDS, "node"]).arg(folder.join(arguments[0])).args(&arguments[1..]);
    command.envs(environment.iter().copied()).stdin(std::process::Stdio::null());
    let what = arguments.join(" ");
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("the thread ends").expect("node starts");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    match output.status.code() {
        Some(0) => println!("{said}"),
        Some(124 | 137) => panic!("{what} took longer than {SECONDS} s:\n{said}"),
        _ => panic!("{what} failed:\n{said}"),
    }
}

/// Faulty pages, each with one thing that a story must not overlook.
#[tokio::test]
async fn the_browser_harness_notices_faulty_pages() {
    node(&["selftest.mjs"], &[]).await;
}

/// Nothing listens at these addresses.
#[tokio::test]
#[should_panic(expected = "run.mjs signin failed")]
async fn a_story_that_does_not_hold_fails_its_test() {
    let nowhere = "http://127.0.0.1:9";
    run_story("signin", nowhere, nowhere, nowhere, &[]).await;
}

/// Who and what a story needs beside the people of the tests or of the samples. `control` is where applications are answered.
fn wanted(name: &str, control: &str) -> Option<String> {
    let ada = format!(
        "people: [{{email: ada@example.com, name: Ada Admin, staff: true, password: {PASSWORD}, roles: [administrator]}}]"
    );
    let application = |id: &str, more: &str| {
        let secret = crate::support::world::APP_SECRET;
        format!(
            "{{client_id: {id}, client_name: Ledger, client_secret: {secret}, require_pkce: false, redirect_uris: [\"{control}/messages\"], \
             grant_types: [authorization_code], scope: \"openid profile email\"{more}}}"
        )
    };
    match name {
        "admin" | "leaving" | "applications" | "ways" => Some(ada),
        "pages" => Some("people: [{email: fresh@example.com, name: Freek Vers}]".into()),
        "setup" => Some(format!(
            "applications: [{}]\npolicies: [{{for: {{application: strict}}, factors: [authenticator, passkey], least: password-app}}]",
            application("strict", "")
        )),
        "consent" => Some(format!(
            "applications: [{}, {{client_id: tv, client_name: Warehouse screen, token_endpoint_auth_method: none, \
             grant_types: [\"urn:ietf:params:oauth:grant-type:device_code\"], scope: \"openid profile email\"}}]",
            application(
                "asking",
                ", consent: ask, policy_uri: \"https://ledger.example/policy\", tos_uri: \"https://ledger.example/terms\""
            )
        )),
        _ => None,
    }
}

/// The query of an application's request.
fn request(client: &str, control: &str) -> String {
    let pairs = [
        ("response_type", "code"),
        ("client_id", client),
        ("redirect_uri", &format!("{control}/messages")),
        ("scope", "openid profile email"),
        ("state", "st"),
    ];
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Plays a story against a running installation, its workers on, over http or https.
async fn play(name: &str, tls: bool) {
    let options = Options { workers: true, tls, registration: "open", ..Options::default() };
    let world = World::start_with(TestDb::sqlite(), options).await;
    if !matches!(name, "signin" | "passkeys") {
        world.app.sample_data().await.unwrap();
    }
    let control = world.control().await;
    if let Some(file) = wanted(name, &control) {
        world.apply(&file).await;
    }
    if name == "setup" {
        let new = NewWelcome {
            email: "plain@example.com".into(),
            name: "Piet Plain".into(),
            language: "en".into(),
            staff: true,
            groups: vec![],
            roles: vec![],
        };
        let own = Own::new(world.idp(), "", Actor::default());
        zegel::idp::welcome::flow::invite(world.idp(), own, new).await.unwrap();
    }
    let (strict, asking) = (request("strict", &control), request("asking", &control));
    let more = [
        ("ZEGEL_EMAIL", "daan@example.com"),
        ("ZEGEL_PASSWORD", PASSWORD),
        ("ZEGEL_PERSON", "Daan Visser"),
        ("ZEGEL_STRICT", &strict),
        ("ZEGEL_ASKING", &asking),
    ];
    run_story(name, &world.idp_url, &world.crm_url, &control, &more).await;
}

/// S1, S9: in a real browser, on two ports of localhost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn daan_signs_in_and_out_in_a_browser() {
    play("signin", false).await;
}

/// S1, case 28: and on two https origins, with `__Host-` cookies.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn daan_signs_in_and_out_over_https() {
    play("signin", true).await;
}

/// S3, S4, case 19, case 21, case 22: with authenticators that Chromium simulates, and `oathtool`. Over http on localhost, since
/// Chromium lets no passkey be used where a certificate is not trusted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn daan_sets_up_and_uses_passkeys_codes_and_a_telephone_in_a_browser() {
    play("passkeys", false).await;
}

/// S3, S4, S9: an invitation that leads to what the policy asks, with a closed tab on the way, and with scripts off.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nora_is_led_from_her_invitation_to_her_factors_in_a_browser() {
    play("setup", false).await;
}

/// S4, S8, S9: every page of one's own account, in each language, and its forms with scripts off.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ones_own_account_is_looked_at_in_a_browser() {
    play("account", false).await;
}

/// S4, S8, S9: registering, a lost password with a passkey beside the link, and an administrator who approves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ways_in_and_back_are_walked_in_a_browser() {
    play("ways", false).await;
}

/// S1, S2, S9: consent, and a device that is signed in from another one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn applications_and_devices_ask_in_a_browser() {
    play("consent", false).await;
}

/// S9: pages that no other story looks at, at both widths, light and dark.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_other_page_is_looked_at_in_a_browser() {
    play("pages", false).await;
}

/// S5, S9: people, groups, roles, sessions and the audit log by page, with and without scripts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_works_in_a_browser() {
    play("admin", false).await;
}

/// S4, S5, S9, S10: people's coming and going, ways back, keys and other providers by page, with and without scripts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_come_and_go_in_a_browser() {
    play("leaving", false).await;
}

/// S5, S9: an application registered, limited, tried and ended by page, with and without scripts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_tries_an_application_in_a_browser() {
    play("applications", false).await;
}

/// V3, V8, V9, V19, X1: the delivery, with the wrong, the right, the expired and the exhausted code.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn daans_delivery_is_sealed_in_a_browser() {
    play("delivery", false).await;
}

/// V8, V9: and over two https origins.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn daans_delivery_is_sealed_over_https() {
    play("delivery", true).await;
}

/// P2, P11, P12, P13, Z6, S11: Patricia's portal, the second application from her tile, and her access taken away; one sign-out
/// for all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn patricias_portal_opens_and_closes_in_a_browser() {
    play_portal(false).await;
}

/// P2, S11: and over two https origins.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn patricias_portal_opens_and_closes_over_https() {
    play_portal(true).await;
}

async fn play_portal(tls: bool) {
    let mut world = World::start_with(TestDb::sqlite(), Options { workers: true, tls, ..Options::default() }).await;
    world.app.sample_data().await.unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    world.app.second_application(listener).unwrap();
    let secret = zegel::demo::accounting::SECRET;
    let file = format!(
        "applications: [{{client_id: accounting, client_name: Accounting, client_secret: {secret}, client_uri: \"{url}\", \
         grant_types: [authorization_code, refresh_token], id_token_signed_response_alg: ES256, \
         redirect_uris: [\"{url}/callback\"], post_logout_redirect_uris: [\"{url}/signed-out\"], \
         initiate_login_uri: \"{url}/login\", backchannel_logout_uri: \"{url}/backchannel-logout\", \
         allowed: {{roles: [sales], relations: [KOWALSKI]}}}}]"
    );
    world.apply(&file).await;
    let control = world.control().await;
    let more = [("ZEGEL_PASSWORD", PASSWORD), ("ZEGEL_ACCOUNTING", url.as_str())];
    run_story("portal", &world.idp_url, &world.crm_url, &control, &more).await;
}
