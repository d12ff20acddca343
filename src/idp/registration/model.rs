//! What an application may say of itself, and how its registration is told back.

use serde_json::{Map, Value, json};

use crate::config::Settings;
use crate::idp::clients::model::{Consent, Refused, Switches};
use crate::idp::clients::{Client, Metadata};
use crate::kernel::reach::Reach;

/// Members that the organisation decides, never the application.
const OURS: [&str; 9] = [
    "localized",
    "consent",
    "require_pkce",
    "resources",
    "serves",
    "profile",
    "access_token_format",
    "access_token_signed_response_alg",
    "authorization_details_types",
];
/// Grants that one may register for. Acting as itself, or for others without them, is for an administrator to give.
const GRANTS: [&str; 3] = ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"];

/// Who may register an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Administrators.
    Off,
    /// Whoever has an initial access token.
    Token,
    /// Everyone.
    Open,
}

impl Policy {
    /// As the settings say.
    pub fn of(settings: &Settings) -> Self {
        match settings.client_registration.as_str() {
            "open" => Self::Open,
            "token" => Self::Token,
            _ => Self::Off,
        }
    }
}

/// Why a registration is refused (RFC 7591, section 3.2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The error code.
    pub code: &'static str,
    /// A sentence for a developer.
    pub why: String,
}

impl Unfit {
    /// `invalid_client_metadata`.
    pub fn metadata(why: impl Into<String>) -> Self {
        Self { code: "invalid_client_metadata", why: why.into() }
    }
}

impl From<Refused> for Unfit {
    fn from(r: Refused) -> Self {
        Self { code: r.code(), why: r.to_string() }
    }
}

/// Reads what an application says of itself when it registers; the rest is the organisation's to say.
pub fn read(body: &Map<String, Value>, settings: &Settings, reach: &Reach) -> Result<Metadata, Unfit> {
    let mut metadata = said(body)?;
    metadata.consent = Consent::Ask;
    metadata.require_pkce = settings.registration_pkce;
    let allowed: Vec<&str> = settings.registration_scopes.split(' ').filter(|s| !s.is_empty()).collect();
    metadata.scope = Some(match &metadata.scope {
        None => allowed.join(" "),
        Some(asked) => asked.split(' ').filter(|s| allowed.contains(s)).collect::<Vec<_>>().join(" "),
    });
    metadata.check(reach, Switches::of(settings))?;
    Ok(metadata)
}

/// What an application says of itself, without what the organisation decides. What nobody here knows is left out (RFC 7591, section
/// 2), what is known must be of the right kind.
pub fn said(body: &Map<String, Value>) -> Result<Metadata, Unfit> {
    let mut known = Map::new();
    let mut localized = Map::new();
    for (name, value) in body.iter().filter(|(_, v)| !v.is_null()) {
        if name.contains('#') {
            localized.insert(name.clone(), value.clone());
        } else if Metadata::NAMES.contains(&name.as_str()) && !OURS.contains(&name.as_str()) {
            known.insert(name.clone(), value.clone());
        }
    }
    // Members of other languages that nobody here knows are left out as well.
    localized.retain(|name, value| {
        let member = name.split('#').next().unwrap_or_default();
        value.is_string() && ["client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri"].contains(&member)
    });
    if !localized.is_empty() {
        known.insert("localized".into(), Value::Object(localized));
    }
    let mut metadata: Metadata = serde_json::from_value(Value::Object(known))
        .map_err(|e| Unfit::metadata(format!("the registration can't be read: {e}")))?;
    if metadata.client_name.trim().is_empty() {
        metadata.client_name = usual_name(&metadata);
    }
    if let Some(grant) = metadata.grant_types.iter().find(|g| !GRANTS.contains(&g.as_str())) {
        return Err(Unfit::metadata(format!(
            "grant_types: {grant:?} is none that an application may register for; they are {GRANTS:?}"
        )));
    }
    Ok(metadata)
}

/// What comes of it when an application says something else of itself later: what the organisation decides stays as it is by then,
/// since an administrator may have decided otherwise than the settings; of the scopes it keeps or gives up what it has.
pub fn changed(said: &Metadata, before: &Client) -> Metadata {
    let ours = &before.metadata;
    let scope = match &said.scope {
        Some(asked) => Some(before.scopes(asked).join(" ")),
        None => ours.scope.clone(),
    };
    Metadata {
        scope,
        consent: ours.consent,
        require_pkce: ours.require_pkce,
        resources: ours.resources.clone(),
        serves: ours.serves.clone(),
        profile: ours.profile,
        access_token_format: ours.access_token_format,
        access_token_signed_response_alg: ours.access_token_signed_response_alg,
        authorization_details_types: ours.authorization_details_types.clone(),
        ..said.clone()
    }
}

/// What people see of one that gives no name: where it is.
fn usual_name(metadata: &Metadata) -> String {
    let first = metadata.redirect_uris.first().and_then(|u| u.parse::<url::Url>().ok());
    first.as_ref().and_then(url::Url::host_str).map_or_else(|| "Application".to_owned(), |h| h.chars().take(100).collect())
}

/// The registration as the application reads it (section 3.2.1): all of it, with what was left out as it counts.
pub fn told(id: &str, metadata: &Metadata) -> Map<String, Value> {
    let mut out = match serde_json::to_value(metadata) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    for ours in OURS {
        out.remove(ours);
    }
    for (name, value) in &metadata.localized {
        out.insert(name.clone(), value.clone().into());
    }
    out.insert("client_id".into(), id.into());
    out.entry("grant_types").or_insert_with(|| json!(["authorization_code"]));
    out.entry("response_types").or_insert_with(|| json!(["code"]));
    out.entry("id_token_signed_response_alg").or_insert_with(|| json!("RS256"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings::with(&[("client_registration", "open")]).unwrap()
    }

    fn of(body: Value) -> Result<Metadata, Unfit> {
        let settings = settings();
        read(body.as_object().unwrap(), &settings, &Reach::of(&settings))
    }

    /// case 10: what the organisation decides no application says of itself; what nobody knows is left out.
    #[test]
    fn an_application_decides_nothing_that_is_the_organisations() {
        let m = of(json!({
            "redirect_uris": ["https://rp.example/cb"], "client_name": "RP", "client_name#nl": "Partij", "client_name#x/y": 1,
            "consent": "implied", "require_pkce": false, "resources": ["https://api"], "serves": ["https://api"],
            "scope": "openid email grants access-log:read challenges", "sub": "admin", "enabled": true, "client_id": "record-store",
            "contacts": null
        }))
        .unwrap();
        assert_eq!((m.consent, m.require_pkce, m.resources.len(), m.serves.len()), (Consent::Ask, true, 0, 0));
        assert_eq!(m.scope.as_deref(), Some("openid email"));
        assert_eq!(m.localized.len(), 1);
        let told = told("c1", &m);
        assert_eq!((&told["client_id"], &told["client_name#nl"]), (&json!("c1"), &json!("Partij")));
        assert!(OURS.iter().all(|o| !told.contains_key(*o)));
    }

    /// case 10: whatever it says of itself later, an application undoes nothing that an administrator has decided of it.
    #[test]
    fn what_was_decided_of_an_application_stays() {
        let stored = json!({
            "client_name": "RP", "redirect_uris": ["https://rp.example/cb"], "scope": "openid email records:read",
            "consent": "ask", "require_pkce": false, "resources": ["https://api.example"], "serves": ["https://rp.example"],
            "profile": "fapi2", "access_token_format": "opaque", "access_token_signed_response_alg": "PS256",
            "authorization_details_types": ["payment"]
        });
        let metadata = serde_json::from_value(stored.clone()).unwrap();
        let before = Client { id: "rp".into(), metadata, secret_hash: None, enabled: true };
        let again = |more: Value| {
            let mut body = json!({"redirect_uris": ["https://rp.example/other"], "client_name": "Renamed"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            serde_json::to_value(changed(&said(body.as_object().unwrap()).unwrap(), &before)).unwrap()
        };
        let after = again(json!({
            "scope": "openid profile records:read", "consent": "implied", "require_pkce": true, "resources": [], "serves": [],
            "profile": "standard", "access_token_format": "jwt", "access_token_signed_response_alg": "RS256",
            "authorization_details_types": [], "client_name#nl": "Partij"
        }));
        for ours in OURS.iter().filter(|o| **o != "localized") {
            assert!(stored.get(*ours).is_some(), "{ours} is tried");
            assert_eq!(after.get(*ours), stored.get(*ours), "{ours}");
        }
        assert_eq!((&after["scope"], &after["client_name"]), (&json!("openid records:read"), &json!("Renamed")));
        assert_eq!(after["localized"], json!({"client_name#nl": "Partij"}), "its names are its own to say");
        assert_eq!(again(json!({}))["scope"], stored["scope"]);
    }

    /// case 1, S1
    #[test]
    fn what_does_not_fit_is_named() {
        let bad = |more: Value| {
            let mut body = json!({"redirect_uris": ["https://rp.example/cb"]});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            of(body).unwrap_err().code
        };
        assert_eq!(bad(json!({"redirect_uris": ["https://rp.example/cb#f"]})), "invalid_redirect_uri");
        assert_eq!(bad(json!({"redirect_uris": []})), "invalid_redirect_uri");
        for more in [
            json!({"grant_types": ["client_credentials"]}),
            json!({"grant_types": ["implicit"]}),
            json!({"response_types": ["code id_token"]}),
            json!({"id_token_signed_response_alg": "none"}),
            json!({"id_token_signed_response_alg": "HS256"}),
            json!({"token_endpoint_auth_method": "client_secret_jwt"}),
            json!({"initiate_login_uri": "http://rp.example/login"}),
            json!({"jwks_uri": "http://rp.example/keys"}),
            json!({"backchannel_logout_uri": "https://10.0.0.1/"}),
            json!({"redirect_uris": "https://rp.example/cb"}),
        ] {
            assert_eq!(bad(more.clone()), "invalid_client_metadata", "{more}");
        }
        assert_eq!(of(json!({"redirect_uris": ["https://rp.example/cb"]})).unwrap().client_name, "rp.example");
    }

    /// Any JSON, some of it under names that are known.
    fn anything() -> impl proptest::strategy::Strategy<Value = Map<String, Value>> {
        use proptest::prelude::*;
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
            Just(Value::from("https://rp.example/cb")),
            Just(Value::from("RS256")),
        ];
        let value = leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(".{0,6}", inner, 0..4).prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        });
        let name = prop_oneof![
            proptest::sample::select(Metadata::NAMES).prop_map(str::to_owned),
            proptest::sample::select(Metadata::NAMES).prop_map(|n| format!("{n}#nl")),
            ".{0,8}",
        ];
        proptest::collection::btree_map(name, value, 0..10).prop_map(|m| m.into_iter().collect())
    }

    proptest::proptest! {
        /// case 31, case 10: whatever is sent is read or refused; what is read is none of the organisation's to say.
        #[test]
        fn any_registration_is_read_or_refused(body in anything()) {
            let settings = settings();
            if let Ok(m) = read(&body, &settings, &Reach::of(&settings)) {
                assert!(m.consent == Consent::Ask && m.require_pkce && m.resources.is_empty() && m.serves.is_empty());
                assert!(told("c", &m).contains_key("client_id"));
            }
        }
    }
}
