//! Mail by SMTP. The server's address comes from `PROBITY_SMTP_URL` or the company's settings, where it is sealed, since
//! it may hold a password. What is *not* here: what a mail says and when it goes ([`super::outbox`]).

use super::letter::{Address, Letter};
use crate::{
    company::Company,
    config,
    error::{Problem, Result},
    settings,
};
use async_smtp::{
    EmailAddress, Envelope, SendableEmail, SmtpClient, SmtpTransport,
    authentication::{Credentials, Mechanism},
    error::Error as SmtpError,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::Url;
use rustls_platform_verifier::ConfigVerifierExt;
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite, BufStream},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};

pub(super) const SETTING: &str = "notify.smtp";
const CONTEXT: &str = "settings/notify.smtp";
const PATIENCE: Duration = Duration::from_secs(30);

/// Where mail goes out, and as whose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// `smtps://user:password@host:465`, `smtp://user:password@host:587` (STARTTLS), or `smtp://host:25?tls=none`
    /// inside a closed network.
    pub url: String,
    /// `name <address>`
    pub from: String,
}

/// The server mail goes to, and whether the environment says so.
pub async fn server(company: &Company) -> Result<Option<(Server, bool)>> {
    if let Some((url, from)) = config::smtp() {
        return Ok(Some((Server { url, from }, true)));
    }
    let Some(sealed) = settings::get(company.store.read(), SETTING).await?.filter(|s| !s.is_empty()) else { return Ok(None) };
    let sealed = STANDARD.decode(sealed).map_err(|e| anyhow::anyhow!("the mail server's setting is damaged: {e}"))?;
    Ok(Some((serde_json::from_slice(&company.keys.open_loose(&sealed, CONTEXT)?)?, false)))
}

/// The server as it is kept; refused when it is none.
pub(super) fn sealed(company: &Company, server: &Server) -> Result<String> {
    check(server)?;
    Ok(STANDARD.encode(company.keys.seal_loose(&serde_json::to_vec(server)?, CONTEXT)))
}

/// A server that could be spoken to and an address mail could come from.
pub fn check(server: &Server) -> Result<()> {
    if Route::read(&server.url).is_none() {
        return Err(Problem::new(
            422,
            "smtp_url",
            "邮件服务器地址应为 smtps://用户:密码@主机:465 或 smtp://用户:密码@主机:587；封闭内网可写 smtp://主机:25?tls=none。",
            "A mail server is written smtps://user:password@host:465 or smtp://user:password@host:587; inside a closed network smtp://host:25?tls=none.",
        )
        .into());
    }
    if Address::read(&server.from).is_none() {
        return Err(Problem::new(422, "smtp_from", "发件人应为“名称 <地址>”这样的形式。", "A sender is written like Name <address>.").into());
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
enum Tls {
    Implicit,
    StartTls,
    None,
}

struct Route {
    host: String,
    port: u16,
    tls: Tls,
    login: Option<(String, String)>,
}

impl Route {
    fn read(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let host = url.host_str().filter(|h| !h.is_empty())?.to_owned();
        let bare = url.query_pairs().any(|(k, v)| k == "tls" && v == "none");
        let here = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let tls = match url.scheme() {
            "smtps" => Tls::Implicit,
            "smtp" if bare || here => Tls::None,
            "smtp" => Tls::StartTls,
            _ => return None,
        };
        let port = url.port().unwrap_or(match tls {
            Tls::Implicit => 465,
            Tls::StartTls => 587,
            Tls::None => 25,
        });
        let plain = |text: &str| percent(text);
        let login = (!url.username().is_empty()).then(|| (plain(url.username()), plain(url.password().unwrap_or_default())));
        Some(Self { host, port, tls, login })
    }
}

/// `%40` → `@`.
fn percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3)).flatten().and_then(|d| std::str::from_utf8(d).ok());
        match code.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether trying again may help, and what to say.
#[derive(Debug)]
pub enum Failure {
    Later(String),
    Never(String),
}

impl From<SmtpError> for Failure {
    /// The server's code, without what was sent to it.
    fn from(e: SmtpError) -> Self {
        match e {
            SmtpError::Permanent(answer) => Self::Never(format!("SMTP {}", answer.code)),
            SmtpError::Transient(answer) => Self::Later(format!("SMTP {}", answer.code)),
            SmtpError::Timeout(_) => Self::Later("no answer".into()),
            _ => Self::Later("no connection".into()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(_: std::io::Error) -> Self {
        Self::Later("no connection".into())
    }
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

async fn tls(wire: TcpStream, host: &str) -> Result<Box<dyn Wire>, Failure> {
    let config = ClientConfig::with_platform_verifier().map_err(|_| Failure::Later("no certificates on this machine".into()))?;
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|_| Failure::Never("no such host name".into()))?;
    Ok(Box::new(TlsConnector::from(Arc::new(config)).connect(name, wire).await.map_err(|_| Failure::Later("no trusted TLS connection".into()))?))
}

async fn connect(route: &Route) -> Result<SmtpTransport<BufStream<Box<dyn Wire>>>, Failure> {
    let wire = TcpStream::connect((route.host.trim_matches(['[', ']']), route.port)).await?;
    let (wire, client): (Box<dyn Wire>, SmtpClient) = match route.tls {
        Tls::None => (Box::new(wire), SmtpClient::new()),
        Tls::Implicit => (tls(wire, &route.host).await?, SmtpClient::new()),
        Tls::StartTls => {
            let plain = SmtpTransport::new(SmtpClient::new(), BufStream::new(wire)).await?;
            // Never in the clear when it was not asked for: a login would lie open.
            let wire = plain.starttls().await.map_err(|_| Failure::Never("no STARTTLS".into()))?.into_inner();
            (tls(wire, &route.host).await?, SmtpClient::new().without_greeting())
        }
    };
    let mut transport = SmtpTransport::new(client, BufStream::new(wire)).await?;
    if let Some((name, password)) = &route.login {
        let login = Credentials::new(name.clone(), password.clone());
        transport.try_login(&login, &[Mechanism::Plain, Mechanism::Login]).await?;
    }
    Ok(transport)
}

/// Hands one letter to the server; `Ok` once it has taken it.
pub async fn send(server: &Server, letter: &Letter<'_>) -> Result<(), Failure> {
    let never = |why: &str| Failure::Never(why.to_owned());
    let route = Route::read(&server.url).ok_or_else(|| never("no mail server"))?;
    let from = Address::read(&server.from).ok_or_else(|| never("no sender"))?;
    let to = Address::read(letter.address).ok_or_else(|| never("no mail address"))?;
    let mailbox = |address: &Address<'_>| EmailAddress::new(address.address.to_owned()).map_err(|_| never("no mail address"));
    let envelope = Envelope::new(Some(mailbox(&from)?), vec![mailbox(&to)?]).map_err(|_| never("no mail address"))?;
    let talk = async {
        let mut transport = connect(&route).await?;
        transport.send(SendableEmail::new(envelope, letter.write(&from))).await?;
        // It has it; whether it also says goodbye does not matter.
        let _ = transport.quit().await;
        Ok(())
    };
    tokio::time::timeout(PATIENCE, talk).await.unwrap_or_else(|_| Err(Failure::Later("no answer".into())))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_server_is_read_with_its_login_and_encrypts_unless_told() {
        let read = |url: &str| Route::read(url).map(|r| (r.host, r.port, r.tls, r.login));
        let login = Some(("hr@firm.example".to_owned(), "p@ss:1".to_owned()));
        assert_eq!(read("smtp://hr%40firm.example:p%40ss%3A1@mail.firm.example").unwrap(), ("mail.firm.example".into(), 587, Tls::StartTls, login));
        assert_eq!(read("smtps://mail.firm.example").unwrap(), ("mail.firm.example".into(), 465, Tls::Implicit, None));
        assert_eq!(read("smtp://10.0.0.5?tls=none").unwrap(), ("10.0.0.5".into(), 25, Tls::None, None));
        assert_eq!(read("smtp://127.0.0.1:2525").unwrap().2, Tls::None);
        for bad in ["mail.firm.example", "http://x", "smtp://", ""] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }
}
