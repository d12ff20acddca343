//! The pages of applications in all their states, for the test that renders every page in every language.

use serde_json::{Map, json};

use super::flow::Known;
use super::form::Filled;
use super::pages::{EditPage, Place, detail, edit, list, tokens};
use super::store::AppRow;
use super::trial::model::{Step, Wanted, masked, short};
use super::trial::pages::{TrialPage, form as trial_form, result};
use crate::idp::admin::frame::{APPLICATIONS, Frame};
use crate::idp::admin::parts::{DetailPage, FormPage, ListPage};
use crate::idp::admission::{Holding, Kind};
use crate::idp::clients::model::Switches;
use crate::idp::clients::{Client, Metadata};
use crate::idp::own::RECORD_STORE;
use crate::idp::registration::store::InitialToken;
use crate::kernel::pages::{Page, Problem, View};

fn metadata() -> Metadata {
    let all = json!({
        "client_name": "Accounting", "redirect_uris": ["https://accounting.example.com/callback", "https://accounting.example.com/silent"],
        "post_logout_redirect_uris": ["https://accounting.example.com/"], "scope": "openid profile email offline_access",
        "grant_types": ["authorization_code", "refresh_token"], "consent": "ask", "subject_type": "pairwise",
        "backchannel_logout_uri": "https://accounting.example.com/backchannel", "localized": {"client_name#nl": "Boekhouding"},
        "id_token_signed_response_alg": "ES256", "access_token_format": "opaque", "default_max_age": 3600,
        "jwks": {"keys": []}, "contacts": ["it@example.com"], "dpop_bound_access_tokens": true
    });
    serde_json::from_value(all).unwrap_or_default()
}

/// An application as it is known.
pub(super) fn known(id: &str, enabled: bool, limited: bool) -> Known {
    let metadata = metadata();
    let row = AppRow {
        id: id.into(),
        metadata: serde_json::to_string(&metadata).unwrap_or_default(),
        enabled,
        limited,
        secret: true,
        own: !enabled,
        created_at: 1_790_000_000_000,
        updated_at: 1_795_352_580_000,
    };
    let holder = |kind: Kind, name: &str| (Holding::new(kind, format!("id-of-{name}")), name.to_owned());
    let names = ["daan@example.com", "Sales", "driver", "Kowalski Transport"];
    let listed = if limited { Kind::ALL.into_iter().zip(names).map(|(k, n)| holder(k, n)).collect() } else { vec![] };
    Known { row, metadata, listed }
}

fn none() -> (String, String) {
    (String::new(), String::new())
}

/// Lists.
pub(in crate::idp::admin) fn lists(v: &View) -> Vec<ListPage> {
    let frame = |done| Frame::of(v, APPLICATIONS, done);
    let rows = [known("accounting", true, false).row, known("0193-own", false, false).row, known("planning", true, true).row];
    vec![list(v, frame(None), &rows, none(), String::new()), list(v, frame(Some("saved")), &[], none(), String::new())]
}

fn token(id: &str, uses_left: i64, revoked_at: Option<i64>, v: &View) -> InitialToken {
    InitialToken {
        id: id.into(),
        note: "The team of the planner".into(),
        made_by: None,
        made_at: v.now.0,
        expires_at: v.now.0 + 86_400_000,
        uses_left,
        revoked_at,
    }
}

/// One application, and the tokens that let others register some.
pub(in crate::idp::admin) fn details(v: &View) -> Vec<DetailPage> {
    let frame = |done| Frame::of(v, APPLICATIONS, done);
    let all = [token("t1", 3, None, v), token("t2", 0, None, v), token("t3", 3, Some(1), v)];
    let mut wrong = tokens(v, frame(None), &all, None, "token");
    wrong.problems =
        ["note", "uses", "days"].map(|f| Problem { field: f.into(), text: v.t(&format!("admin-wrong-token-{f}")) }).into();
    let mut unknown = detail(v, frame(None), &known("planning", true, true), None);
    unknown.problems = vec![Problem { field: "who".into(), text: v.t("admin-wrong-holder") }];
    vec![
        detail(v, frame(Some("saved")), &known("accounting", true, false), Some("q2xhcGhhbnVtZXJpYyBzZWNyZXQgb2YgNDMgY2hhcnM")),
        detail(v, frame(None), &known("planning", false, true), None),
        detail(v, frame(None), &known(RECORD_STORE, true, false), None),
        unknown,
        tokens(v, frame(None), &[], Some("q2xhcGhhbnVtZXJpYyB0b2tlbiBvZiA0MyBjaGFycw"), "open"),
        tokens(v, frame(None), &all, None, "off"),
        wrong,
    ]
}

impl Page for EditPage {
    fn samples(view: View) -> Vec<Self> {
        let v = &view;
        let frame = || Frame::of(v, APPLICATIONS, None);
        let place = Place::There { id: "accounting", name: "Accounting", version: "1795352580000" };
        let filled = Filled::of(&metadata());
        let on = Switches { message_signing: true, encryption: true, ciba: true };
        let mut wrong = edit((v, frame()), &place, &filled, on);
        let said = |field: &str, why: &str| Problem { field: field.into(), text: why.into() };
        wrong.say(vec![
            said("redirect_uris", "http://app.example.com/: http is allowed on loopback only"),
            said("dpop_bound_access_tokens", "FAPI 2.0 takes bound tokens only"),
        ]);
        let mut taken = edit((v, frame()), &Place::New { id: "accounting" }, &filled, on);
        taken.say(vec![Problem { field: "client_id".into(), text: v.t("admin-wrong-client-taken") }]);
        vec![
            edit((v, frame()), &Place::New { id: "" }, &Filled::default(), on),
            edit((v, frame()), &place, &filled, on),
            wrong,
            taken,
        ]
    }
}

fn client() -> Client {
    let resources = vec!["https://records.example.com".to_owned()];
    let metadata = Metadata { resources, ..metadata() };
    Client { id: "accounting".into(), metadata, secret_hash: None, enabled: true }
}

/// The form of a trial.
pub(in crate::idp::admin) fn forms(v: &View) -> Vec<FormPage> {
    let frame = || Frame::of(v, APPLICATIONS, None);
    let wanted = Wanted { scope: "openid fly".into(), prompt: "login".into(), max_age: "60".into(), ..Wanted::default() };
    let wrong = vec![Problem { field: "scope".into(), text: "scope is missing, or this client may have none of it".into() }];
    vec![trial_form(v, frame(), &client(), &wanted, vec![]), trial_form(v, frame(), &client(), &wanted, wrong)]
}

/// Steps with all that can be said in them.
fn steps(right: bool) -> Vec<Step> {
    let with = |mut step: Step, checks: &[&'static str], notes: &[&'static str]| {
        step.checks = checks.iter().map(|key| super::trial::model::Check { key, right }).collect();
        step.notes = notes.to_vec();
        step
    };
    let token = "eyJhbGciOiJFUzI1NiIsImtpZCI6InEyeGhjR2hoYm5WdFpYSnBZeUJyWlhrIn0.e30.c2ln";
    let answer = Map::from_iter([
        ("access_token".to_owned(), token.into()),
        ("token_type".to_owned(), "DPoP".into()),
        ("expires_in".to_owned(), 300.into()),
    ]);
    let claims = json!({"iss": "https://id.example.com", "sub": "01935d2e-7c00-7000-8000-00000000000a", "aud": "accounting",
        "exp": 1_795_352_880, "iat": 1_795_352_580, "nonce": "n0nce", "acr": "urn:zegel:acr:password-app", "amr": ["pwd", "otp"]});
    let header = json!({"alg": "ES256", "kid": "q2xhcGhhbnVtZXJpYyBrZXkgaWQgb2YgNDMgY2hhcnM", "typ": "JWT"});
    let at = |path: &str| format!("https://id.example.com{path}");
    let request =
        Step::new("request", format!("GET {}", at("/authorize"))).pair("scope", "openid profile").pair("nonce", short(token));
    let back = Step::new("answer", format!("GET {}", at("/admin/try"))).pair("code", short(token)).pair("iss", at(""));
    vec![
        with(request, &[], &["pushed", "unsigned"]),
        with(back, &["state", "answer-iss", "code", "response"], &["denied", "not-signed-in", "refused"]),
        with(Step::new("token-request", at("/token")).pair("code_verifier", short(token)), &[], &["stands-in", "bound"]),
        with(Step::new("token-answer", "200").json("answer", masked(answer)), &["tokens"], &[]),
        with(
            Step::new("id-token", "").json("header", header.clone()).json("claims", claims.clone()),
            &["readable", "signature", "iss", "aud-client", "exp", "nonce", "sub-own", "max-age", "acr"],
            &["no-openid", "encrypted"],
        ),
        with(
            Step::new("access-token", "").json("header", header).json("claims", claims.clone()),
            &["signature", "iss", "aud-resource", "client", "exp", "bound"],
            &["opaque"],
        ),
        with(
            Step::new("userinfo", at("/userinfo")).json("answer", claims.clone()),
            &["userinfo", "sub-same"],
            &["other-audience"],
        ),
        with(Step::new("introspection", at("/introspect")).json("answer", claims.clone()), &["active"], &["nobody-asks"]),
        with(Step::new("renewal", at("/token")), &["tokens"], &["rotates", "stays"]),
        with(Step::new("end", at("/revoke")).json("answer", json!({"active": false})), &["inactive"], &[]),
        with(Step::new("logout", at("/logout")).json("logout-token", claims), &[], &["is-told", "not-told"]),
    ]
}

impl Page for TrialPage {
    fn samples(view: View) -> Vec<Self> {
        let short: Vec<Step> = steps(false).into_iter().take(2).collect();
        vec![result(&view, &client(), &steps(true)), result(&view, &client(), &short), result(&view, &client(), &steps(false))]
    }
}
