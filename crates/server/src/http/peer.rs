//! Where a request comes from. `X-Forwarded-For` counts only as far as proxies that the settings trust wrote it: anybody
//! may send the header, and who chose the own address would never have to wait.

use super::AppState;
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use ipnet::IpNet;
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

/// Longer words about itself no browser has.
const LONGEST_AGENT: usize = 400;

#[derive(Debug, Clone, Default)]
pub struct Peer {
    pub address: Option<IpAddr>,
    pub agent: Option<String>,
}

impl FromRequestParts<AppState> for Peer {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Infallible> {
        let near = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical());
        let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
        Ok(Self {
            address: near.map(|near| address(near, &parts.headers, &app.config.trusted_proxies)),
            agent: agent.map(|text| text.chars().take(LONGEST_AGENT).collect()),
        })
    }
}

/// From the nearest hop outwards: the first address that is no trusted proxy's.
fn address(near: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    let mut last = near;
    if !is_trusted(&near) {
        return near;
    }
    let told: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).collect();
    for hop in told.iter().rev() {
        let Ok(ip) = hop.trim().parse::<IpAddr>() else { return last };
        last = ip.to_canonical();
        if !is_trusted(&last) {
            return last;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn seen(near: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|n| n.parse().unwrap()).collect();
        address(near.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_what_a_trusted_proxy_wrote_counts() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9", "the header of a stranger");
        assert_eq!(seen("10.0.0.2", &["198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
        // The client put a lie in front; the proxy appended the truth.
        assert_eq!(seen("10.0.0.2", &["192.0.2.77, 198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.2", &["192.0.2.77, 198.51.100.1", "10.0.0.3"], &["10.0.0.0/8"]), "198.51.100.1", "two proxies, two headers");
        assert_eq!(seen("10.0.0.2", &["nonsense"], &["10.0.0.0/8"]), "10.0.0.2");
        assert_eq!(seen("10.0.0.2", &[], &["10.0.0.0/8"]), "10.0.0.2");
    }
}
