//! Applications that show a certificate (RFC 8705), here through a proxy that passes it on; the listener's own part is tested
//! beside it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, CertifiedIssuer, DnType, KeyPair, SanType};
use serde_json::{Value, json};
use zegel::kernel::jose::digest;

use crate::support::flow::{claims, text};
use crate::support::postgres::TestDb;
use crate::support::world::{Options, World};

struct Certificates {
    ca: String,
    /// Signed by the authority, for app.example.
    signed: Vec<u8>,
    /// Signed by nobody, for app.example too.
    own: Vec<u8>,
    own_jwk: Value,
}

fn certificates() -> Certificates {
    let mut params = CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let named = || {
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![SanType::DnsName("app.example".try_into().unwrap())];
        params.distinguished_name.push(DnType::CommonName, "app");
        params
    };
    let key = KeyPair::generate().unwrap();
    let signed = named().signed_by(&key, &ca).unwrap().der().to_vec();
    let key = KeyPair::generate().unwrap();
    let own = named().self_signed(&key).unwrap().der().to_vec();
    let public = key.public_key_raw();
    let b64 = |b: &[u8]| URL_SAFE_NO_PAD.encode(b);
    let own_jwk = json!({"kty": "EC", "crv": "P-256", "x": b64(&public[1..33]), "y": b64(&public[33..65])});
    Certificates { ca: ca.pem(), signed, own, own_jwk }
}

async fn world(ca: &str) -> (World, tempfile::NamedTempFile) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), ca).unwrap();
    let path: &'static str = Box::leak(file.path().display().to_string().into_boxed_str());
    let more = vec![("tls_client_ca", path), ("client_cert_header", "client-cert"), ("trusted_proxies", "127.0.0.0/8")];
    let options = Options { settings: Box::leak(more.into_boxed_slice()), ..Options::default() };
    (World::start_with(TestDb::sqlite(), options).await, file)
}

async fn ask(world: &World, client: &str, certificate: Option<&[u8]>) -> (u16, Value) {
    let form = [("grant_type", "client_credentials"), ("client_id", client)];
    let mut request = world.http.post(format!("{}/token", world.idp_url)).form(&form);
    if let Some(der) = certificate {
        request = request.header("client-cert", format!(":{}:", STANDARD.encode(der)));
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// S2 (RFC 8705, sections 2.1, 2.2 and 3), case 26
#[tokio::test]
async fn a_certificate_proves_who_an_application_is_and_binds_its_tokens() {
    let c = certificates();
    let (world, _file) = world(&c.ca).await;
    let client = |id: &str, method: &str, more: Value| {
        let mut client = json!({"client_id": id, "client_name": id, "grant_types": ["client_credentials"], "scope": "openid read",
            "token_endpoint_auth_method": method, "tls_client_certificate_bound_access_tokens": true});
        client.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        client
    };
    let all = json!({"applications": [
        client("named", "tls_client_auth", json!({"tls_client_auth_san_dns": "app.example"})),
        client("misnamed", "tls_client_auth", json!({"tls_client_auth_san_dns": "other.example"})),
        client("self", "self_signed_tls_client_auth", json!({"jwks": {"keys": [c.own_jwk]}})),
    ]});
    world.apply(&all.to_string()).await;
    for (id, certificate, status) in [
        ("named", Some(&c.signed), 200),
        ("named", Some(&c.own), 401),
        ("named", None, 401),
        ("misnamed", Some(&c.signed), 401),
        ("self", Some(&c.own), 200),
        ("self", Some(&c.signed), 401),
        ("self", None, 401),
    ] {
        assert_eq!(ask(&world, id, certificate.map(Vec::as_slice)).await.0, status, "{id}");
    }
    let (_, answer) = ask(&world, "named", Some(&c.signed)).await;
    let access = text(&answer, "access_token");
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(claims(access)["cnf"]["x5t#S256"], digest(&c.signed));
    // case 12's rule for certificates: at an endpoint of the provider it opens nothing without the same one. What it would
    // open is another question: 403 says that the token itself was believed.
    let open = async |certificate: Option<&[u8]>| {
        let mut request = world.http.get(format!("{}/api/access-log", world.idp_url)).bearer_auth(access);
        if let Some(der) = certificate {
            request = request.header("client-cert", format!(":{}:", STANDARD.encode(der)));
        }
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!((open(Some(&c.signed)).await, open(Some(&c.own)).await, open(None).await), (403, 401, 401));
}

/// S2: the same at the record store, which believes the provider's word of whose token it is.
#[tokio::test]
async fn without_its_certificate_a_bound_client_gets_no_token() {
    let c = certificates();
    let (world, _file) = world(&c.ca).await;
    let secret = "a-secret-of-a-client-of-forty-characters-";
    let all = json!({"applications": [{"client_id": "bound", "client_name": "Bound", "client_secret": secret,
        "grant_types": ["client_credentials"], "scope": "read", "tls_client_certificate_bound_access_tokens": true}]});
    world.apply(&all.to_string()).await;
    let (status, answer) = world.token(("bound", secret), &[("grant_type", "client_credentials")]).await;
    assert_eq!((status, text(&answer, "error")), (400, "invalid_grant"));
}
