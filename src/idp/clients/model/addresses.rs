//! Which addresses an application may register, and which of them an answer may go to (RFC 8252, sections 7.1 and 7.3;
//! security case 1).

use url::Url;

use super::ApplicationType;

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
