//! Whom a provider's word brings, and which terms are refused.

use serde_json::json;

use super::*;
use crate::idp::people::Person;
use crate::kernel::clock::Timestamp;

fn terms() -> Terms {
    let trust = Trust { acr: Some("mfa".into()), amr: vec!["otp".into()], counts_as: "urn:zegel:acr:password-app".into() };
    let terms = Terms {
        name: "Contoso".into(),
        issuer: "https://id.contoso.example".into(),
        client_id: "zegel".into(),
        domains: vec!["Contoso.EXAMPLE".into(), "büro.example".into()],
        link: For::Domains,
        create: For::Domains,
        groups: [("g1".to_owned(), "Sales".to_owned())].into(),
        trust: vec![trust],
        ..Terms::default()
    };
    terms.checked(&Reach::default()).unwrap()
}

fn said(terms: &Terms, claims: Value) -> Said {
    Said::of(terms, "s", claims.as_object().unwrap())
}

fn person(active: bool, email_proven: bool) -> Person {
    Person {
        id: "p".into(),
        email: "a@contoso.example".into(),
        email_proven,
        name: "A".into(),
        language: "en".into(),
        phone: None,
        staff: false,
        active,
    }
}

/// case 23: over who is linked, who has the address, whether it is verified and of whose domain it is.
#[test]
fn an_address_links_nobody_unless_it_is_verified_and_the_provider_gives_it_out() {
    let terms = terms();
    let verified = said(&terms, json!({"email": "A@contoso.example", "email_verified": true}));
    let (proven, unproven, disabled) = (person(true, true), person(true, false), person(false, true));
    assert_eq!(arrival(&terms, &verified, Some(&proven), None), Arrival::Known);
    assert_eq!(arrival(&terms, &verified, Some(&disabled), Some(&proven)), Arrival::Nobody);
    assert_eq!(arrival(&terms, &verified, None, Some(&proven)), Arrival::Linked { anew: false });
    assert_eq!(arrival(&terms, &verified, None, Some(&unproven)), Arrival::Linked { anew: true });
    assert_eq!(arrival(&terms, &verified, None, Some(&disabled)), Arrival::Nobody);
    assert_eq!(arrival(&terms, &verified, None, None), Arrival::New);
    for not in [
        json!({"email": "a@contoso.example"}),
        json!({"email": "a@contoso.example", "email_verified": false}),
        json!({"email": "a@contoso.example", "email_verified": "no"}),
        json!({"email": "a@contoso.example", "email_verified": [true]}),
        json!({"email": "a@evil.example", "email_verified": true}),
        json!({"email": "a@contoso.example.evil.example", "email_verified": true}),
        json!({"email": "a@evil@contoso.example", "email_verified": true}),
        json!({"email_verified": true}),
        json!({}),
    ] {
        let said = said(&terms, not.clone());
        assert_eq!(arrival(&terms, &said, None, Some(&proven)), Arrival::Nobody, "{not}");
        assert_eq!(arrival(&terms, &said, None, None), Arrival::Nobody, "{not}");
        assert_eq!(arrival(&terms, &said, Some(&proven), None), Arrival::Known, "who is linked is known by subject: {not}");
    }
    let careful = Terms { link: For::Nobody, create: For::Nobody, ..terms };
    assert_eq!(arrival(&careful, &verified, None, Some(&proven)), Arrival::Nobody);
    assert_eq!(arrival(&careful, &verified, None, None), Arrival::Nobody);
}

/// S10: `acr` and `amr` count where a rule says so, and only all that it names.
#[test]
fn a_providers_word_counts_for_more_only_where_a_rule_says_so() {
    let terms = terms();
    let whole = |claims| said(&terms, claims).whole;
    assert_eq!(whole(json!({"acr": "mfa", "amr": ["pwd", "otp"]})), Some(Assurance::PasswordApp));
    assert_eq!(whole(json!({"acr": "mfa", "amr": "otp"})), Some(Assurance::PasswordApp));
    for not in [
        json!({"acr": "mfa"}),
        json!({"amr": ["otp"]}),
        json!({"acr": "MFA", "amr": ["otp"]}),
        json!({"acr": ["mfa"], "amr": ["otp"]}),
    ] {
        assert_eq!(whole(not.clone()), None, "{not}");
    }
    let trusting = Terms { trust: Vec::new(), ..terms.clone() };
    let all = json!({"acr": "urn:zegel:acr:passkey", "amr": ["mfa", "hwk", "user"]});
    assert_eq!(said(&trusting, all).whole, None);
}

/// S10: that someone has signed in since he was asked to is what the provider says, as far as clocks agree.
#[test]
fn whoever_signed_in_before_he_was_asked_to_has_not_signed_in_since() {
    let (terms, asked, now) = (terms(), Timestamp(1_000_000_900), Timestamp(1_000_060_000));
    let since = |claims| said(&terms, claims).signed_in_since(asked, now);
    for yes in [999_990, 1_000_000, 1_000_060, 1_000_070] {
        assert!(since(json!({"auth_time": yes})), "{yes}");
    }
    for no in [json!(0), json!(999_989), json!(1_000_071), json!(1_000_030_000), json!("1000030"), json!(null)] {
        assert!(!since(json!({"auth_time": no.clone()})), "{no}");
    }
    assert!(!since(json!({})), "it does not say when");
}

#[test]
fn groups_are_those_that_are_mapped() {
    let terms = terms();
    let here = |claims| said(&terms, claims).groups_here(&terms);
    assert_eq!(here(json!({"groups": ["g1", "administrators"]})), Some(["Sales".to_owned()].into()));
    assert_eq!(here(json!({"groups": []})), Some(BTreeSet::new()));
    assert_eq!(here(json!({})), None, "it says nothing, so nothing changes");
}

#[test]
fn terms_that_contradict_themselves_are_refused() {
    let refused = |change: fn(&mut Terms)| {
        let mut changed = terms();
        change(&mut changed);
        changed.checked(&Reach::default()).unwrap_err().0
    };
    assert_eq!(refused(|t| t.name.clear()), "name");
    assert_eq!(refused(|t| t.issuer = "http://id.contoso.example".into()), "issuer");
    assert_eq!(refused(|t| t.issuer = "https://10.0.0.1".into()), "issuer");
    assert_eq!(refused(|t| t.client_id.clear()), "client_id");
    assert_eq!(refused(|t| t.scope = "email".into()), "scope");
    assert_eq!(refused(|t| t.domains = vec!["a b".into()]), "domains");
    assert_eq!(refused(|t| t.domains.clear()), "domains");
    assert_eq!(refused(|t| t.trust = vec![Trust { counts_as: "urn:zegel:acr:passkey".into(), ..Trust::default() }]), "trust");
    assert_eq!(refused(|t| t.trust = vec![Trust { acr: Some("x".into()), counts_as: "x".into(), ..Trust::default() }]), "trust");
    assert_eq!(terms().domains, ["contoso.example", "xn--bro-hoa.example"]);
    let form = |value: Value| serde_json::from_value::<Form>(value);
    assert!(form(json!({"id": "a", "isuer": "x"})).is_err(), "a misspelt member");
    assert!(form(json!({"id": "a", "client_secret": 5})).is_err());
    assert!(form(json!({"issuer": "x"})).is_err() && form(json!({"id": "a"})).is_ok());
    assert!(is_id("contoso-2") && !is_id("") && !is_id("A") && !is_id("a/b") && !is_id("-a"));
}
