//! The certificate that a client shows (RFC 8705): from the connection, or from a proxy of a configured network that ended
//! the connection (RFC 9440). Owns reading it and what it says. Does not own who may use which.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use serde_json::{Value, json};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
use x509_parser::public_key::PublicKey as Spki;

use super::connection::ClientCertificate;
use crate::config::Settings;
use crate::kernel::clock::Timestamp;
use crate::kernel::jose::{PublicKey, digest};

/// The header of RFC 9440 in the spelling of header names.
const STANDARD_HEADER: &str = "client-cert";
/// A certificate in a header at most, in bytes.
const LONGEST: usize = 16 * 1024;

/// A certificate whose holder has its key: a TLS handshake showed that, here or at a trusted proxy. Nothing says yet that
/// anybody signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    leaf: CertificateDer<'static>,
    chain: Vec<CertificateDer<'static>>,
}

impl Shown {
    /// Off a request. A header counts only when the connection comes from a configured proxy (security case 26), and then
    /// the proxy's own certificate is not the client's.
    pub fn of(parts: &Parts, settings: &Settings) -> Option<Arc<Self>> {
        let header = settings.client_cert_header.as_str();
        if !header.is_empty() {
            let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
            if settings.trusted_networks().iter().any(|n| n.contains(peer)) {
                return Self::of_header(parts, header);
            }
        }
        let shown = parts.extensions.get::<ClientCertificate>()?;
        Some(Arc::new(Self { leaf: shown.0.clone()?, chain: shown.1.clone() }))
    }

    fn of_header(parts: &Parts, header: &str) -> Option<Arc<Self>> {
        let mut values = parts.headers.get_all(header).iter();
        let value = values.next().filter(|_| values.next().is_none())?.to_str().ok()?;
        let leaf = from_header(value)?;
        let chain = match header.eq_ignore_ascii_case(STANDARD_HEADER) {
            true => {
                parts.headers.get_all("client-cert-chain").iter().filter_map(|v| v.to_str().ok()).collect::<Vec<_>>().join(",")
            }
            false => String::new(),
        };
        let chain = chain.split(',').filter(|c| !c.trim().is_empty()).take(8).map(from_header).collect::<Option<Vec<_>>>()?;
        Some(Arc::new(Self { leaf, chain }))
    }

    /// The thumbprint by which tokens are bound to it (RFC 8705, section 3.1).
    pub fn thumbprint(&self) -> String {
        digest(&self.leaf)
    }

    /// Whether one of the authorities in `pem` signed it for the present, through what came along with it.
    pub fn is_signed_by(&self, pem: &[u8], now: Timestamp) -> bool {
        let mut roots = RootCertStore::empty();
        for authority in CertificateDer::pem_slice_iter(pem).flatten() {
            // One that can't be used signs nothing.
            let _ = roots.add(authority);
        }
        let Ok(verifier) = WebPkiClientVerifier::builder(Arc::new(roots)).build() else { return false };
        let Ok(seconds) = u64::try_from(now.seconds()) else { return false };
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        verifier.verify_client_cert(&self.leaf, &self.chain, now).is_ok()
    }

    /// Whether `now` lies within the certificate's time, for one that nobody signed.
    pub fn is_current(&self, now: Timestamp) -> bool {
        let Ok((_, cert)) = X509Certificate::from_der(&self.leaf) else { return false };
        let validity = cert.validity();
        (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now.seconds())
    }

    /// The thumbprint of its key (RFC 7638), to be found among registered keys.
    pub fn key_thumbprint(&self) -> Option<String> {
        let (_, cert) = X509Certificate::from_der(&self.leaf).ok()?;
        let spki = cert.public_key();
        let b64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let jwk: Value = match spki.parsed().ok()? {
            Spki::RSA(key) => {
                let plain =
                    |bytes: &[u8]| b64(bytes.iter().position(|b| *b != 0).and_then(|i| bytes.get(i..)).unwrap_or_default());
                json!({"kty": "RSA", "n": plain(key.modulus), "e": plain(key.exponent)})
            }
            Spki::EC(point) => {
                let (x, y) = point.data().get(1..33).zip(point.data().get(33..65))?;
                json!({"kty": "EC", "crv": "P-256", "x": b64(x), "y": b64(y)})
            }
            // RFC 8410: the key itself.
            _ if spki.algorithm.algorithm.to_id_string() == "1.3.101.112" => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": b64(&spki.subject_public_key.data)})
            }
            _ => return None,
        };
        PublicKey::from_jwk(&jwk).ok().map(|k| k.thumbprint().to_owned())
    }

    /// Whether it has a name.
    pub fn has(&self, name: &Name<'_>) -> bool {
        let Ok((_, cert)) = X509Certificate::from_der(&self.leaf) else { return false };
        if let Name::Subject(wanted) = name {
            return canonical(wanted).is_some_and(|wanted| wanted == subject(&cert));
        }
        let Ok(Some(names)) = cert.subject_alternative_name() else { return false };
        names.value.general_names.iter().any(|there| match (there, name) {
            (GeneralName::DNSName(a), Name::Dns(b)) => a.eq_ignore_ascii_case(b),
            (GeneralName::URI(a), Name::Uri(b)) | (GeneralName::RFC822Name(a), Name::Email(b)) => a == b,
            (GeneralName::IPAddress(a), Name::Ip(b)) => match b.parse() {
                Ok(std::net::IpAddr::V4(ip)) => *a == ip.octets(),
                Ok(std::net::IpAddr::V6(ip)) => *a == ip.octets(),
                Err(_) => false,
            },
            _ => false,
        })
    }
}

/// A name in a certificate (RFC 8705, section 2.1.2).
#[derive(Clone, Copy, Debug)]
pub enum Name<'a> {
    /// The subject, as RFC 4514 writes it.
    Subject(&'a str),
    /// A machine.
    Dns(&'a str),
    /// An address.
    Uri(&'a str),
    /// An IP address.
    Ip(&'a str),
    /// A mail address.
    Email(&'a str),
}

/// Attribute types by the names of RFC 4514, section 3, and the two that everyone uses beside them.
const TYPES: [(&str, &str); 12] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.6", "C"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("2.5.4.97", "ORGANIZATIONIDENTIFIER"),
    ("1.2.840.113549.1.9.1", "EMAILADDRESS"),
];

/// The parts of a name, the last of the certificate first; each part's attributes sorted.
type Parted = Vec<Vec<(String, String)>>;

fn subject(cert: &X509Certificate<'_>) -> Parted {
    let mut parts: Parted = Vec::new();
    for rdn in cert.subject().iter_rdn() {
        let mut attributes: Vec<(String, String)> = Vec::new();
        for attribute in rdn.iter() {
            let oid = attribute.attr_type().to_id_string();
            let name = TYPES.iter().find(|(o, _)| *o == oid).map_or(oid.clone(), |(_, n)| (*n).to_owned());
            attributes.push((name, attribute.as_str().unwrap_or_default().to_owned()));
        }
        attributes.sort();
        parts.push(attributes);
    }
    parts.reverse();
    parts
}

/// Reads `CN=app,O=Example\, Ltd.,C=NL`; nothing when it can't be read.
fn canonical(text: &str) -> Option<Parted> {
    let (mut parts, mut attributes): (Parted, Vec<(String, String)>) = (Vec::new(), Vec::new());
    let (mut name, mut value, mut in_value, mut kept) = (String::new(), String::new(), false, 0usize);
    let mut chars = text.chars().chain(std::iter::once(','));
    while let Some(c) = chars.next() {
        match c {
            '\\' if in_value => {
                let escaped = chars.next()?;
                value.push(escaped);
                // A space that was written with care stays.
                kept = value.len();
            }
            '=' if !in_value => in_value = true,
            ',' | '+' => {
                let whole = value.trim_start().len() - value.trim_start().trim_end().len();
                let end = value.len().saturating_sub(whole).max(kept);
                let given = name.trim().to_ascii_uppercase();
                let given = TYPES.iter().find(|(oid, _)| *oid == given).map_or(given, |(_, n)| (*n).to_owned());
                let given = if given == "E" { "EMAILADDRESS".to_owned() } else { given };
                if !in_value || given.is_empty() {
                    return None;
                }
                attributes.push((given, value.get(..end)?.trim_start().to_owned()));
                (name, value, in_value, kept) = (String::new(), String::new(), false, 0);
                if c == ',' {
                    attributes.sort();
                    parts.push(std::mem::take(&mut attributes));
                }
            }
            c if in_value => value.push(c),
            c => name.push(c),
        }
    }
    (attributes.is_empty() && name.is_empty()).then_some(parts)
}

/// A certificate in one of the three ways that proxies write it: RFC 9440 (base64 between colons), PEM encoded like an
/// address (nginx), or bare base64.
fn from_header(value: &str) -> Option<CertificateDer<'static>> {
    let value = value.trim();
    if value.is_empty() || value.len() > LONGEST {
        return None;
    }
    let der = if let Some(inner) = value.strip_prefix(':').and_then(|v| v.strip_suffix(':')) {
        STANDARD.decode(inner).ok()?
    } else if value.starts_with("-----BEGIN") {
        // A plus sign is itself in what nginx writes; only % sequences are decoded.
        let pem = percent_decoded(value)?;
        CertificateDer::from_pem_slice(pem.as_bytes()).ok()?.to_vec()
    } else {
        STANDARD.decode(value).ok()?
    };
    X509Certificate::from_der(&der).ok().filter(|(rest, _)| rest.is_empty())?;
    Some(CertificateDer::from(der))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        if b != b'%' {
            out.push(b);
            continue;
        }
        let hex = [bytes.next()?, bytes.next()?];
        out.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use rcgen::{CertificateParams, CertifiedIssuer, DnType, KeyPair, SanType};

    use super::*;
    use crate::kernel::clock::{Clock, SystemClock};

    /// A self-signed certificate of one name, and its key.
    fn own(names: Vec<SanType>) -> (CertificateDer<'static>, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CountryName, "NL");
        params.distinguished_name.push(DnType::OrganizationName, "Van Dam, Ltd.");
        params.distinguished_name.push(DnType::CommonName, "app");
        params.subject_alt_names = names;
        (params.self_signed(&key).unwrap().der().clone(), key)
    }

    fn request(headers: &[(&str, String)], peer: [u8; 4], shown: Option<CertificateDer<'static>>) -> Parts {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::from((peer, 1))));
        parts.extensions.insert(ClientCertificate(shown, Vec::new()));
        parts
    }

    /// case 26: anybody can write a header; only a configured proxy's counts, and only the one that is configured.
    #[test]
    fn a_certificate_in_a_header_counts_from_a_configured_proxy_only() {
        let (cert, _) = own(vec![]);
        let (of_proxy, _) = own(vec![]);
        let plain = Settings::with(&[]).unwrap();
        let behind = Settings::with(&[("trusted_proxies", "10.0.0.0/30"), ("client_cert_header", "client-cert")]).unwrap();
        let header = || ("client-cert", format!(":{}:", STANDARD.encode(&cert)));
        let found = |parts: Parts, settings: &Settings| Shown::of(&parts, settings).map(|s| s.leaf.clone());
        assert_eq!(found(request(&[header()], [10, 0, 0, 1], None), &behind), Some(cert.clone()));
        assert_eq!(found(request(&[header()], [10, 0, 0, 1], Some(of_proxy.clone())), &behind), Some(cert.clone()));
        assert_eq!(found(request(&[], [10, 0, 0, 1], Some(of_proxy.clone())), &behind), None, "that one is the proxy's own");
        assert_eq!(found(request(&[header()], [10, 0, 0, 9], None), &behind), None);
        assert_eq!(found(request(&[header()], [10, 0, 0, 1], None), &plain), None);
        assert_eq!(found(request(&[header(), header()], [10, 0, 0, 1], None), &behind), None);
        assert_eq!(found(request(&[], [10, 0, 0, 9], Some(of_proxy.clone())), &behind), Some(of_proxy));
    }

    /// S2: the ways of nginx, and of proxies that write bare base64.
    #[test]
    fn a_certificate_is_read_in_each_way_that_proxies_write_it() {
        let (cert, _) = own(vec![]);
        let base64 = STANDARD.encode(&cert);
        let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
        let pem = format!("-----BEGIN%20CERTIFICATE-----%0A{}%0A-----END%20CERTIFICATE-----%0A", lines.join("%0A"));
        for value in [format!(":{base64}:"), base64.clone(), pem.replace('/', "%2F").replace('+', "%2B"), pem] {
            assert_eq!(from_header(&value), Some(cert.clone()), "{value}");
        }
        for bad in ["", ":", "::", "(null)", "-----BEGIN%2", &format!(":{}:", &base64[..40]), &"A".repeat(LONGEST + 4)] {
            assert_eq!(from_header(bad), None, "{bad}");
        }
    }

    /// S2
    #[test]
    fn a_name_fits_as_the_certificate_has_it() {
        let names = vec![
            SanType::DnsName("app.example".try_into().unwrap()),
            SanType::URI("https://app.example/me".try_into().unwrap()),
            SanType::Rfc822Name("app@example.com".try_into().unwrap()),
            SanType::IpAddress([10, 0, 0, 7].into()),
        ];
        let shown = Shown { leaf: own(names).0, chain: vec![] };
        for fits in [
            Name::Subject(r"CN=app,O=Van Dam\, Ltd.,C=NL"),
            Name::Subject(r"cn = app , 2.5.4.10=Van Dam\, Ltd. ,C=NL"),
            Name::Dns("APP.example"),
            Name::Uri("https://app.example/me"),
            Name::Email("app@example.com"),
            Name::Ip("10.0.0.7"),
        ] {
            assert!(shown.has(&fits), "{fits:?}");
        }
        for other in [
            Name::Subject(r"C=NL,O=Van Dam\, Ltd.,CN=app"),
            Name::Subject("CN=app,O=Van Dam, Ltd.,C=NL"),
            Name::Subject("CN=app"),
            Name::Subject(r"CN=app,O=Van Dam\, Ltd.,C=NL,"),
            Name::Subject(""),
            Name::Dns("example"),
            Name::Dns("app@example.com"),
            Name::Uri("https://app.example/"),
            Name::Ip("10.0.0.8"),
        ] {
            assert!(!shown.has(&other), "{other:?}");
        }
    }

    /// S2
    #[test]
    fn only_an_authority_s_signature_makes_a_certificate_signed() {
        let now = SystemClock.now();
        let authority = || {
            let mut params = CertificateParams::default();
            params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
        };
        let (ca, other) = (authority(), authority());
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["app.example".into()]).unwrap().signed_by(&key, &ca).unwrap();
        let shown = Shown { leaf: leaf.der().clone(), chain: vec![] };
        assert!(shown.is_signed_by(ca.pem().as_bytes(), now));
        assert!(!shown.is_signed_by(other.pem().as_bytes(), now));
        assert!(!shown.is_signed_by(b"", now));
        assert!(!Shown { leaf: own(vec![]).0, chain: vec![] }.is_signed_by(ca.pem().as_bytes(), now));
        assert!(shown.is_current(now) && !shown.is_current(Timestamp(0)));
    }

    /// S2: the key in a certificate is found among registered keys by its thumbprint.
    #[test]
    fn a_certificate_s_key_has_the_thumbprint_of_its_jwk() {
        let (cert, key) = own(vec![]);
        let public = key.public_key_raw();
        let b64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": b64(&public[1..33]), "y": b64(&public[33..65])});
        let thumbprint = PublicKey::from_jwk(&jwk).unwrap().thumbprint().to_owned();
        assert_eq!(Shown { leaf: cert, chain: vec![] }.key_thumbprint(), Some(thumbprint));
    }
}
