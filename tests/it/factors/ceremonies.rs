//! Passkeys without a server around them: what is asked of a browser, and which answers count.

use base64::Engine;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DistinguishedName, DnType, IsCa, KeyPair,
    KeyUsagePurpose, SigningKey,
};
use serde_json::{Value, json};
use zegel::config::Settings;
use zegel::idp::factors::ceremony::{Asked, Credential, Made, Passkeys, Refused, Registrant, Shown};

use crate::support::passkey::{Device, base64url, changed};

const ORIGIN: &str = "https://id.example.org";
const HANDLE: [u8; 16] = *b"a-handle-of-daan";

fn passkeys(more: &[(&str, &str)]) -> Passkeys {
    let mut given = vec![("idp_url", ORIGIN), ("crm_url", "https://crm.example.org")];
    given.extend(more);
    Passkeys::new(&Settings::with(&given).unwrap()).unwrap()
}

fn daan() -> Registrant<'static> {
    Registrant { handle: HANDLE, email: "daan@example.com", name: "Daan Visser" }
}

fn made(passkeys: &Passkeys, device: &mut Device) -> Made {
    let asked = passkeys.make(daan(), &[]).unwrap();
    passkeys.made(&asked.state, &device.make(ORIGIN, &asked.options)).unwrap()
}

/// The same passkey shown once, to someone known or to whoever comes.
fn show(passkeys: &Passkeys, device: &mut Device, credential: &Credential, known: bool) -> Result<Shown, Refused> {
    let asked = if known { passkeys.ask(std::slice::from_ref(credential)) } else { passkeys.ask_anyone() }.unwrap();
    passkeys.shown(&asked.state, &device.show(ORIGIN, &asked.options), credential, HANDLE)
}

/// S3
#[test]
fn a_passkey_is_made_and_shown_after_a_password_and_alone() {
    let (passkeys, mut device) = (passkeys(&[]), Device::new());
    let made = made(&passkeys, &mut device);
    let first = show(&passkeys, &mut device, &made.credential, true).unwrap();
    assert!(first.verified && first.counter == 1);
    let second = show(&passkeys, &mut device, &first.credential, false).unwrap();
    assert!(second.verified && second.counter == 2);
}

/// What a browser is asked: verify the user, prefer a passkey that is found without a name, on whatever authenticator.
#[test]
fn the_options_ask_for_a_verified_user_and_a_passkey_that_is_found_alone() {
    let passkeys = passkeys(&[]);
    let asked = passkeys.make(daan(), &[]).unwrap().options["publicKey"].clone();
    let selection = &asked["authenticatorSelection"];
    assert_eq!((&selection["residentKey"], &selection["userVerification"]), (&json!("preferred"), &json!("required")));
    assert_eq!((&asked["rp"]["id"], &asked["user"]["id"]), (&json!("id.example.org"), &json!(base64url(&HANDLE))));
    assert!(asked.get("hints").is_none());
    let asked = passkeys.ask_anyone().unwrap().options;
    assert_eq!(asked["publicKey"]["allowCredentials"], json!([]));
    assert_eq!(asked["publicKey"]["userVerification"], json!("required"));
}

/// case 22: origin, domain, challenge, user verification, counter, handle and signature.
#[test]
fn an_answer_that_is_not_as_it_must_be_is_refused() {
    let (passkeys, mut device) = (passkeys(&[]), Device::new());
    let made = made(&passkeys, &mut device);
    let have = std::slice::from_ref(&made.credential);
    let ask = || passkeys.ask(have).unwrap();
    let refused = |asked: &Asked, answer: &str| passkeys.shown(&asked.state, answer, &made.credential, HANDLE).unwrap_err();

    let asked = ask();
    for elsewhere in ["https://evil.example", "http://id.example.org", "https://id.example.org:8443", "https://x.id.example.org"]
    {
        let answer = device.show(elsewhere, &asked.options);
        assert_eq!(refused(&asked, &answer), Refused::Wrong, "{elsewhere}");
    }
    let mut other_domain = asked.options.clone();
    other_domain["publicKey"]["rpId"] = json!("example.org");
    assert_eq!(refused(&asked, &device.show(ORIGIN, &other_domain)), Refused::Wrong);
    assert_eq!(refused(&asked, &device.show(ORIGIN, &ask().options)), Refused::Wrong, "another challenge");
    device.verifies = false;
    assert_eq!(refused(&asked, &device.show(ORIGIN, &asked.options)), Refused::Unverified);
    device.verifies = true;
    let right = device.show(ORIGIN, &asked.options);
    let theirs = changed(&right, |a| a["response"]["userHandle"] = json!(base64url(b"handle-of-another")));
    assert_eq!(refused(&asked, &theirs), Refused::Unknown);
    let forged = changed(&right, |a| a["response"]["signature"] = json!(base64url(&[0x30, 6, 2, 1, 1, 2, 1, 1])));
    assert_eq!(refused(&asked, &forged), Refused::Wrong);
    assert!(passkeys.shown(&asked.state, &right, &made.credential, HANDLE).is_ok());
}

/// case 22: whoever answers where nobody is known must say who it is, and be who owns the passkey.
#[test]
fn a_passkey_alone_must_name_its_owner() {
    let (passkeys, mut device) = (passkeys(&[]), Device::new());
    let made = made(&passkeys, &mut device);
    let asked = passkeys.ask_anyone().unwrap();
    let right = device.show(ORIGIN, &asked.options);
    let nobody = changed(&right, |a| a["response"]["userHandle"] = Value::Null);
    let shown = |answer: &str, handle| passkeys.shown(&asked.state, answer, &made.credential, handle).map(drop);
    assert_eq!(shown(&nobody, HANDLE), Err(Refused::Unknown));
    assert_eq!(shown(&right, *b"another-persons-"), Err(Refused::Unknown));
    assert_eq!(shown(&right, HANDLE), Ok(()));
}

/// case 22: a counter that does not go on tells of a copy.
#[test]
fn a_counter_that_stands_still_is_a_copy() {
    let (passkeys, mut device) = (passkeys(&[]), Device::new());
    let made = made(&passkeys, &mut device);
    let early = passkeys.ask_anyone().unwrap();
    let held_back = device.show(ORIGIN, &early.options);
    let later = show(&passkeys, &mut device, &made.credential, false).unwrap();
    let refused = passkeys.shown(&early.state, &held_back, &later.credential, HANDLE).unwrap_err();
    assert_eq!(refused, Refused::Copied);
}

/// case 22: the state of one kind of challenge takes no answer of another.
#[test]
fn a_challenge_of_one_kind_takes_no_answer_of_another() {
    let (passkeys, mut device) = (passkeys(&[]), Device::new());
    let made = made(&passkeys, &mut device);
    let (make, ask) = (passkeys.make(daan(), &[]).unwrap(), passkeys.ask_anyone().unwrap());
    let shown = device.show(ORIGIN, &ask.options);
    assert_eq!(passkeys.shown(&make.state, &shown, &made.credential, HANDLE).unwrap_err(), Refused::Unknown);
    let other = device.make(ORIGIN, &make.options);
    assert_eq!(passkeys.made(&ask.state, &other).unwrap_err(), Refused::Wrong);
    for nonsense in ["", "{}", "null", "[1]", "{\"id\":1}"] {
        assert_eq!(passkeys.made(&make.state, nonsense).unwrap_err(), Refused::Wrong);
        assert_eq!(passkeys.shown(&ask.state, nonsense, &made.credential, HANDLE).unwrap_err(), Refused::Wrong);
    }
}

/// case 22: where an attestation is asked for, one without or with a stranger's is refused (CVE-2025-12150).
#[test]
fn no_attestation_is_refused_where_one_is_required() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authorities.pem");
    let certificate = || rcgen::generate_simple_self_signed(vec!["authority".to_owned()]).unwrap().cert.pem();
    std::fs::write(&file, certificate() + &certificate()).unwrap();
    let strict = passkeys(&[("passkey_attestation_ca", file.to_str().unwrap())]);
    let mut device = Device::new();
    let asked = strict.make(daan(), &[]).unwrap();
    assert_eq!(asked.options["publicKey"]["attestation"], json!("direct"));
    // The device attests itself, as those do that have no maker behind them.
    let answer = device.make(ORIGIN, &asked.options);
    assert_eq!(strict.made(&asked.state, &answer).unwrap_err(), Refused::Unattested);
    let none = changed(&answer, |a| {
        use base64::Engine;
        let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let object = engine.decode(a["response"]["attestationObject"].as_str().unwrap()).unwrap();
        let at = object.windows(8).position(|w| w == b"authData").unwrap();
        // {"fmt": "none", "attStmt": {}, "authData": ...} in CBOR.
        let mut out = vec![0xa3, 0x63];
        out.extend(b"fmt\x64none\x67attStmt\xa0\x68");
        out.extend(authenticator_data(&object[at..]));
        a["response"]["attestationObject"] = json!(engine.encode(out));
    });
    assert_eq!(strict.made(&asked.state, &none).unwrap_err(), Refused::Unattested);
    assert!(passkeys(&[]).make(daan(), &[]).is_ok());
    std::fs::write(&file, "nothing").unwrap();
    let settings = Settings::with(&[("passkey_attestation_ca", file.to_str().unwrap())]).unwrap();
    assert!(Passkeys::new(&settings).is_err());
}

/// A maker of authenticators: the certificate of its authority, and one model with the key and certificate that attest it.
struct Maker {
    authority: String,
    key: KeyPair,
    certificate: Vec<u8>,
}

/// The model of the authenticators of [`Maker::new`].
const MODEL: [u8; 16] = *b"zegel-test-model";

impl Maker {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(DnType::CommonName, name);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        // What WebAuthn Level 3, section 8.2.1 asks of the certificate.
        let (mut params, key) = (CertificateParams::default(), KeyPair::generate().unwrap());
        params.is_ca = IsCa::ExplicitNoCa;
        params.distinguished_name = DistinguishedName::new();
        let names = [
            (DnType::CountryName, "NL"),
            (DnType::OrganizationName, "A maker"),
            (DnType::OrganizationalUnitName, "Authenticator Attestation"),
            (DnType::CommonName, "One of its models"),
        ];
        for (kind, name) in names {
            params.distinguished_name.push(kind, name);
        }
        // id-fido-gen-ce-aaguid: the model, an octet string in an octet string.
        let model = [&[0x04, 16][..], &MODEL].concat();
        params.custom_extensions = vec![CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4], model)];
        let certificate = params.signed_by(&key, &authority).unwrap().der().to_vec();
        Self { authority: authority.pem(), key, certificate }
    }

    /// What `device` has made, as if it were of this maker: its model, and an attestation by the maker's key.
    fn attests(&self, made: &str, model: [u8; 16]) -> String {
        let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        changed(made, |a| {
            let read = |name: &str| engine.decode(a["response"][name].as_str().unwrap()).unwrap();
            let (object, client) = (read("attestationObject"), read("clientDataJSON"));
            let at = object.windows(8).position(|w| w == b"authData").unwrap();
            let mut data = authenticator_data(&object[at..]);
            // Behind its name and length: 32 bytes of the domain, flags, counter, and then the model.
            let head = data.len() - data_length(&data);
            data[head + 37..head + 53].copy_from_slice(&model);
            let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &client);
            let signature = SigningKey::sign(&self.key, &[&data[head..], hash.as_ref()].concat()).unwrap();
            // {"fmt": "packed", "attStmt": {"alg": -7, "sig": ..., "x5c": [...]}, "authData": ...} in CBOR.
            let mut out = vec![0xa3, 0x63];
            out.extend(b"fmt\x66packed\x67attStmt\xa3\x63alg\x26\x63sig");
            out.extend(byte_string(&signature));
            out.extend(b"\x63x5c\x81");
            out.extend(byte_string(&self.certificate));
            out.push(0x68);
            out.extend(data);
            a["response"]["attestationObject"] = json!(engine.encode(out));
        })
    }
}

/// Bytes with their length in front, in CBOR.
fn byte_string(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
    [&[0x59][..], &length, bytes].concat()
}

/// The length of the byte string behind `authData`.
fn data_length(from: &[u8]) -> usize {
    match from[8] {
        0x58 => usize::from(from[9]),
        0x59 => usize::from(u16::from_be_bytes([from[9], from[10]])),
        other => panic!("{other}"),
    }
}

/// case 22: an authenticator whose maker is trusted can be added, and signs in; one of another maker, of another model, with a forged
/// attestation or an expired authority can't.
#[test]
fn an_attested_passkey_is_taken_from_trusted_makers_and_models_only() {
    let folder = tempfile::tempdir().unwrap();
    let (maker, stranger) = (Maker::new("A maker"), Maker::new("A stranger"));
    let trusting = |certificates: &str, models: &str, verification: &str| {
        let file = folder.path().join("authorities.pem");
        std::fs::write(&file, certificates).unwrap();
        let file = file.to_str().unwrap().to_owned();
        passkeys(&[("passkey_attestation_ca", &file), ("passkey_models", models), ("passkey_user_verification", verification)])
    };
    let model = uuid::Uuid::from_bytes(MODEL).to_string();
    let other = uuid::Uuid::from_bytes(*b"another-model-01").to_string();
    let several = format!("{}{}", stranger.authority, maker.authority);
    let made = |passkeys: &Passkeys, device: &mut Device, by: &Maker, model| {
        let asked = passkeys.make(daan(), &[]).unwrap();
        let answer = by.attests(&device.make(ORIGIN, &asked.options), model);
        passkeys.made(&asked.state, &answer).map(|made| made.credential)
    };
    for (certificates, models) in [(&maker.authority, ""), (&maker.authority, &*model), (&several, &*format!("{other}, {model}"))]
    {
        let (passkeys, mut device) = (trusting(certificates, models, "required"), Device::new());
        let credential = made(&passkeys, &mut device, &maker, MODEL).unwrap_or_else(|e| panic!("{models}: {e}"));
        let shown = show(&passkeys, &mut device, &credential, true).unwrap();
        assert!(shown.verified);
        assert!(show(&passkeys, &mut device, &shown.credential, false).unwrap().verified, "and alone");
    }
    let refused = |certificates: &str, models: &str, by: &Maker, is: [u8; 16]| {
        for verification in ["required", "preferred"] {
            let passkeys = trusting(certificates, models, verification);
            let refused = made(&passkeys, &mut Device::new(), by, is).unwrap_err();
            let about = format!("{verification} {models}");
            // What the certificate says of the model and what the answer says must be one: else it is forged.
            assert_eq!(refused, if is == MODEL { Refused::Unattested } else { Refused::Wrong }, "{about}");
        }
    };
    refused(&stranger.authority, "", &maker, MODEL);
    refused(&maker.authority, &other, &maker, MODEL);
    refused(&maker.authority, "", &maker, *b"another-model-01");
    // A stranger's signature under the maker's certificate.
    let forged =
        Maker { authority: maker.authority.clone(), key: KeyPair::generate().unwrap(), certificate: maker.certificate.clone() };
    let passkeys = trusting(&maker.authority, "", "required");
    assert_eq!(made(&passkeys, &mut Device::new(), &forged, MODEL).unwrap_err(), Refused::Wrong);
    // Nothing is read from settings that don't go together.
    assert!(Settings::with(&[("passkey_models", &*model)]).is_err());
    let file = folder.path().join("authorities.pem").display().to_string();
    assert!(Settings::with(&[("passkey_attestation_ca", &*file), ("passkey_models", "the best")]).is_err());
}

/// From `authData` on: the key and its byte string, whatever follows left out.
fn authenticator_data(from: &[u8]) -> Vec<u8> {
    let (head, length) = match from[8] {
        0x58 => (2, usize::from(from[9])),
        0x59 => (3, usize::from(u16::from_be_bytes([from[9], from[10]]))),
        other => panic!("{other}"),
    };
    from[..8 + head + length].to_vec()
}

/// As a second factor an old security key counts where the policy says so, and never alone.
#[test]
fn a_key_without_verification_counts_by_policy_as_a_second_factor_only() {
    let (strict, lenient) = (passkeys(&[]), passkeys(&[("passkey_user_verification", "preferred")]));
    let mut device = Device::new();
    device.verifies = false;
    let asked = strict.make(daan(), &[]).unwrap();
    assert_eq!(strict.made(&asked.state, &device.make(ORIGIN, &asked.options)).unwrap_err(), Refused::Unverified);
    let made = made(&lenient, &mut device);
    let shown = show(&lenient, &mut device, &made.credential, true).unwrap();
    assert!(!shown.verified);
    assert_eq!(show(&lenient, &mut device, &shown.credential, false).unwrap_err(), Refused::Unverified);
    assert_eq!(show(&strict, &mut device, &shown.credential, true).unwrap_err(), Refused::Unverified, "the policy has changed");
}

/// An authenticator that has one already is told so.
#[test]
fn an_authenticator_is_not_asked_for_a_second_passkey() {
    let (passkeys, mut device) = (passkeys(&[]), Device::new());
    let made = made(&passkeys, &mut device);
    let asked = passkeys.make(daan(), std::slice::from_ref(&made.credential)).unwrap();
    let excluded = asked.options["publicKey"]["excludeCredentials"].clone();
    assert_eq!(excluded[0]["id"], json!(base64url(&made.id)));
}

/// Related origins (WebAuthn Level 3, section 5.11), and a domain above the host.
#[test]
fn passkeys_are_for_a_domain_and_the_origins_that_are_set() {
    let more = [("passkey_domain", "example.org"), ("passkey_origins", "https://example.nl, https://login.example.be")];
    let related = passkeys(&more);
    let mut device = Device::new();
    assert_eq!(related.origins(), [ORIGIN, "https://example.nl", "https://login.example.be"]);
    let made = made(&related, &mut device);
    let asked = related.ask_anyone().unwrap();
    let answer = device.show("https://example.nl", &asked.options);
    assert!(related.shown(&asked.state, &answer, &made.credential, HANDLE).is_ok());
    let asked = related.ask_anyone().unwrap();
    let answer = device.show("https://example.com", &asked.options);
    assert_eq!(related.shown(&asked.state, &answer, &made.credential, HANDLE).unwrap_err(), Refused::Wrong);
    let settings = Settings::with(&[("idp_url", ORIGIN), ("passkey_domain", "example.nl")]).unwrap();
    assert!(Passkeys::new(&settings).is_err(), "a domain that is not above the host");
    assert!(Settings::with(&[("passkey_origins", "example.nl")]).is_err());
    let numbers = Settings::with(&[("idp_url", "http://127.0.0.1:8400")]).unwrap();
    assert!(!Passkeys::new(&numbers).unwrap().offered(), "an address without a name has none");
}
