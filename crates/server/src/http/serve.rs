//! Listening, and stopping without dropping anyone's work.

use super::{AppState, router};
use crate::error::Result;
use anyhow::anyhow;
use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tower::ServiceExt;

/// How long requests may take to finish after the word to stop.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the head of a request may take, and how long a connection may wait for its next one: longer than the
/// balancers in front keep theirs (60 s), or they would send requests into closed ones.
const HEAD_TIME: Duration = Duration::from_secs(75);

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
        let router = router::build(&app);
        let (told, heard) = watch::channel(false);
        let mut connections = JoinSet::new();
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        connections.spawn(serve(stream, peer, router.clone(), heard.clone()));
                    }
                    Err(e) => wait_out(&e).await,
                },
                // Those that have ended are let go.
                Some(_) = connections.join_next() => {}
            }
        }
        drop(listener);
        // Event streams never end by themselves.
        app.tail.stop();
        told.send_replace(true);
        let finished = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, finished).await.is_err() {
            tracing::warn!("some requests did not finish in time and were dropped");
        }
        Ok(())
    }
}

/// One connection, until its client leaves or the server stops.
async fn serve(stream: TcpStream, peer: SocketAddr, router: Router, mut stopping: watch::Receiver<bool>) {
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(Body::new)
    });
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = async { drop(stopping.wait_for(|stop| *stop).await) } => connection.as_mut().graceful_shutdown(),
    }
    // What a client does to its own connection is nobody's fault here.
    let _ = connection.await;
}

/// A client that left before it was greeted is nothing; with no descriptor left, a moment's wait lets others end.
async fn wait_out(e: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(e.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(error = %e, "a connection could not be accepted");
        tokio::time::sleep(Duration::from_secs(1)).await;
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
