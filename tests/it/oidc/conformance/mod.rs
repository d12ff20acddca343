//! The certification checklist of the OpenID Foundation, module by module. Owns the application that plays the modules, in
//! either response mode. Each test names the modules that it is.

mod basic;
mod discovery;
mod logout;
mod objects;
mod parameters;
mod registration;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use zegel::demo::browser::{Answer, Browser};
use zegel::kernel::jose::{Alg, SigningKey};

use crate::support::flow::{CALLBACK, claims, text, until_answer, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::{PASSWORD, World};

/// The secret of the applications here.
pub const SECRET: &str = "a-secret-of-a-relying-party-of-40-letters";
/// Someone of whom every standard claim is known.
pub const ELLA: &str = "ella@example.com";

/// An installation with the applications of the checklist, and how their answers come.
pub struct Party {
    pub world: World,
    pub mode: Mode,
    pub key: SigningKey,
}

/// A response mode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    Query,
    FormPost,
}

/// What came of an authorization request.
#[derive(Debug)]
pub enum Came {
    /// The application was answered, with these parameters.
    Answer(BTreeMap<String, String>),
    /// The person sees a page.
    Page(Answer),
}

impl Came {
    #[track_caller]
    pub fn answer(self) -> BTreeMap<String, String> {
        match self {
            Self::Answer(pairs) => pairs,
            Self::Page(page) => panic!("a page instead of an answer: {} {}", page.status, page.text),
        }
    }
    #[track_caller]
    pub fn page(self) -> Answer {
        match self {
            Self::Page(page) => page,
            Self::Answer(pairs) => panic!("an answer instead of a page: {pairs:?}"),
        }
    }
    #[track_caller]
    pub fn error(self) -> String {
        self.answer().remove("error").expect("an error")
    }
    #[track_caller]
    pub fn code(self) -> String {
        let mut pairs = self.answer();
        pairs.remove("code").unwrap_or_else(|| panic!("a code in {pairs:?}"))
    }
}

impl Party {
    /// As the harness has it: applications without PKCE, one for each way to prove who it is.
    pub async fn start(mode: Mode) -> Self {
        Self::over(TestDb::sqlite(), mode).await
    }

    /// The same over given databases.
    pub async fn over(db: TestDb, mode: Mode) -> Self {
        Self::of(World::start(db).await, mode).await
    }

    /// The same in a given installation.
    pub async fn of(world: World, mode: Mode) -> Self {
        let key = SigningKey::generate(Alg::Rs256).unwrap();
        let client = |id: &str, more: Value| {
            let mut all = json!({
                "client_id": id, "client_name": format!("Relying party {id}"), "client_secret": SECRET, "require_pkce": false,
                "redirect_uris": [CALLBACK, format!("{CALLBACK}?dummy1=lorem&dummy2=ipsum")],
                "post_logout_redirect_uris": ["http://127.0.0.1:9/out"],
                "grant_types": ["authorization_code", "refresh_token"],
                "scope": "openid profile email address phone offline_access",
                "jwks": {"keys": [key.public_jwk()]},
            });
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        let file = json!({
            "people": [{
                "email": ELLA, "name": "Ella van den Berg", "password": PASSWORD, "phone": "+31612345678", "language": "nl",
                "profile": {
                    "given_name": "Ella", "family_name": "van den Berg", "middle_name": "M", "nickname": "El",
                    "preferred_username": "ella", "profile": "https://example.com/ella", "picture": "https://example.com/e.png",
                    "website": "https://ella.example.com/", "gender": "female", "birthdate": "1990-02-28",
                    "zoneinfo": "Europe/Amsterdam",
                    "address": {"street_address": "Kade 1", "postal_code": "3011 AA", "locality": "Rotterdam", "country": "NL"}
                }
            }],
            "applications": [
                client("rp", json!({})),
                client("rp2", json!({})),
                client("rp-post", json!({"token_endpoint_auth_method": "client_secret_post"})),
            ]
        });
        world.apply(&file.to_string()).await;
        world.send().await;
        Self { world, mode, key }
    }

    /// An authorization request, with some parameters changed, added, or (empty) left out.
    pub fn url(&self, changes: &[(&str, &str)]) -> String {
        let mut pairs = vec![
            ("client_id", "rp"),
            ("redirect_uri", CALLBACK),
            ("scope", "openid"),
            ("state", "a-state"),
            ("nonce", "a-nonce"),
            ("response_type", "code"),
        ];
        if self.mode == Mode::FormPost {
            pairs.push(("response_mode", "form_post"));
        }
        for (name, value) in changes {
            pairs.retain(|(n, _)| n != name);
            if !value.is_empty() {
                pairs.push((name, value));
            }
        }
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("{}/authorize?{query}", self.world.idp_url)
    }

    /// Asks in a browser, up to an answer or a page.
    pub async fn ask(&self, browser: &mut Browser, changes: &[(&str, &str)]) -> Came {
        self.follow(browser, &self.url(changes)).await
    }

    pub async fn follow(&self, browser: &mut Browser, url: &str) -> Came {
        let answer = until_answer(&self.world, browser, url).await;
        self.came(answer)
    }

    /// Reads an answer in the mode that it must be in.
    pub fn came(&self, answer: Answer) -> Came {
        let posted = answer.text.contains("data-go");
        match answer.location() {
            Some(to) => {
                assert!(to.as_str().starts_with("http://127.0.0.1:9/"), "led to the application: {to}");
                assert_eq!(self.mode, Mode::Query, "the answer comes by form: {to}");
                Came::Answer(to.query_pairs().into_owned().collect())
            }
            None if posted => {
                assert_eq!(self.mode, Mode::FormPost, "the answer comes in the address");
                assert_eq!(answer.after("method=\"post\" action=\""), Some(CALLBACK));
                let fields = answer.text.split("<input type=\"hidden\" name=\"").skip(1);
                let field = |f: &str| {
                    let (name, rest) = f.split_once("\" value=\"")?;
                    let value = rest.split_once('"')?.0;
                    let value = value.replace("&#38;", "&").replace("&#34;", "\"").replace("&#39;", "'");
                    Some((name.to_owned(), value.replace("&#60;", "<").replace("&#62;", ">")))
                };
                Came::Answer(fields.filter_map(field).collect())
            }
            None => Came::Page(answer),
        }
    }

    /// Signs in from the sign-in page, up to an answer or a page.
    pub async fn sign_in(&self, browser: &mut Browser, email: &str) -> Came {
        let at = |path: &str| format!("{}{path}", self.world.idp_url);
        browser.post(at("/signin"), &[("username", email), ("password", PASSWORD)]).await.unwrap();
        let code = self.world.code_for(email, 6).await;
        let mut answer = browser.once(reqwest::Method::POST, &at("/signin/code"), Some(&[("code", &code)])).await.unwrap();
        if let Some(next) = answer.location().filter(|u| u.as_str().starts_with(&self.world.idp_url)) {
            answer = until_answer(&self.world, browser, next.as_str()).await;
        }
        self.came(answer)
    }

    /// Answers the page that asks for consent.
    pub async fn consent(&self, browser: &mut Browser, page: &Answer, word: &str) -> Came {
        assert!(page.text.contains("id=\"asks\""), "the page that asks: {}", page.text);
        let action = page.after("method=\"post\" action=\"").unwrap();
        let url = format!("{}{action}", self.world.idp_url);
        let answer = browser.once(reqwest::Method::POST, &url, Some(&[("answer", word)])).await.unwrap();
        self.came(answer)
    }

    /// Asks and signs in as Ella.
    pub async fn enter(&self, changes: &[(&str, &str)]) -> (Browser, Came) {
        let mut browser = self.world.browser();
        let page = self.ask(&mut browser, changes).await.page();
        assert!(page.text.contains("id=\"username\""), "the sign-in page: {} {}", page.status, page.text);
        let came = self.sign_in(&mut browser, ELLA).await;
        (browser, came)
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &str) -> (u16, Value) {
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        self.world.token(("rp", SECRET), &form).await
    }

    /// Tokens of a request.
    pub async fn tokens(&self, changes: &[(&str, &str)]) -> (Browser, Value) {
        let (browser, came) = self.enter(changes).await;
        let (status, tokens) = self.redeem(&came.code()).await;
        assert_eq!(status, 200, "{tokens}");
        (browser, tokens)
    }

    /// What userinfo says with these tokens.
    pub async fn info(&self, tokens: &Value) -> Value {
        let (status, info) = userinfo(&self.world, text(tokens, "access_token")).await;
        assert_eq!(status, 200, "{info}");
        assert_eq!(info["sub"], claims(text(tokens, "id_token"))["sub"]);
        info
    }
}

/// Makes a test of each module by query, and one that plays them all by form post.
macro_rules! in_both_modes {
    ($($part:ident::$name:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $name() {
                $part::$name(&Party::start(Mode::Query).await).await;
            }
        )*

        /// formpost/all
        #[tokio::test]
        async fn every_module_holds_by_form_post_too() {
            $( $part::$name(&Party::start(Mode::FormPost).await).await; )*
        }
    };
}

in_both_modes! {
    basic::a_sign_in_gives_an_id_token_that_verifies,
    basic::a_request_without_a_response_type_is_refused,
    basic::an_unsigned_id_token_cannot_even_be_registered,
    basic::userinfo_takes_its_token_in_three_ways,
    basic::each_scope_tells_its_claims_and_no_others,
    basic::claims_are_told_where_they_are_asked_for,
    basic::a_code_used_again_is_refused_and_ends_what_it_gave,
    basic::a_secret_may_come_in_the_body,
    basic::a_refresh_token_gives_the_same_person_again,
    basic::a_request_with_pkce_is_redeemed_with_its_verifier,
    basic::a_request_by_post_is_answered,
    parameters::display_hints_and_locales_do_no_harm,
    parameters::pages_are_in_a_language_that_the_application_asks_for,
    parameters::a_new_sign_in_is_asked_for_where_the_application_asks,
    parameters::a_sign_in_that_is_young_enough_serves,
    parameters::without_pages_whoever_is_signed_in_is_told_and_nobody_else,
    parameters::a_hint_says_whose_session_will_do,
    parameters::acr_values_that_nobody_knows_do_no_harm,
    parameters::an_address_that_is_not_registered_gets_a_page,
    objects::an_object_without_a_signature_is_not_taken,
    objects::what_stands_in_an_object_counts_and_nothing_beside_it,
}
