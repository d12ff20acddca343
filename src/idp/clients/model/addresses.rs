//! Which addresses an application may register, and which of them an answer may go to (RFC 8252, sections 7.1 and 7.3;
//! security case 1).

use url::{Host, Url};

use super::check::{Checked, Refused, no};
use super::{ApplicationType, AuthMethod, Metadata, SubjectType};
use crate::kernel::reach::Reach;

/// Whether `uri` is one of `registered`: equal byte for byte, but for the port of a native client's loopback address.
pub(super) fn is_one_of(registered: &[String], kind: ApplicationType, uri: &str) -> bool {
    let loopback = |r: &str| without_loopback_port(r).is_some_and(|a| without_loopback_port(uri).is_some_and(|b| a == b));
    registered.iter().any(|r| r == uri || (kind == ApplicationType::Native && loopback(r)))
}

/// `uri` in two parts around its port, if it is `http` on 127.0.0.1 or [::1] and written in the plainest way.
fn without_loopback_port(uri: &str) -> Option<(&'static str, &str)> {
    for host in ["http://127.0.0.1", "http://[::1]"] {
        if let Some(rest) = uri.strip_prefix(host) {
            let digits = rest.strip_prefix(':').map_or(0, |p| p.bytes().take_while(u8::is_ascii_digit).count());
            let path = match digits {
                0 => rest,
                1..=5 => rest.get(digits + 1..)?,
                _ => return None,
            };
            return (path.is_empty() || path.starts_with(['/', '?'])).then_some((host, path));
        }
    }
    None
}

/// A redirect address that browsers and this program read alike, so that the byte comparison later is enough.
pub(super) fn check_redirect(text: &str, kind: ApplicationType) -> Result<(), &'static str> {
    if text.len() > 2000
        || !text.bytes().all(|b| b.is_ascii_graphic())
        || text.contains(['\\', '<', '>', '"', '`', '{', '}', '|', '^'])
    {
        return Err("write it in plain ASCII, without spaces, backslashes or quotes");
    }
    let url: Url = text.parse().map_err(|_| "not an address")?;
    if text.contains('#') {
        return Err("without a fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("without a name or password before the host");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if crate::config::is_loopback(&url) => Ok(()),
        "http" => Err("http is allowed on loopback only; use https"),
        // A scheme of its own is a name that the maker of the application holds (RFC 8252, section 7.1).
        s if kind == ApplicationType::Native && s.contains('.') => Ok(()),
        _ => Err("use https"),
    }
}

impl Metadata {
    /// Where answers may go.
    pub(super) fn redirects(&self) -> Checked {
        for (field, list) in
            [("redirect_uris", &self.redirect_uris), ("post_logout_redirect_uris", &self.post_logout_redirect_uris)]
        {
            for uri in list {
                check_redirect(uri, self.application_type).or_else(|why| no(field, format!("{uri}: {why}")))?;
            }
        }
        Ok(())
    }

    /// Addresses that this server asks (security case 15).
    pub(super) fn asked_addresses(&self, reach: &Reach) -> Checked {
        for (field, uri) in
            [("backchannel_logout_uri", &self.backchannel_logout_uri), ("sector_identifier_uri", &self.sector_identifier_uri)]
        {
            if let Some(uri) = uri {
                reach.read(uri).map_err(|why| Refused { field, why: why.into() })?;
            }
        }
        for uri in &self.request_uris {
            // A digest of the object may stand behind # (OpenID Connect Core, section 6.2), and is never sent.
            let asked = uri.split_once('#').map_or(uri.as_str(), |(before, _)| before);
            reach.read(asked).map_err(|why| Refused { field: "request_uris", why: format!("{uri}: {why}") })?;
        }
        Ok(())
    }

    /// Addresses that browsers are led to or load from, like a redirect address: https, and http on this machine only.
    pub(super) fn shown_addresses(&self) -> Checked {
        for (field, uri) in [
            ("client_uri", &self.client_uri),
            ("logo_uri", &self.logo_uri),
            ("policy_uri", &self.policy_uri),
            ("tos_uri", &self.tos_uri),
            ("initiate_login_uri", &self.initiate_login_uri),
            ("frontchannel_logout_uri", &self.frontchannel_logout_uri),
        ] {
            if let Some(uri) = uri
                && let Err(why) = check_redirect(uri, ApplicationType::Web)
            {
                return no(field, why);
            }
        }
        Ok(())
    }

    /// Front-Channel Logout 1.0, section 2: where an application's answers go is where its frame is.
    pub(super) fn frontchannel(&self) -> Checked {
        let origin = |u: &String| u.parse::<Url>().ok().map(|u| u.origin());
        let Some(at) = &self.frontchannel_logout_uri else { return Ok(()) };
        if self.redirect_uris.iter().any(|r| origin(r).is_some() && origin(r) == origin(at)) {
            return Ok(());
        }
        no("frontchannel_logout_uri", "scheme, host and port must be those of a redirect address")
    }

    /// OpenID Connect Core, section 8.1: pairwise subjects of an application with several hosts need to know its sector.
    pub(super) fn sector(&self) -> Checked {
        if self.subject_type != SubjectType::Pairwise || self.sector_identifier_uri.is_some() {
            return Ok(());
        }
        let mut hosts = self.redirect_uris.iter().filter_map(|u| u.parse::<Url>().ok()).map(|u| u.host().map(|h| h.to_owned()));
        let first: Option<Option<Host<String>>> = hosts.next();
        if matches!(first, Some(Some(_))) && hosts.all(|h| Some(h) == first) {
            return Ok(());
        }
        no("sector_identifier_uri", "pairwise subjects need it, unless all redirect addresses have one host")
    }

    /// RFC 8707, section 2: an absolute address without a fragment.
    pub(super) fn resource_servers(&self) -> Checked {
        for (field, list) in [("resources", &self.resources), ("serves", &self.serves)] {
            for uri in list {
                let plain = uri.bytes().all(|b| b.is_ascii_graphic()) && !uri.contains('#') && uri.parse::<Url>().is_ok();
                if !plain {
                    return no(field, format!("{uri}: an absolute address without a fragment (RFC 8707, section 2)"));
                }
            }
        }
        let public = self.token_endpoint_auth_method == AuthMethod::None;
        if public && !self.serves.is_empty() {
            return no("serves", "a public client can't prove that it is a resource server");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::idp::clients::model::{ApplicationType, Client, Metadata, Switches};
    use crate::kernel::reach::Reach;

    fn client(kind: ApplicationType, uris: &[&str]) -> Client {
        let redirect_uris = uris.iter().map(|u| (*u).to_owned()).collect();
        Client {
            id: "c".into(),
            metadata: Metadata { redirect_uris, application_type: kind, client_name: "C".into(), ..Metadata::default() },
            secret_hash: None,
            enabled: true,
        }
    }

    /// case 1
    #[test]
    fn a_redirect_address_counts_byte_for_byte() {
        let c = client(ApplicationType::Web, &["https://app.example/cb", "http://127.0.0.1/cb"]);
        assert!(c.may_redirect_to("https://app.example/cb"));
        for other in [
            "https://app.example/cb/",
            "https://app.example/CB",
            "https://APP.example/cb",
            "https://app.example/cb?x=1",
            "https://app.example/%63b",
            "https://app.example:443/cb",
            "https://app.example/cb#f",
            "https://app.example\\@evil/cb",
            "http://app.example/cb",
            "https://app.example/cb\t",
            "https://evil/https://app.example/cb",
            "http://127.0.0.1:8080/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://аpp.example/cb",
            "",
        ] {
            assert!(!c.may_redirect_to(other), "{other}");
        }
    }

    /// case 1
    #[test]
    fn only_the_port_of_a_native_loopback_address_may_vary() {
        let c = client(ApplicationType::Native, &["http://127.0.0.1/cb", "http://[::1]:1/cb", "http://localhost/cb"]);
        for fine in ["http://127.0.0.1:49152/cb", "http://127.0.0.1/cb", "http://[::1]:5/cb"] {
            assert!(c.may_redirect_to(fine), "{fine}");
        }
        for other in [
            "http://localhost:80/cb",
            "http://localhost:80@evil/cb",
            "http://127.0.0.1:80@evil/cb",
            "http://127.0.0.1:80/other",
            "http://127.0.0.1.evil/cb",
            "https://127.0.0.1:80/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:123456/cb",
            "http://127.0.0.1:8%30/cb",
            "http://127.0.0.1@evil/cb",
        ] {
            assert!(!c.may_redirect_to(other), "{other}");
        }
        // Nor where what was registered is no loopback address, though it begins like one.
        let c = client(ApplicationType::Native, &["http://127.0.0.1@evil/cb", "http://127.0.0.1.evil/cb"]);
        assert!(!c.may_redirect_to("http://127.0.0.1:80@evil/cb") && !c.may_redirect_to("http://127.0.0.1:80.evil/cb"));
    }

    /// case 1
    #[test]
    fn a_dangerous_redirect_address_is_not_registered() {
        let refused =
            |uri: &str| client(ApplicationType::Native, &[uri]).metadata.check(&Reach::default(), Switches::ALL).is_err();
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "http://app.example/cb",
            "https://app.example/cb#x",
            "https://u@app.example/",
            "https://app.example\\@evil",
            "https://bücher.example/cb",
            "https://app.example/ cb",
            "/cb",
            "file:///etc/passwd",
            "https://app.example/\tcb",
        ] {
            assert!(refused(bad), "{bad}");
        }
        assert!(!refused("com.example.app:/cb"));
        assert!(!refused("https://app.example/cb?x=1"));
    }
}
