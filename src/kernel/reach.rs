//! Which addresses that others name this server asks at all (security case 15). Owns the rule, on addresses as text and
//! on addresses of machines. Pure: who asks is `kernel::http::fetch`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Origin, Url};

use crate::config::{self, Settings};

/// Characters of an address at most.
const LONGEST: usize = 2000;

/// What is exempt from the rule: the installation's own origins, and what a development setting names.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    own: Vec<Origin>,
    allowed: Vec<(String, u16)>,
    loopback: bool,
}

/// How an address may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// One of this installation's own origins, as configured.
    Own,
    /// On this machine, by a development setting.
    Near,
    /// Anywhere else: over https, at public addresses only.
    Far,
}

impl Reach {
    /// As the settings say. Capture mode, which is for this machine only, opens all of its ports.
    pub fn of(settings: &Settings) -> Self {
        let origins = [&settings.idp_url, &settings.crm_url];
        let own = origins.iter().filter_map(|o| o.as_str().parse::<Url>().ok()).map(|u| u.origin()).collect();
        Self { own, allowed: hosts(&settings.allow_fetch).unwrap_or_default(), loopback: settings.capture }
    }

    /// Reads an address that may be asked, and how. The text says what is wrong with any other.
    pub fn read(&self, text: &str) -> Result<(Url, Way), &'static str> {
        if text.len() > LONGEST || !text.bytes().all(|b| b.is_ascii_graphic()) || text.contains('\\') {
            return Err("write it in plain ASCII, without spaces or backslashes");
        }
        let url: Url = text.parse().map_err(|_| "not an address")?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err("use https");
        }
        if !is_plain(&url) {
            return Err(PLAIN);
        }
        if !url.username().is_empty() || url.password().is_some() || text.contains('#') {
            return Err("without a name or password before the host, and without a fragment");
        }
        let way = self.way(&url)?;
        Ok((url, way))
    }

    fn way(&self, url: &Url) -> Result<Way, &'static str> {
        if self.own.contains(&url.origin()) {
            return Ok(Way::Own);
        }
        let here = config::is_loopback(url);
        let named = url.host_str().zip(url.port_or_known_default());
        let named = named.is_some_and(|(host, port)| self.allowed.iter().any(|(h, p)| h == host && *p == port));
        if (named || self.loopback && here) && (here || url.scheme() == "https") {
            return Ok(Way::Near);
        }
        if url.scheme() != "https" {
            return Err("use https");
        }
        let public = match url.host() {
            Some(Host::Domain(name)) => !matches!(name.trim_end_matches('.').rsplit('.').next(), Some("localhost") | None),
            Some(Host::Ipv4(ip)) => is_public(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => is_public(IpAddr::V6(ip)),
            None => false,
        };
        if public { Ok(Way::Far) } else { Err("not an address that everyone can reach") }
    }
}

impl Way {
    /// Whether a machine's address fits the way.
    pub fn admits(self, ip: IpAddr) -> bool {
        match self {
            Self::Own => true,
            Self::Near => ip.to_canonical().is_loopback() || is_public(ip),
            Self::Far => is_public(ip),
        }
    }
}

/// What to write where [`is_plain`] says no.
pub const PLAIN: &str = "write its host in letters, digits, hyphens, dots and underscores";

/// Whether a host is written as names of machines are (RFC 952, and the underscore that some use). A browser's parser also takes
/// `;`, `,` and `*` in one, which would read as something else in a content security policy.
pub fn is_plain(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_')),
        _ => true,
    }
}

/// The entries of a list such as `localhost:8600, 127.0.0.1:8700`; nothing when one can't be read.
pub fn hosts(list: &str) -> Option<Vec<(String, u16)>> {
    let entries = list.split(',').map(str::trim).filter(|e| !e.is_empty());
    let read = |e: &str| {
        let url: Url = format!("https://{e}/").parse().ok()?;
        let plain = url.path() == "/" && url.username().is_empty() && url.query().is_none() && url.fragment().is_none();
        let (_, port) = e.rsplit_once(':').filter(|_| plain)?;
        Some((url.host_str()?.to_owned(), port.parse().ok()?))
    };
    entries.map(read).collect()
}

/// Whether an address belongs to the public internet: not to this machine, its network, a provider's inner network, a
/// group of machines, or nobody. An address of the old kind inside of one of the new kind counts as the old one.
pub fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => public_v4(ip),
        IpAddr::V6(ip) => public_v6(ip),
    }
}

/// RFC 6890 and the registry that follows it.
fn public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = matches!(
        (a, b, c),
        (0, ..)
            | (100, 64..=127, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (198, 18..=19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, ..)
    );
    !(special || ip.is_private() || ip.is_loopback() || ip.is_link_local())
}

/// Only what is handed out (2000::/3), without documentation and without what carries an address of the old kind in it.
fn public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let global = a & 0xe000 == 0x2000;
    let special = matches!((a, b), (0x2001, 0x0000..=0x01ff | 0x0db8) | (0x2002, _) | (0x3fff, 0x0000..=0x0fff));
    global && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(pairs: &[(&str, &str)]) -> Reach {
        Reach::of(&Settings::with(pairs).unwrap())
    }

    /// case 15
    #[test]
    fn an_address_of_this_machine_or_its_network_is_not_public() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "100::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "::ffff:1.1.1.1"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    /// case 15
    #[test]
    fn an_address_is_https_and_names_no_inner_machine() {
        let reach = reach(&[]);
        for bad in [
            "http://app.example/x",
            "ftp://app.example/",
            "file:///etc/passwd",
            "gopher://app.example/",
            "https://",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://10.0.0.1/",
            "https://169.254.169.254/",
            "https://user@app.example/",
            "https://app.example/#x",
            "https://app.example\\@evil/",
            "https://app.example/ x",
            "https://app.example;x/",
            "https://*.example/",
        ] {
            assert!(reach.read(bad).is_err(), "{bad}");
        }
        assert_eq!(reach.read("https://app.example:8443/jwks?x=1").unwrap().1, Way::Far);
        assert_eq!(reach.read("https://1.1.1.1/").unwrap().1, Way::Far);
    }

    /// case 15: own origins are exempt, and this machine by a setting alone.
    #[test]
    fn only_settings_open_what_is_near() {
        let plain = reach(&[]);
        assert_eq!(plain.read("http://localhost:8500/jwks").unwrap().1, Way::Own);
        assert!(plain.read("http://localhost:8501/jwks").is_err());
        assert!(plain.read("http://localhost:8500.evil.example/").is_err());
        let named = reach(&[("allow_fetch", "localhost:8600, rp.test:8443, [::1]:9")]);
        assert_eq!(named.read("http://localhost:8600/x").unwrap().1, Way::Near);
        assert_eq!(named.read("https://rp.test:8443/x").unwrap().1, Way::Near);
        assert_eq!(named.read("http://[::1]:9/").unwrap().1, Way::Near);
        assert!(named.read("http://rp.test:8443/x").is_err(), "plain http stays on this machine");
        assert!(named.read("http://localhost:8601/x").is_err());
        assert!(!Way::Near.admits("10.0.0.1".parse().unwrap()));
        let capture = reach(&[("capture", "true")]);
        assert_eq!(capture.read("http://127.0.0.1:9/x").unwrap().1, Way::Near);
        assert!(capture.read("http://10.0.0.1/x").is_err());
        for bad in ["localhost", "localhost:", "localhost:x", "a:1/b", "u@a:1"] {
            assert!(Settings::with(&[("allow_fetch", bad)]).is_err(), "{bad}");
        }
    }
}
