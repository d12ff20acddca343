//! An application that is held to FAPI 2.0: it pushes its requests, signs who it is, and binds its tokens to a key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use zegel::demo::browser::{Answer, Browser};
use zegel::kernel::clock::Clock;
use zegel::kernel::entropy::{Entropy, SystemEntropy};
use zegel::kernel::jose::{Alg, SigningKey, digest};

use super::flow::{CALLBACK, VERIFIER, answered, challenge, until_answer};
use super::world::{PASSWORD, World};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The application.
pub struct Bank<'w> {
    /// Where.
    pub world: &'w World,
    /// Its client id.
    pub id: &'static str,
    /// What it signs its assertions with.
    pub key: SigningKey,
    /// What its tokens are bound to.
    pub proof: SigningKey,
}

/// A name that was never used.
pub fn name() -> String {
    let entropy: &dyn Entropy = &SystemEntropy;
    entropy.token()
}

/// A JWT that brings its own public key.
pub fn with_own_key(key: &SigningKey, header: Value, claims: &Value) -> String {
    let mut public = key.public_jwk();
    public.as_object_mut().unwrap().retain(|k, _| matches!(k.as_str(), "kty" | "crv" | "x" | "y" | "n" | "e"));
    let mut head = json!({"typ": "dpop+jwt", "alg": key.alg().name(), "jwk": public});
    head.as_object_mut().unwrap().extend(header.as_object().unwrap().clone());
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(head.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = key.sign_bytes(message.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// An answer of an endpoint for clients.
#[derive(Debug)]
pub struct Told {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Value,
    /// The nonce that it brings.
    pub nonce: Option<String>,
    /// Its challenge.
    pub challenge: String,
}

impl Told {
    /// The error code of its body.
    pub fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or_default()
    }

    async fn of(answer: reqwest::Response) -> Self {
        let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let (nonce, challenge) = (header("dpop-nonce"), header("www-authenticate").unwrap_or_default());
        Self { status: answer.status().as_u16(), nonce, challenge, body: answer.json().await.unwrap_or_default() }
    }
}

impl<'w> Bank<'w> {
    /// Registered, with two resource servers; `more` changes members of the registration.
    pub async fn new(world: &'w World, id: &'static str, more: Value) -> Self {
        let key = SigningKey::generate(Alg::Es256).unwrap();
        let mut client = json!({
            "client_id": id, "client_name": "Bank", "profile": "fapi2", "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "scope": "openid profile email read",
            "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key.public_jwk()]},
            "dpop_bound_access_tokens": true, "resources": ["https://api.example"],
        });
        client.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.apply(&json!({ "applications": [client] }).to_string()).await;
        Self { world, id, key, proof: SigningKey::generate(Alg::Es256).unwrap() }
    }

    /// A usual one.
    pub async fn usual(world: &'w World) -> Self {
        Self::new(world, "bank", json!({})).await
    }

    /// An address of the provider.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.world.idp_url)
    }

    /// The claims of a new assertion.
    pub fn assertion(&self) -> Value {
        let now = self.world.clock.now().seconds();
        json!({"iss": self.id, "sub": self.id, "aud": self.world.idp_url, "exp": now + 60, "iat": now, "jti": name()})
    }

    /// The claims of a new proof for a POST to `path`.
    pub fn proof_claims(&self, method: &str, path: &str) -> Value {
        json!({"jti": name(), "htm": method, "htu": self.at(path), "iat": self.world.clock.now().seconds()})
    }

    /// A form sent to `path` with the application's assertion, and a proof by `proof` if one is given; asked again once with
    /// the nonce that the answer wants.
    pub async fn send_by(&self, path: &str, form: &[(&str, &str)], proof: Option<&SigningKey>) -> Told {
        let told = self.once(path, form, &self.assertion(), proof.map(|k| (k, self.proof_claims("POST", path)))).await;
        let (Some(key), "use_dpop_nonce") = (proof, told.error()) else { return told };
        let mut claims = self.proof_claims("POST", path);
        claims["nonce"] = told.nonce.clone().unwrap().into();
        self.once(path, form, &self.assertion(), Some((key, claims))).await
    }

    /// The same with its own key.
    pub async fn send(&self, path: &str, form: &[(&str, &str)]) -> Told {
        self.send_by(path, form, Some(&self.proof)).await
    }

    /// One request, with exactly this assertion and proof.
    pub async fn once(&self, path: &str, form: &[(&str, &str)], assertion: &Value, proof: Option<(&SigningKey, Value)>) -> Told {
        let assertion = self.key.sign_jwt("JWT", assertion).unwrap();
        let mut form = form.to_vec();
        form.extend([("client_assertion_type", ASSERTION), ("client_assertion", &assertion)]);
        let mut request = self.world.http.post(self.at(path)).form(&form);
        if let Some((key, claims)) = proof {
            request = request.header("dpop", with_own_key(key, json!({}), &claims));
        }
        Told::of(request.send().await.unwrap()).await
    }

    /// Its usual request, with some parameters changed, added, or (empty) left out.
    pub fn parameters(&self, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = [
            ("response_type", "code"),
            ("client_id", self.id),
            ("redirect_uri", CALLBACK),
            ("scope", "openid email"),
            ("state", "st"),
            ("nonce", "no"),
            ("code_challenge", &challenge()),
            ("code_challenge_method", "S256"),
        ]
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .to_vec();
        for (name, value) in changes {
            pairs.retain(|(n, _)| n != name);
            if !value.is_empty() {
                pairs.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        pairs
    }

    /// Pushes its usual request with changes, without a proof.
    pub async fn push(&self, changes: &[(&str, &str)]) -> Told {
        let pairs = self.parameters(changes);
        let form: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.send_by("/par", &form, None).await
    }

    /// Pushes a request that is taken; its reference.
    pub async fn pushed(&self, changes: &[(&str, &str)]) -> String {
        let told = self.push(changes).await;
        assert_eq!(told.status, 201, "{told:?}");
        told.body["request_uri"].as_str().unwrap().to_owned()
    }

    /// The address that a browser is led to.
    pub fn authorize_url(&self, reference: &str, more: &[(&str, &str)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", self.id).append_pair("request_uri", reference).extend_pairs(more);
        format!("{}?{}", self.at("/authorize"), query.finish())
    }

    /// Opens a pushed request in a new browser and signs in.
    pub async fn sign_in(&self, email: &str, reference: &str) -> (Browser, Answer) {
        let mut browser = self.world.browser();
        let page = until_answer(self.world, &mut browser, &self.authorize_url(reference, &[])).await;
        assert!(page.text.contains("id=\"username\""), "the sign-in page: {} {}", page.status, page.text);
        let answer = self.sign_in_at(&mut browser, email).await;
        (browser, answer)
    }

    /// Signs in where a browser is asked to.
    pub async fn sign_in_at(&self, browser: &mut Browser, email: &str) -> Answer {
        let form = [("username", email), ("password", PASSWORD)];
        browser.post(self.at("/signin"), &form).await.unwrap();
        let code = self.world.code_for(email, 6).await;
        browser.once(reqwest::Method::POST, &self.at("/signin/code"), Some(&[("code", &code)])).await.unwrap()
    }

    /// A code for someone who signs in.
    pub async fn code(&self, email: &str, changes: &[(&str, &str)]) -> String {
        let (_, answer) = self.sign_in(email, &self.pushed(changes).await).await;
        answered(&answer, "code").unwrap_or_else(|| panic!("a code: {:?} {}", answer.location(), answer.text))
    }

    /// The form that redeems a code.
    pub fn redeeming(code: &str) -> [(&str, &str); 4] {
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)]
    }

    /// Tokens of someone who signed in.
    pub async fn tokens(&self, email: &str, changes: &[(&str, &str)]) -> Value {
        let code = self.code(email, changes).await;
        let told = self.send("/token", &Self::redeeming(&code)).await;
        assert_eq!(told.status, 200, "{told:?}");
        told.body
    }

    /// What is at `path` for a token with this proof; asked again once with the nonce that the answer wants.
    pub async fn get(&self, path: &str, scheme: &str, token: &str, key: Option<&SigningKey>) -> Told {
        let told = self.get_once(path, scheme, token, key, json!({})).await;
        match (&told.nonce, told.challenge.contains("use_dpop_nonce")) {
            (Some(nonce), true) => self.get_once(path, scheme, token, key, json!({ "nonce": nonce })).await,
            _ => told,
        }
    }

    /// One request, with these members in the proof.
    pub async fn get_once(&self, path: &str, scheme: &str, token: &str, key: Option<&SigningKey>, more: Value) -> Told {
        let mut request = self.world.http.get(self.at(path)).header("authorization", format!("{scheme} {token}"));
        if let Some(key) = key {
            let mut claims = self.proof_claims("GET", path);
            claims["ath"] = digest(token.as_bytes()).into();
            claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            request = request.header("dpop", with_own_key(key, json!({}), &claims));
        }
        Told::of(request.send().await.unwrap()).await
    }
}
