//! Settings of the process: `probity.toml`, overridden by `PROBITY_*`. The company's own settings are in its database.

use crate::error::Result;
use anyhow::{Context, anyhow};
use ipnet::IpNet;
use serde::Deserialize;
use std::{
    net::{SocketAddr, ToSocketAddrs},
    path::{Path, PathBuf},
};

#[derive(Debug, Clone)]
pub struct Config {
    /// `sqlite:///…/probity.db` or `postgres://…`.
    pub database_url: String,
    /// A folder or `s3://bucket/prefix`.
    pub blobs_url: String,
    pub listen: SocketAddr,
    pub data_dir: PathBuf,
    /// Each published checkpoint is also written here.
    pub checkpoint_dir: Option<PathBuf>,
    /// `/log` without a token.
    pub log_public: bool,
    /// Folders with fonts for documents.
    pub fonts: Option<PathBuf>,
    /// Built pages, in the place of those in the binary.
    pub web_dir: Option<PathBuf>,
    /// Log lines as JSON.
    pub log_json: bool,
    /// Proxies whose `X-Forwarded-For` says who is behind them.
    pub trusted_proxies: Vec<IpNet>,
    /// How people reach the pages, such as `https://hr.example.com`: passkeys are bound to it.
    pub public_url: Option<String>,
}

/// The file; every key may be absent, an unknown one is a mistake.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    database_url: Option<String>,
    blobs_url: Option<String>,
    listen: Option<String>,
    data_dir: Option<PathBuf>,
    checkpoint_dir: Option<PathBuf>,
    log_public: Option<bool>,
    fonts: Option<PathBuf>,
    web_dir: Option<PathBuf>,
    log_json: Option<bool>,
    trusted_proxies: Option<Vec<String>>,
    public_url: Option<String>,
}

impl Config {
    /// Reads `PROBITY_CONFIG` or `./probity.toml`, then the environment.
    pub fn load() -> Result<Self> {
        Self::read(var)
    }

    fn read(var: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let named = var("PROBITY_CONFIG");
        let path = named.clone().unwrap_or_else(|| "probity.toml".into());
        let file = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).with_context(|| format!("the settings in {path} are not right"))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && named.is_none() => File::default(),
            Err(e) => return Err(anyhow!(e).context(format!("cannot read the settings file {path}")).into()),
        };
        Self::of(file, var)
    }

    /// Defaults with everything under one folder; for tests and tools.
    pub fn in_folder(dir: &Path) -> Result<Self> {
        let dir = dir.to_owned();
        Self::of(File { data_dir: Some(dir), ..File::default() }, |_| None)
    }

    fn of(file: File, var: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let data_dir = var("PROBITY_DATA_DIR").map(PathBuf::from).or(file.data_dir).unwrap_or_else(|| "data".into());
        let absolute = std::path::absolute(&data_dir).with_context(|| format!("the data folder {}", data_dir.display()))?;
        let database_url = var("PROBITY_DATABASE_URL").or(file.database_url).unwrap_or_else(|| format!("sqlite://{}", absolute.join("probity.db").display()));
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| database_url.starts_with(scheme)) {
            return Err(anyhow!("PROBITY_DATABASE_URL must begin with sqlite:// or postgres://").into());
        }
        let listen = var("PROBITY_LISTEN").or(file.listen).unwrap_or_else(|| "127.0.0.1:8080".into());
        Ok(Self {
            database_url,
            blobs_url: var("PROBITY_BLOBS_URL").or(file.blobs_url).unwrap_or_else(|| absolute.join("blobs").display().to_string()),
            listen: address(&listen)?,
            data_dir: absolute,
            checkpoint_dir: var("PROBITY_CHECKPOINT_DIR").map(PathBuf::from).or(file.checkpoint_dir),
            log_public: flag("PROBITY_LOG_PUBLIC", var("PROBITY_LOG_PUBLIC"))?.or(file.log_public).unwrap_or(false),
            fonts: var("PROBITY_FONTS").map(PathBuf::from).or(file.fonts),
            web_dir: var("PROBITY_WEB_DIR").map(PathBuf::from).or(file.web_dir),
            log_json: flag("PROBITY_LOG_JSON", var("PROBITY_LOG_JSON"))?.or(file.log_json).unwrap_or(false),
            trusted_proxies: networks(var("PROBITY_TRUSTED_PROXIES").map(|list| list.split(',').map(str::to_owned).collect()).or(file.trusted_proxies))?,
            public_url: var("PROBITY_PUBLIC_URL").or(file.public_url).map(|url| origin(&url)).transpose()?,
        })
    }
}

/// Mail server and sender, when the environment says them: such a password is better not in a database.
pub fn smtp() -> Option<(String, String)> {
    Some((var("PROBITY_SMTP_URL")?, var("PROBITY_SMTP_FROM").unwrap_or_else(|| "Probity <probity@localhost>".into())))
}

fn var(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

fn flag(name: &str, value: Option<String>) -> Result<Option<bool>> {
    match value.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("1" | "true" | "yes" | "on") => Ok(Some(true)),
        Some("0" | "false" | "no" | "off") => Ok(Some(false)),
        Some(_) => Err(anyhow!("{name} must be true or false").into()),
    }
}

/// Addresses and networks, such as `127.0.0.1` and `10.0.0.0/8`.
fn networks(list: Option<Vec<String>>) -> Result<Vec<IpNet>> {
    let one = |text: &String| {
        let text = text.trim();
        text.parse::<IpNet>()
            .ok()
            .or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))
            .ok_or_else(|| anyhow!("PROBITY_TRUSTED_PROXIES: “{text}” is no address or network, such as 127.0.0.1 or 10.0.0.0/8").into())
    };
    list.unwrap_or_default().iter().map(one).collect()
}

/// Scheme and host without a path, as browsers name an origin.
fn origin(url: &str) -> Result<String> {
    let parsed = reqwest::Url::parse(url).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
    let parsed = parsed.ok_or_else(|| anyhow!("PROBITY_PUBLIC_URL is “{url}”; it has to be as people type it, such as https://hr.example.com"))?;
    Ok(parsed.origin().ascii_serialization())
}

/// `127.0.0.1:8080`, `localhost:8080`, `:8080` (all addresses) or `8080` (this machine only).
fn address(text: &str) -> Result<SocketAddr> {
    let whole = match text {
        t if t.starts_with(':') => format!("0.0.0.0{t}"),
        t if t.bytes().all(|b| b.is_ascii_digit()) => format!("127.0.0.1:{t}"),
        t => t.to_owned(),
    };
    let mut found =
        whole.to_socket_addrs().map_err(|_| anyhow!("PROBITY_LISTEN is “{text}”; it has to be address and port, such as 127.0.0.1:8080"))?.collect::<Vec<_>>();
    // A name such as localhost: the IPv4 address, since that is what people type.
    found.sort_by_key(SocketAddr::is_ipv6);
    found.into_iter().next().ok_or_else(|| anyhow!("PROBITY_LISTEN: “{text}” has no address").into())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_environment_comes_before_the_file_before_the_defaults() {
        let file: File = toml::from_str("listen = \"127.0.0.1:9000\"\nlog_public = true").unwrap();
        let config = Config::of(file, |name| (name == "PROBITY_LISTEN").then(|| "localhost:9001".into())).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:9001");
        assert!(config.log_public);
        assert!(config.database_url.starts_with("sqlite:///") && config.database_url.ends_with("data/probity.db"));
    }

    #[test]
    fn the_file_that_is_named_is_read_with_its_fonts_and_must_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("firm.toml");
        std::fs::write(&path, "fonts = \"/opt/fonts\"\nlisten = \"9002\"").unwrap();
        let named = |name: &str| (name == "PROBITY_CONFIG").then(|| path.display().to_string());
        let config = Config::read(named).unwrap();
        assert_eq!((config.fonts.as_deref(), config.listen.port()), (Some(Path::new("/opt/fonts")), 9002));
        let both = |name: &str| if name == "PROBITY_FONTS" { Some("/usr/fonts".into()) } else { named(name) };
        assert_eq!(Config::read(both).unwrap().fonts.as_deref(), Some(Path::new("/usr/fonts")));
        std::fs::write(&path, "font = \"/opt/fonts\"").unwrap();
        assert!(format!("{:?}", Config::read(named).unwrap_err()).contains("font"));
        std::fs::remove_file(&path).unwrap();
        assert!(format!("{:?}", Config::read(named).unwrap_err()).contains("firm.toml"));
    }

    #[test]
    fn mistakes_are_named() {
        assert!(toml::from_str::<File>("lisen = \"x\"").unwrap_err().to_string().contains("lisen"));
        assert!(address("nowhere").is_err());
        assert!(flag("X", Some("maybe".into())).is_err());
        assert_eq!(address("9000").unwrap().to_string(), "127.0.0.1:9000");
        assert!(networks(Some(vec!["10.0.0.0/8".into(), " 127.0.0.1".into()])).unwrap()[1].contains(&"127.0.0.1".parse::<std::net::IpAddr>().unwrap()));
        assert!(format!("{:?}", networks(Some(vec!["proxy".into()])).unwrap_err()).contains("proxy"));
        assert_eq!(origin("https://HR.example.com/").unwrap(), "https://hr.example.com");
        assert!(origin("hr.example.com").is_err());
    }
}
