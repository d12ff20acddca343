//! Which addresses an application may register, and which of them an answer may go to (RFC 8252, sections 7.1 and 7.3;
//! security case 1).

use url::Url;

use super::check::{Checked, Refused, no};
use super::{ApplicationType, AuthMethod, Metadata, SubjectType};
use crate::kernel::reach::{PLAIN, Reach, is_plain};

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

/// A redirect address that browsers and this program read alike, so that the byte comparison later is enough, and whose host may
/// stand in a page and its policy.
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
    if !is_plain(&url) {
        return Err(PLAIN);
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if crate::config::is_loopback(&url) => Ok(()),
        "http" => Err("http is allowed on loopback only; use https"),
        // A scheme of its own is a name that the maker of the application holds; a host behind it would be anyone's name, and
        // means nothing (RFC 8252, section 7.1).
        s if kind == ApplicationType::Native && s.contains('.') && url.has_authority() => {
            Err("write a scheme of its own with one slash and without a host, such as com.example.app:/callback")
        }
        s if kind == ApplicationType::Native && s.contains('.') => Ok(()),
        _ => Err("use https"),
    }
}

/// The sector that a redirect address makes up by itself (OpenID Connect Core, section 8.1): its host, where answers reach nobody
/// but whoever holds that name. Loopback is each machine's own, and so is a scheme.
pub fn sector_of(uri: &str) -> Option<String> {
    let url: Url = uri.parse().ok()?;
    let held = url.scheme() == "https" && !crate::config::is_loopback(&url);
    url.host_str().filter(|_| held).map(str::to_owned)
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
        // One that no host speaks for is a sector of its own.
        let mut sectors = self.redirect_uris.iter().map(|u| sector_of(u));
        let first = sectors.next().flatten();
        if sectors.all(|s| s == first) {
            return Ok(());
        }
        no("sector_identifier_uri", "pairwise subjects need it, unless all redirect addresses have one host")
    }

    /// A logout token names the person as the sector does, so it goes to no host that has no part in that.
    pub(super) fn logout_within_sector(&self) -> Checked {
        let host = |u: &String| u.parse::<Url>().ok().and_then(|u| u.host_str().map(str::to_owned));
        let Some(at) = &self.backchannel_logout_uri else { return Ok(()) };
        let mut own = self.redirect_uris.iter().chain(&self.sector_identifier_uri);
        let shared = self.sector_identifier_uri.is_some() || self.redirect_uris.iter().any(|u| sector_of(u).is_some());
        if self.subject_type != SubjectType::Pairwise || !shared || own.any(|u| host(u).is_some() && host(u) == host(at)) {
            return Ok(());
        }
        no(
            "backchannel_logout_uri",
            "with pairwise subjects the host must be that of a redirect address or of sector_identifier_uri",
        )
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

    /// case 1: whoever reads where an answer goes reads no name that the application does not hold.
    #[test]
    fn a_scheme_of_its_own_names_no_host() {
        let refused =
            |uri: &str| client(ApplicationType::Native, &[uri]).metadata.check(&Reach::default(), Switches::ALL).is_err();
        for bad in [
            "com.evil.app://accounting.example.com/cb",
            "COM.EVIL.APP://accounting.example.com",
            "com.evil.app:///cb",
            "com.evil.app://",
        ] {
            assert!(refused(bad), "{bad}");
        }
        for fine in ["com.example.app:/oauth2/cb", "com.example.app:/cb?x=1"] {
            assert!(!refused(fine), "{fine}");
        }
    }

    /// case 1: a host goes into the policy of a page as it is written, so it holds nothing that ends a word there.
    #[test]
    fn a_host_cannot_write_into_the_policy_of_a_page() {
        let with = |more: serde_json::Value| {
            let mut all = serde_json::json!({"client_name": "A", "redirect_uris": ["https://app.example/cb"]});
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let metadata: Metadata = serde_json::from_value(all).unwrap();
            metadata.check(&Reach::default(), Switches::ALL).map_err(|r| r.field)
        };
        for host in ["app.example;script-src", "a,b.example", "*", "*.example", "a'b.example", "app.example!", "a$b"] {
            let uri = format!("https://{host}/out");
            let both = serde_json::json!({"redirect_uris": [uri], "frontchannel_logout_uri": uri});
            assert_eq!(with(both), Err("redirect_uris"), "{uri}");
            for field in ["frontchannel_logout_uri", "initiate_login_uri", "client_uri", "logo_uri", "policy_uri", "tos_uri"] {
                assert_eq!(with(serde_json::json!({ field: uri })), Err(field), "{uri}");
            }
            for field in ["post_logout_redirect_uris", "request_uris"] {
                assert_eq!(with(serde_json::json!({ field: [uri] })), Err(field), "{uri}");
            }
        }
        for fine in ["https://my_app-1.example:8443/out", "https://[2606:4700::1111]/out", "https://xn--bcher-kva.example/"] {
            assert_eq!(with(serde_json::json!({"redirect_uris": [fine], "frontchannel_logout_uri": fine})), Ok(()), "{fine}");
        }
    }
}
