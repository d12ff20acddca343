//! The form of an application: every member that registration knows, in groups, and how each is written down. Pure.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::flow::AppError;
use crate::idp::admin::parts::Field;
use crate::idp::clients::Metadata;
use crate::idp::clients::model::{CIBA, GRANTS, Switches};
use crate::kernel::http::Params;
use crate::kernel::pages::{Choice, View};

/// How a member is written in a form.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A line of text.
    Line,
    /// A list, one entry a line.
    Lines,
    /// A whole number.
    Number,
    /// Yes or no.
    Tick,
    /// One of these; the first where nothing is said.
    Pick(&'static [&'static str]),
    /// One of these, or nothing.
    Maybe(&'static [&'static str]),
    /// Some of these.
    Ticks(&'static [&'static str]),
    /// As JSON.
    Json,
    /// Names and values, `name = value`, one a line.
    Pairs,
}

const ALGS: &[&str] = &["ES256", "EdDSA", "PS256", "RS256"];
const KEY_ALGS: &[&str] = &["ECDH-ES+A256KW", "ECDH-ES", "RSA-OAEP-256"];
const ENCS: &[&str] = &["A128CBC-HS256", "A128GCM", "A256GCM"];
const METHODS: &[&str] =
    &["client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth", "none"];

/// A group of the form: its key in texts, and its members. The first stands open.
pub type Group = (&'static str, &'static [(&'static str, Kind)]);

/// All of it, in the order of the form.
pub const GROUPS: [Group; 7] = [
    (
        "basics",
        &[
            ("client_name", Kind::Line),
            ("application_type", Kind::Pick(&["web", "native"])),
            ("token_endpoint_auth_method", Kind::Pick(METHODS)),
            ("grant_types", Kind::Ticks(&GRANTS)),
            ("redirect_uris", Kind::Lines),
            ("scope", Kind::Line),
            ("consent", Kind::Pick(&["implied", "ask"])),
        ],
    ),
    (
        "people",
        &[
            ("initiate_login_uri", Kind::Line),
            ("default_max_age", Kind::Number),
            ("default_acr_values", Kind::Lines),
            ("require_auth_time", Kind::Tick),
            ("subject_type", Kind::Pick(&["public", "pairwise"])),
            ("sector_identifier_uri", Kind::Line),
            ("backchannel_token_delivery_mode", Kind::Maybe(&["poll", "ping"])),
            ("backchannel_client_notification_endpoint", Kind::Line),
            ("backchannel_authentication_request_signing_alg", Kind::Maybe(ALGS)),
        ],
    ),
    (
        "leaving",
        &[
            ("post_logout_redirect_uris", Kind::Lines),
            ("backchannel_logout_uri", Kind::Line),
            ("backchannel_logout_session_required", Kind::Tick),
            ("frontchannel_logout_uri", Kind::Line),
            ("frontchannel_logout_session_required", Kind::Tick),
        ],
    ),
    (
        "look",
        &[
            ("client_uri", Kind::Line),
            ("logo_uri", Kind::Line),
            ("policy_uri", Kind::Line),
            ("tos_uri", Kind::Line),
            ("localized", Kind::Pairs),
            ("contacts", Kind::Lines),
            ("software_id", Kind::Line),
            ("software_version", Kind::Line),
        ],
    ),
    (
        "proof",
        &[
            ("jwks_uri", Kind::Line),
            ("jwks", Kind::Json),
            ("token_endpoint_auth_signing_alg", Kind::Maybe(ALGS)),
            ("tls_client_auth_subject_dn", Kind::Line),
            ("tls_client_auth_san_dns", Kind::Line),
            ("tls_client_auth_san_uri", Kind::Line),
            ("tls_client_auth_san_ip", Kind::Line),
            ("tls_client_auth_san_email", Kind::Line),
        ],
    ),
    (
        "tokens",
        &[
            ("access_token_format", Kind::Pick(&["jwt", "opaque"])),
            ("access_token_signed_response_alg", Kind::Maybe(ALGS)),
            ("resources", Kind::Lines),
            ("serves", Kind::Lines),
            ("authorization_details_types", Kind::Lines),
            ("id_token_signed_response_alg", Kind::Maybe(ALGS)),
            ("userinfo_signed_response_alg", Kind::Maybe(ALGS)),
            ("introspection_signed_response_alg", Kind::Maybe(ALGS)),
            ("authorization_signed_response_alg", Kind::Maybe(ALGS)),
            ("id_token_encrypted_response_alg", Kind::Maybe(KEY_ALGS)),
            ("id_token_encrypted_response_enc", Kind::Maybe(ENCS)),
            ("userinfo_encrypted_response_alg", Kind::Maybe(KEY_ALGS)),
            ("userinfo_encrypted_response_enc", Kind::Maybe(ENCS)),
            ("introspection_encrypted_response_alg", Kind::Maybe(KEY_ALGS)),
            ("introspection_encrypted_response_enc", Kind::Maybe(ENCS)),
            ("authorization_encrypted_response_alg", Kind::Maybe(KEY_ALGS)),
            ("authorization_encrypted_response_enc", Kind::Maybe(ENCS)),
        ],
    ),
    (
        "protection",
        &[
            ("profile", Kind::Pick(&["standard", "fapi2", "fapi2_signing"])),
            ("require_pkce", Kind::Tick),
            ("require_pushed_authorization_requests", Kind::Tick),
            ("require_signed_request_object", Kind::Tick),
            ("request_object_signing_alg", Kind::Maybe(ALGS)),
            ("request_uris", Kind::Lines),
            ("dpop_bound_access_tokens", Kind::Tick),
            ("tls_client_certificate_bound_access_tokens", Kind::Tick),
        ],
    ),
];

/// Members without a field: `code` is the one response type, and goes with the grant type.
pub const WITHOUT: [&str; 1] = ["response_types"];

/// Parameters of the form that may come several times.
pub const REPEATED: &[&str] = &["grant_types"];

/// Every member that has a field, with its kind.
pub fn members() -> impl Iterator<Item = (&'static str, Kind)> {
    GROUPS.iter().flat_map(|(_, members)| members.iter().copied())
}

/// What stands in a form, by member: as registered, or as it was typed, so that nothing that was typed is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled(BTreeMap<&'static str, Vec<String>>);

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn texts(value: &Value, kind: Kind) -> Vec<String> {
    match (kind, value) {
        (Kind::Lines, Value::Array(all)) => vec![all.iter().map(text).collect::<Vec<_>>().join("\n")],
        (Kind::Ticks(_), Value::Array(all)) => all.iter().map(text).collect(),
        (Kind::Json, value) => vec![serde_json::to_string_pretty(value).unwrap_or_default()],
        (Kind::Pairs, Value::Object(all)) => {
            vec![all.iter().map(|(n, v)| format!("{n} = {}", text(v))).collect::<Vec<_>>().join("\n")]
        }
        (Kind::Tick, value) => {
            if *value == json!(true) {
                vec!["true".into()]
            } else {
                vec![]
            }
        }
        (_, value) => vec![text(value)],
    }
}

impl Filled {
    /// As it is registered.
    pub fn of(metadata: &Metadata) -> Self {
        let all = serde_json::to_value(metadata).unwrap_or_default();
        let mut out = BTreeMap::new();
        for (name, kind) in members() {
            if let Some(value) = all.get(name) {
                out.insert(name, texts(value, kind));
            }
        }
        // Nothing given means the authorization code alone.
        out.entry("grant_types").or_insert_with(|| vec!["authorization_code".into()]);
        Self(out)
    }

    /// As it was sent.
    pub fn sent(form: &Params) -> Self {
        let of = |name: &str, kind| match kind {
            Kind::Ticks(_) => form.all(name).to_vec(),
            _ => form.get(name).map(str::to_owned).into_iter().collect(),
        };
        Self(members().map(|(name, kind)| (name, of(name, kind))).collect())
    }

    fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    fn one(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    /// What a member says, for people; nothing where it says nothing.
    pub fn said(&self, view: &View, name: &str, kind: Kind) -> Option<String> {
        let value = match kind {
            Kind::Tick => {
                if self.one(name) == "true" {
                    view.t("admin-app-yes")
                } else {
                    String::new()
                }
            }
            Kind::Pick(_) | Kind::Maybe(_) => self.all(name).iter().map(|v| label(view, name, v)).collect(),
            Kind::Ticks(_) => self.all(name).iter().map(|v| label(view, name, v)).collect::<Vec<_>>().join("\n"),
            _ => self.one(name).to_owned(),
        };
        Some(value).filter(|v| !v.trim().is_empty())
    }

    /// By the names of RFC 7591; the member that can't be read, and what to write instead, where there is one.
    pub fn members(&self) -> Result<Map<String, Value>, AppError> {
        let mut out = Map::new();
        for (name, kind) in members() {
            let one = self.one(name).trim();
            let value = match kind {
                Kind::Tick => Value::from(one == "true"),
                Kind::Ticks(_) => Value::from(self.all(name).to_vec()),
                Kind::Lines => Value::from(lines(one).map(Value::from).collect::<Vec<_>>()),
                Kind::Pairs => Value::Object(
                    pairs(one).ok_or_else(|| AppError::at(name, "one a line, such as client_name#nl = Boekhouding"))?,
                ),
                _ if one.is_empty() => continue,
                Kind::Json => serde_json::from_str(one).map_err(|e| AppError::at(name, format!("not JSON: {e}")))?,
                Kind::Number => {
                    let number: u64 = one.parse().map_err(|_| AppError::at(name, "a whole number of seconds, such as 3600"))?;
                    number.into()
                }
                Kind::Line | Kind::Pick(_) | Kind::Maybe(_) => one.into(),
            };
            out.insert(name.to_owned(), value);
        }
        Ok(out)
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|l| !l.is_empty())
}

fn pairs(text: &str) -> Option<Map<String, Value>> {
    let pair = |line: &str| line.split_once('=').map(|(n, v)| (n.trim().to_owned(), Value::from(v.trim())));
    lines(text).map(pair).collect()
}

/// The key of a member's label.
pub fn key(name: &str) -> String {
    format!("admin-app-{}", name.replace('_', "-"))
}

/// A value of a choice, in words; itself where there are none.
fn label(view: &View, name: &str, value: &str) -> String {
    let last = value.rsplit(':').next().unwrap_or(value).replace('_', "-");
    let key = format!("{}-{last}", key(name));
    if view.has(&key) { view.t(&key) } else { value.to_owned() }
}

/// Whether a value can be chosen here: some are behind switches of the installation.
fn is_offered(value: &str, on: Switches) -> bool {
    match value {
        CIBA => on.ciba,
        "fapi2_signing" => on.message_signing,
        _ => true,
    }
}

/// The field of a member.
fn field(view: &View, filled: &Filled, (name, kind): (&str, Kind), on: Switches) -> Field {
    let (title, value) = (view.t(&key(name)), filled.one(name));
    let choices = |values: &[&str]| -> Vec<Choice> {
        let now = filled.all(name);
        let choice =
            |v: &&str| Choice { value: (*v).to_owned(), label: label(view, name, v), current: now.iter().any(|n| n == v) };
        // What is chosen stays in sight, also when it was switched off since.
        values.iter().filter(|v| is_offered(v, on) || now.iter().any(|n| n == *v)).map(choice).collect()
    };
    let field = match kind {
        Kind::Line if name == "client_name" => Field::text(name, title, value),
        Kind::Line => Field::text(name, title, value).optional(),
        Kind::Number => Field::new("text", name, title, value).optional(),
        Kind::Lines | Kind::Json | Kind::Pairs => Field::new("area", name, title, value).optional(),
        Kind::Tick => Field::tick(name, title, value == "true"),
        Kind::Pick(values) => Field::select(name, title, choices(values)),
        Kind::Maybe(values) => Field::select(name, title, choices(values)).optional(),
        Kind::Ticks(values) => Field::ticks(name, title, choices(values)),
    };
    let hint = format!("{}-hint", key(name));
    if view.has(&hint) { field.hint(view.t(&hint)) } else { field }
}

/// The fields of a group.
pub fn fields(view: &View, filled: &Filled, group: &Group, on: Switches) -> Vec<Field> {
    group.1.iter().map(|(name, kind)| field(view, filled, (name, *kind), on)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::admin::applications::flow::read;

    fn metadata(value: Value) -> Metadata {
        serde_json::from_value(value).unwrap()
    }

    fn again(form: &str) -> Filled {
        Filled::sent(&Params::parse(form.as_bytes(), REPEATED).unwrap())
    }

    /// S5: whatever registration knows has its place in the form, once.
    #[test]
    fn every_member_of_a_registration_has_a_field() {
        for name in Metadata::NAMES {
            let places = members().filter(|(n, _)| n == name).count() + WITHOUT.iter().filter(|n| *n == name).count();
            assert_eq!(places, 1, "{name}");
        }
        assert_eq!(members().count() + WITHOUT.len(), Metadata::NAMES.len());
    }

    /// S5: nothing that is registered is lost by opening the form and saving it.
    #[test]
    fn the_form_gives_back_what_it_was_filled_with() {
        let all = metadata(json!({
            "client_name": "App", "redirect_uris": ["https://a.example/1", "https://a.example/2"], "scope": "openid email",
            "grant_types": ["authorization_code", "refresh_token"], "subject_type": "pairwise", "require_pkce": false,
            "userinfo_signed_response_alg": "ES256", "contacts": ["a@example.com"], "consent": "ask", "default_max_age": 60,
            "jwks": {"keys": []}, "localized": {"client_name#nl": "Toepassing = mooi"}, "dpop_bound_access_tokens": true,
            "token_endpoint_auth_method": "none", "application_type": "native", "resources": ["https://api.example"],
            "access_token_format": "opaque", "profile": "fapi2", "tls_client_auth_san_ip": "10.0.0.1"
        }));
        let filled = Filled::of(&all);
        assert_eq!(read(filled.members().unwrap()).unwrap(), all);
        // The same through a browser, which ends lines in its own way.
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (name, values) in &filled.0 {
            form.extend_pairs(values.iter().map(|v| (name, v.replace('\n', "\r\n"))));
        }
        assert_eq!(read(again(&form.finish()).members().unwrap()).unwrap(), all);
        let fresh = metadata(json!({"client_name": "App", "grant_types": ["authorization_code"]}));
        assert_eq!(read(Filled::of(&fresh).members().unwrap()).unwrap(), fresh);
    }

    /// S5
    #[test]
    fn what_cannot_be_read_is_named_and_stays_as_it_was_typed() {
        for (form, field) in
            [("jwks=%7B", "jwks"), ("default_max_age=soon", "default_max_age"), ("localized=nothing", "localized")]
        {
            let filled = again(form);
            match filled.members() {
                Err(AppError::Refused { field: at, .. }) => assert_eq!(at, field),
                other => panic!("{form}: {other:?}"),
            }
            assert!(!filled.one(field).is_empty());
        }
    }
}
