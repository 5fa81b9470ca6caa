//! Listening, and stopping without dropping anyone's work.

use super::{AppState, router};
use crate::error::Result;
use anyhow::{Context, anyhow};
use std::{net::SocketAddr, time::Duration};
use tokio::net::TcpListener;

/// How long requests may take to finish after the word to stop.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Server {
    listener: TcpListener,
    app: AppState,
}

/// Takes the port, or says in a sentence why not.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|e| {
        let why = match e.kind() {
            std::io::ErrorKind::AddrInUse => anyhow!(
                "端口已被占用 / the address {address} is in use: another program (perhaps another probity) listens there. Stop it, or choose another with PROBITY_LISTEN=127.0.0.1:8081"
            ),
            std::io::ErrorKind::PermissionDenied => {
                anyhow!("没有权限 / not allowed to listen on {address}: ports below 1024 need a privilege; choose another with PROBITY_LISTEN")
            }
            _ => anyhow!(e).context(format!("cannot listen on {address}")),
        };
        why.into()
    })
}

impl Server {
    pub fn new(listener: TcpListener, app: AppState) -> Self {
        Self { listener, app }
    }

    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves until `stop` comes, then lets running requests finish.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        let Self { listener, app } = self;
        let service = router::build(&app).into_make_service_with_connect_info::<SocketAddr>();
        let (told, mut heard) = tokio::sync::watch::channel(false);
        let ending = app.clone();
        let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
            stop.await;
            // Event streams never end by themselves.
            ending.tail.stop();
            told.send_replace(true);
        });
        tokio::select! {
            done = async { serving.await } => done.context("serving")?,
            () = async {
                let _ = heard.wait_for(|t| *t).await;
                tokio::time::sleep(PATIENCE).await;
            } => tracing::warn!("some requests did not finish in time and were dropped"),
        }
        Ok(())
    }
}

/// Ctrl-C, or SIGTERM from whoever runs us.
pub async fn stop_signal() {
    let ctrl_c = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut term) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            let _ = ctrl_c.await;
            return;
        };
        tokio::select! {
            _ = ctrl_c => {}
            _ = term.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = ctrl_c.await;
    }
}
