//! What an application knows a person and a session by: their own identifiers, or ones that only applications of the same sector
//! share (OpenID Connect Core, section 8), so that two sectors can't tell that they see the same person.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;
use uuid::Uuid;

use crate::idp::clients::Client;
use crate::idp::clients::model::{SubjectType, sector_of};
use crate::kernel::root::{Purpose, RootError, RootKey};

/// The subject of a person for an application. Of a pairwise one nobody can compute the person without the root key, and two
/// sectors can't tell that theirs are the same person's.
pub fn sub(root: &RootKey, client: &Client, person: &str) -> Result<String, RootError> {
    if client.metadata.subject_type != SubjectType::Pairwise {
        return Ok(person.to_owned());
    }
    let mac = root.mac(Purpose::PairwiseSubject, &[sector(client).as_bytes(), person.as_bytes()])?;
    Ok(URL_SAFE_NO_PAD.encode(mac))
}

/// What a session is called to an application (claim `sid`). Unlike a subject it leads back: applications bring it as a hint.
pub fn sid(root: &RootKey, client: &Client, session: &str) -> Result<String, RootError> {
    match Uuid::try_parse(session) {
        Ok(id) if client.metadata.subject_type == SubjectType::Pairwise => {
            let alias = root.alias(Purpose::PairwiseSession, sector(client).as_bytes(), id.into_bytes())?;
            Ok(Uuid::from_bytes(alias).to_string())
        }
        _ => Ok(session.to_owned()),
    }
}

/// The session that an application calls so. What it made up is no session's.
pub fn session(root: &RootKey, client: &Client, sid: &str) -> Result<String, RootError> {
    match Uuid::try_parse(sid) {
        Ok(alias) if client.metadata.subject_type == SubjectType::Pairwise => {
            let id = root.unalias(Purpose::PairwiseSession, sector(client).as_bytes(), alias.into_bytes())?;
            Ok(Uuid::from_bytes(id).to_string())
        }
        _ => Ok(sid.to_owned()),
    }
}

/// What makes up a sector: the host of the address that names it, else that of the redirect addresses, which registration
/// has held to one; an application that no host speaks for is a sector of its own.
fn sector(client: &Client) -> String {
    let m = &client.metadata;
    let host = match &m.sector_identifier_uri {
        Some(uri) => uri.parse::<Url>().ok().and_then(|u| u.host_str().map(str::to_owned)),
        None => m.redirect_uris.first().and_then(|u| sector_of(u)),
    };
    host.unwrap_or_else(|| format!("client:{}", client.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::clients::Metadata;
    use crate::kernel::entropy::SeededEntropy;

    /// S1 (pairwise subjects)
    #[test]
    fn sectors_cannot_tell_that_two_subjects_are_one_person() {
        let root = RootKey::random(&SeededEntropy::new(3));
        let client = |id: &str, pairwise: bool, redirect: &str, sector: Option<&str>| Client {
            id: id.into(),
            metadata: Metadata {
                subject_type: if pairwise { SubjectType::Pairwise } else { SubjectType::Public },
                redirect_uris: vec![redirect.into()],
                sector_identifier_uri: sector.map(str::to_owned),
                ..Metadata::default()
            },
            secret_hash: None,
            enabled: true,
        };
        let of = |c: &Client| sub(&root, c, "p1").unwrap();
        let (a, b) = (client("a", true, "https://a.example/1", None), client("b", true, "https://b.example/2", None));
        assert_eq!(of(&client("p", false, "https://a.example/1", None)), "p1");
        assert_ne!(of(&a), "p1");
        assert_ne!(of(&a), of(&b));
        assert_ne!(of(&a), sub(&root, &a, "p2").unwrap());
        assert_eq!(of(&a), of(&client("c", true, "https://a.example/other", None)), "one host is one sector");
        // The same of sessions, which lead back to the sector that knows them so, and to no other.
        let s1 = "0192f5c4-0000-7000-8000-000000000001";
        let public = client("p", false, "https://a.example/1", None);
        let called = |c: &Client| sid(&root, c, s1).unwrap();
        assert_eq!((called(&public).as_str(), session(&root, &public, s1).unwrap().as_str()), (s1, s1));
        assert!(called(&a) != s1 && called(&a) != called(&b) && called(&a) == called(&a));
        assert_eq!(session(&root, &a, &called(&a)).unwrap(), s1);
        assert_ne!(session(&root, &b, &called(&a)).unwrap(), s1);
        assert_ne!(session(&root, &a, s1).unwrap(), s1);
        assert_eq!(session(&root, &a, "made-up").unwrap(), "made-up");
        let together = Some("https://sector.example/list.json");
        assert_eq!(
            of(&client("d", true, "https://a.example/1", together)),
            of(&client("e", true, "https://b.example/2", together))
        );
        // Nobody holds these hosts alone: each application is a sector of its own.
        for anyones in [
            "http://127.0.0.1/cb",
            "http://localhost/cb",
            "https://[::1]/cb",
            "com.example.app:/cb",
            "com.evil.app://a.example/1",
        ] {
            let (one, other) = (client("f", true, anyones, None), client("g", true, anyones, None));
            assert!(of(&one) != of(&other) && of(&one) != of(&a), "{anyones}");
            assert_eq!(of(&one), of(&one));
        }
    }
}
