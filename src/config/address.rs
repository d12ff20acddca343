//! Addresses in settings: the origin of a half, the networks of proxies, what is on this machine. Does not own who may be
//! asked (`kernel::reach`).

use std::net::IpAddr;

use url::Url;

use super::text::FromText;

/// The public address of a half: scheme, host and port, nothing behind them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(Url);

impl Origin {
    /// As written in `iss`, `aud` and links: without a slash at the end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
    /// `path` (which starts with a slash) at this origin.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.as_str())
    }
    /// Whether cookies and links are protected by TLS.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
    /// The same with TLS.
    pub(super) fn over_tls(&mut self) {
        let _ = self.0.set_scheme("https");
    }
    /// Whether it names this machine alone.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

/// Addresses that begin with the same bits.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// From `10.0.0.0/8`, or an address alone.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |b| b.parse().ok()).filter(|b| *b <= most)?;
        Some(Self { address, bits })
    }

    /// Whether `ip` is one of them.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= self.bits,
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= self.bits,
            _ => false,
        }
    }
}

/// Whether a URL's host is this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(d)) => d == "localhost",
        Some(url::Host::Ipv4(a)) => a.is_loopback(),
        Some(url::Host::Ipv6(a)) => a.is_loopback(),
        None => false,
    }
}

impl std::str::FromStr for Origin {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::from_text(text)
    }
}

impl FromText for Origin {
    const SHAPE: &'static str = "an origin such as https://id.example.org";
    fn from_text(text: &str) -> Result<Self, String> {
        let url: Url = text.parse().map_err(|e| format!("expected {}: {e}", Self::SHAPE))?;
        let plain =
            matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        match url.scheme() {
            "https" if plain => Ok(Self(url)),
            "http" if plain && is_loopback(&url) => Ok(Self(url)),
            "http" if plain => Err("http is allowed on localhost only; use https".into()),
            _ => Err(format!("expected {}", Self::SHAPE)),
        }
    }
}
