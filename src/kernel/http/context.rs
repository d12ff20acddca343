//! Who is asking, from where: what is known of a request before anyone is signed in.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::config::Settings;

/// Known of every request. Handlers take it as an argument.
#[derive(Clone, Debug)]
pub struct Context {
    /// In the answer's X-Request-Id, in every log line and error page of this request.
    pub request_id: String,
    /// The client's address; behind a configured proxy, the one that it passes on.
    pub ip: IpAddr,
    /// The User-Agent header, cut to 200 characters.
    pub user_agent: String,
}

impl Context {
    /// For what the program does by itself.
    pub fn of_program(request_id: String) -> Self {
        Self { request_id, ip: IpAddr::V4(Ipv4Addr::LOCALHOST), user_agent: "zegel".to_owned() }
    }

    /// Reads it off a request.
    pub fn of(request_id: String, parts: &Parts, settings: &Settings) -> Self {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |c| c.0.ip().to_canonical());
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        Self { request_id, ip: forwarded(peer, &parts.headers, settings), user_agent: user_agent.chars().take(200).collect() }
    }

    /// Something to count tries by: the address, and for IPv6 its /64, which one household has to itself.
    pub fn network(&self) -> String {
        match self.ip {
            IpAddr::V4(a) => a.to_string(),
            IpAddr::V6(a) => {
                let [a, b, c, d, ..] = a.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

/// Case 26: proxy headers count only when a configured proxy sends them; of a chain, the last hop that is not one.
fn forwarded(peer: IpAddr, headers: &HeaderMap, settings: &Settings) -> IpAddr {
    let networks = settings.trusted_networks();
    let trusted = |ip: IpAddr| networks.iter().any(|n| n.contains(ip));
    if !trusted(peer) {
        return peer;
    }
    let hops = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    let hops: Vec<&str> = hops.map(str::trim).collect();
    let mut last = peer;
    for hop in hops.into_iter().rev() {
        // What a trusted proxy wrote and can't be read ends the chain: whatever stands before it anyone may have sent.
        let read = hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|a| a.ip()));
        let Ok(ip) = read.map(|ip| ip.to_canonical()) else { break };
        last = ip;
        if !trusted(ip) {
            break;
        }
    }
    last
}

impl<S: Send + Sync> FromRequestParts<S> for Context {
    type Rejection = super::Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or(super::Problem::new(super::Code::Internal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 26
    #[test]
    fn a_forwarded_address_counts_only_from_a_configured_proxy() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "6.6.6.6, 203.0.113.9".parse().unwrap());
        let ip = |s: &str| s.parse::<IpAddr>().unwrap();
        let plain = Settings::with(&[]).unwrap();
        let behind = Settings::with(&[("trusted_proxies", "10.0.0.0/30, fd00::/8")]).unwrap();
        assert_eq!(forwarded(ip("10.0.0.1"), &headers, &plain), ip("10.0.0.1"));
        assert_eq!(forwarded(ip("10.0.0.1"), &headers, &behind), ip("203.0.113.9"));
        assert_eq!(forwarded(ip("fd12::1"), &headers, &behind), ip("203.0.113.9"));
        assert_eq!(forwarded(ip("10.0.0.4"), &headers, &behind), ip("10.0.0.4"));
        let mut odd = HeaderMap::new();
        odd.insert("x-forwarded-for", "6.6.6.6, 203.0.113.9:4711".parse().unwrap());
        assert_eq!(forwarded(ip("10.0.0.1"), &odd, &behind), ip("203.0.113.9"));
        odd.insert("x-forwarded-for", "6.6.6.6, unknown, 10.0.0.2".parse().unwrap());
        assert_eq!(forwarded(ip("10.0.0.1"), &odd, &behind), ip("10.0.0.2"));
        assert!(Settings::with(&[("trusted_proxies", "10.0.0.0/33")]).is_err());
    }
}
