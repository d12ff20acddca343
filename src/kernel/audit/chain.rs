//! A line of the chain, its digest, and the head under a key. Pure: knows neither storage nor who is asked.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::kernel::root::{Purpose, RootError, RootKey, same};
use crate::record;

record! {
    /// A line as it is stored: what is personal in it is sealed.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Line {
        /// Its place, from 1 without gaps.
        pub seq: i64,
        /// Digest over the chain up to here.
        pub hash: String,
        /// The entry's id.
        pub id: String,
        /// When.
        pub at: i64,
        /// Who, by subject identifier.
        pub actor: Option<String>,
        /// Through which client.
        pub client_id: Option<String>,
        /// What.
        pub action: String,
        /// To what or whom.
        pub target: Option<String>,
        /// `ok`, or the reason it was refused.
        pub outcome: String,
        /// From which address; sealed when `ip_of` says by whose key.
        pub ip: Option<String>,
        /// Whose key seals the address.
        pub ip_of: Option<String>,
        /// In which request.
        pub request_id: Option<String>,
        /// More; sealed when `detail_of` says by whose key.
        pub detail: String,
        /// Whose key seals the detail.
        pub detail_of: Option<String>,
    }
}

impl Line {
    /// The digest over the chain up to this line: SHA-256, in base64url without padding, of a JSON array of the digest before
    /// it (empty before the first) and every stored value.
    pub fn link(&self, before: &str) -> Result<String, serde_json::Error> {
        let text = serde_json::to_vec(&(
            (before, self.seq, &self.id, self.at, &self.actor, &self.client_id, &self.action),
            (&self.target, &self.outcome, &self.ip, &self.ip_of, &self.request_id, &self.detail, &self.detail_of),
        ))?;
        Ok(URL_SAFE_NO_PAD.encode(digest(&SHA256, &text)))
    }

    /// Where one of its values is sealed for, so that no other place takes it.
    pub(super) fn place(id: &str, column: &str) -> String {
        format!("audit/{id}/{column}")
    }
}

/// How long a chain is, and the digest over all of it. Displays as `<lines>:<digest>`, which [`Head::parse`] reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Lines.
    pub seq: i64,
    /// Digest; empty for none.
    pub hash: String,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

impl Head {
    /// From a note of it.
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, hash) = text.trim().split_once(':')?;
        let seq = seq.parse().ok().filter(|n| *n >= 0)?;
        Some(Self { seq, hash: hash.to_owned() })
    }

    /// What proves that a holder of the root key wrote it: whoever has the database alone can't make another.
    pub fn mac(&self, root: &RootKey) -> Result<String, RootError> {
        let mac = root.mac(Purpose::AuditHead, &[&self.seq.to_be_bytes(), self.hash.as_bytes()])?;
        Ok(URL_SAFE_NO_PAD.encode(mac))
    }

    /// Whether `mac` proves it.
    pub fn is_proven(&self, root: &RootKey, mac: &str) -> Result<bool, RootError> {
        Ok(same(&self.mac(root)?, mac))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        let text = |t: &str| Some(t.to_owned());
        Line {
            seq: 1,
            hash: String::new(),
            id: "i".into(),
            at: 5,
            actor: text("a"),
            client_id: text("c"),
            action: "x.y".into(),
            target: text("t"),
            outcome: "ok".into(),
            ip: text("::1"),
            ip_of: None,
            request_id: text("r"),
            detail: "d".into(),
            detail_of: None,
        }
    }

    /// Whatever of a line is changed, moved to another column or taken away, its digest is another.
    #[test]
    fn every_value_counts_in_the_digest() {
        let base = line();
        let digest = base.link("before").unwrap();
        let others = [
            Line { seq: 2, ..line() },
            Line { id: "j".into(), ..line() },
            Line { at: 6, ..line() },
            Line { actor: None, ..line() },
            Line { client_id: Some("a".into()), actor: Some("c".into()), ..line() },
            Line { action: "x.z".into(), ..line() },
            Line { target: Some(String::new()), ..line() },
            Line { outcome: "refused".into(), ..line() },
            Line { ip: None, ..line() },
            Line { ip: None, ip_of: Some("::1".into()), ..line() },
            Line { request_id: None, ..line() },
            Line { detail: String::new(), detail_of: Some("d".into()), ..line() },
        ];
        for other in others {
            assert_ne!(other.link("before").unwrap(), digest, "{other:?}");
        }
        assert_ne!(base.link("after").unwrap(), digest);
    }

    #[test]
    fn a_head_is_read_as_it_is_written() {
        let head = Head { seq: 12, hash: "abc-_".into() };
        assert_eq!(Head::parse(&format!(" {head}\n")), Some(head));
        assert_eq!(Head::parse("12"), None);
        assert_eq!(Head::parse("-1:x"), None);
    }
}
