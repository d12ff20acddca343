//! SMS through one HTTP gateway that takes a JSON body and a bearer token.
//!
//! Gateways differ in the names of their fields, so the body is a template from the settings. It is parsed as JSON once
//! and values are put into its strings; whatever a text contains, it can't become structure.

use std::fmt;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::{Fault, Message, Sent, SetupError, is_loopback};

const TIMEOUT: Duration = Duration::from_secs(10);
/// What is read of an answer; the rest is not looked at.
const ANSWER: usize = 64 * 1024;

/// The gateway and how to speak to it.
#[derive(Clone)]
pub struct SmsSettings {
    /// Where to POST; `https` unless it is on this machine.
    pub url: Url,
    /// Sent as `Authorization: Bearer ...` (RFC 6750, section 2.1).
    pub token: SecretString,
    /// The sender's name or number.
    pub from: String,
    /// A JSON document in whose strings `{to}`, `{from}` and `{text}` are replaced, for example
    /// `{"to": "{to}", "from": "{from}", "text": "{text}"}`.
    pub body: String,
}

impl fmt::Debug for SmsSettings {
    /// Leaves out the path and query, where some gateways want their keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        f.debug_struct("SmsSettings").field("host", &host).field("from", &self.from).finish_non_exhaustive()
    }
}

pub(super) struct Gateway {
    client: Client,
    url: Url,
    token: SecretString,
    from: String,
    body: Value,
}

impl Gateway {
    pub(super) fn new(s: &SmsSettings) -> Result<Self, SetupError> {
        let host = s.url.host_str().unwrap_or_default();
        let local = is_loopback(host);
        let clear = match s.url.scheme() {
            "https" => false,
            "http" if local => true,
            "http" => return Err(SetupError::Clear { what: "sms.url", host: host.to_owned() }),
            _ => return Err(SetupError::bad("sms.url", "must begin with https://")),
        };
        let body: Value = serde_json::from_str(&s.body).map_err(|e| SetupError::bad("sms.body", e))?;
        for needed in ["{to}", "{text}"] {
            if !mentions(&body, needed) {
                return Err(SetupError::bad("sms.body", format!("{needed} is in none of its strings")));
            }
        }
        let mut client = Client::builder().timeout(TIMEOUT).connect_timeout(TIMEOUT).redirect(Policy::none());
        if local {
            client = client.no_proxy();
        }
        if clear {
            // Certificates of the system are neither needed nor read.
            client = client.tls_certs_only([]);
        }
        let client = client.build().map_err(|e| SetupError::bad("sms", e.without_url()))?;
        Ok(Self { client, url: s.url.clone(), token: s.token.clone(), from: s.from.clone(), body })
    }

    pub(super) async fn send(&self, message: &Message) -> Result<Sent, Fault> {
        let to = number(&message.to)?;
        let body = fill(&self.body, &[("{to}", &to), ("{from}", &self.from), ("{text}", message.text.expose_secret())]);
        let request = self.client.post(self.url.clone()).bearer_auth(self.token.expose_secret()).json(&body);
        let mut answer = request.send().await.map_err(|e| unreachable_gateway(&e))?;
        let status = answer.status();
        if !status.is_success() {
            return Err(refused(status));
        }
        // It is taken; an answer that breaks off afterwards is no reason to send it again.
        let mut bytes = Vec::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > ANSWER {
                return Ok(Sent { id: None });
            }
        }
        Ok(Sent { id: message_id(&bytes) })
    }
}

/// A number as gateways want it: `+` and 6 to 15 digits (E.164), without the spaces that people write.
fn number(to: &str) -> Result<String, Fault> {
    let n: String = to.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '\u{a0}')).collect();
    match n.strip_prefix('+') {
        Some(d) if (6..=15).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit()) => Ok(n),
        _ => Err(Fault::permanent("this is no telephone number in international form")),
    }
}

fn unreachable_gateway(e: &reqwest::Error) -> Fault {
    Fault::temporary(if e.is_timeout() {
        "the gateway did not answer in time"
    } else if e.is_connect() {
        "no connection to the gateway"
    } else {
        "the connection to the gateway broke"
    })
}

/// RFC 9110, section 15.5: a client error is ours and stays one, except for "too slow" and "too many".
fn refused(status: StatusCode) -> Fault {
    let permanent = status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT && status != StatusCode::TOO_MANY_REQUESTS;
    Fault { permanent, reason: format!("the gateway answered {}", status.as_u16()) }
}

fn message_id(answer: &[u8]) -> Option<String> {
    match serde_json::from_slice::<Value>(answer).ok()?.get("id")? {
        Value::String(s) if !s.is_empty() && s.len() <= 200 && !s.chars().any(char::is_control) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

fn mentions(template: &Value, what: &str) -> bool {
    match template {
        Value::String(s) => s.contains(what),
        Value::Array(a) => a.iter().any(|v| mentions(v, what)),
        Value::Object(o) => o.values().any(|v| mentions(v, what)),
        _ => false,
    }
}

fn fill(template: &Value, values: &[(&str, &str)]) -> Value {
    match template {
        Value::String(s) => Value::String(fill_text(s, values)),
        Value::Array(a) => a.iter().map(|v| fill(v, values)).collect(),
        Value::Object(o) => Value::Object(o.iter().map(|(k, v)| (k.clone(), fill(v, values))).collect()),
        other => other.clone(),
    }
}

/// In one pass, so that a place-holder inside a value stays what it is.
fn fill_text(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, here) = rest.split_at(at);
        out.push_str(before);
        rest = match values.iter().find_map(|(name, value)| Some((*value, here.strip_prefix(name)?))) {
            Some((value, after)) => {
                out.push_str(value);
                after
            }
            None => {
                out.push('{');
                here.strip_prefix('{').unwrap_or_default()
            }
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(url: &str, body: &str) -> SmsSettings {
        SmsSettings { url: url.parse().unwrap(), token: "s3cret".into(), from: "Zegel".into(), body: body.into() }
    }

    #[test]
    fn settings_print_no_token() {
        let s = settings("https://sms.example.com/k3y?k=k3y", "{}");
        assert_eq!(format!("{s:?}"), r#"SmsSettings { host: "sms.example.com", from: "Zegel", .. }"#);
    }

    #[test]
    fn a_text_cannot_become_structure() {
        let template = json!({"messages": [{"to": "{to}", "body": "{from}: {text} {x}"}], "n": 1});
        let filled = fill(&template, &[("{to}", "+31612345642"), ("{from}", "Zegel"), ("{text}", "a\", \"to\": \"{to}\n")]);
        assert_eq!(filled, json!({"messages": [{"to": "+31612345642", "body": "Zegel: a\", \"to\": \"{to}\n {x}"}], "n": 1}));
    }

    #[test]
    fn a_gateway_that_cannot_work_is_refused_at_the_start() {
        let body = r#"{"to": "{to}", "text": "{text}"}"#;
        assert!(Gateway::new(&settings("http://127.0.0.1:1/sms", body)).is_ok());
        assert!(matches!(Gateway::new(&settings("http://sms.example.com/", body)), Err(SetupError::Clear { .. })));
        assert!(Gateway::new(&settings("ftp://127.0.0.1/", body)).is_err());
        assert!(Gateway::new(&settings("http://127.0.0.1/", r#"{"to": "{to}"}"#)).is_err());
        assert!(Gateway::new(&settings("http://127.0.0.1/", "to={to}&text={text}")).is_err());
    }

    #[test]
    fn only_the_senders_own_faults_are_permanent() {
        for (status, permanent) in [(400, true), (401, true), (422, true), (408, false), (429, false), (500, false), (302, false)]
        {
            assert_eq!(refused(StatusCode::from_u16(status).unwrap()).permanent, permanent, "{status}");
        }
    }

    #[test]
    fn a_number_is_international_or_refused() {
        assert_eq!(number("+31 6 1234-5642").unwrap(), "+31612345642");
        for bad in ["0612345642", "+31abc", "+", "", "+31612345642\r\nX: y", "+1234567890123456"] {
            assert!(number(bad).unwrap_err().permanent, "{bad:?}");
        }
    }

    #[test]
    fn the_gateways_id_is_kept_when_it_is_one() {
        assert_eq!(message_id(br#"{"id": "abc"}"#).as_deref(), Some("abc"));
        assert_eq!(message_id(br#"{"id": 17}"#).as_deref(), Some("17"));
        assert_eq!(message_id(br#"{"id": {}}"#), None);
        assert_eq!(message_id(b"OK"), None);
    }
}
