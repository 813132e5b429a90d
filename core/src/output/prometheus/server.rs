//! The listener and its thread, and who has it: the outputs of one telemetry, one after the other or side by side.
//!
//! A listener outlives the output that opened it where another one follows at the same address, because a changed
//! configuration is opened before the one in force ends.

use super::connection;
use super::site::Site;
use super::slots::Slots;
use crate::guard::guard;
use crate::output::exporter::Endpoint;
use crate::platform;
use arc_swap::{ArcSwap, ArcSwapOption};
use serde_json::{Map, Value, json};
use std::any::Any;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// How often an address that is in use is tried again.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// How long the end waits for the thread to give the address back.
const END_TIME: Duration = Duration::from_secs(1);

/// How long the thread pauses when the system has no descriptor for another connection.
const PAUSE: Duration = Duration::from_millis(100);

/// The listeners of this process. Lock-free: a forked child reads what it inherited.
static SERVERS: ArcSwapOption<Vec<Weak<Server>>> = ArcSwapOption::const_empty();

/// A listener, or the wait for its address.
#[derive(Debug)]
pub(super) struct Server {
    process_id: u32,
    /// The address as it was asked for.
    wanted: String,
    addresses: Vec<SocketAddr>,
    /// Where it listens.
    bound: ArcSwapOption<SocketAddr>,
    sites: ArcSwap<Vec<Arc<Site>>>,
    slots: Slots,
    /// Told by the thread when it has given the listener back.
    over: Mutex<Option<Receiver<()>>>,
}

/// A listener that forked children close.
#[derive(Debug)]
struct Listener(TcpListener);

impl Listener {
    fn bind(addresses: &[SocketAddr]) -> io::Result<Self> {
        let listener = TcpListener::bind(addresses)?;
        platform::keep_from_children(&listener);
        Ok(Self(listener))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        platform::inherit(&self.0);
    }
}

/// One output's part of a server.
#[derive(Debug)]
pub(super) struct Place {
    site: Arc<Site>,
    /// None where the parent serves.
    server: Option<Arc<Server>>,
}

impl Server {
    /// Has `site` shown at an address: by the listener that its telemetry has there, else by a new one. With `retry` an
    /// address that is in use is waited for.
    pub(super) fn open(
        wanted: &str,
        addresses: Vec<SocketAddr>,
        retry: bool,
        site: Arc<Site>,
    ) -> io::Result<Place> {
        let known = known(wanted, &site);
        if let Some(server) = known.iter().find(|server| server.process_id == std::process::id()) {
            server.show(&site);
            return Ok(Place { site, server: Some(Arc::clone(server)) });
        }
        if !retry && !known.is_empty() {
            // A forked child: the address is its parent's.
            return Ok(Place { site, server: None });
        }
        let listener = match Listener::bind(&addresses) {
            Ok(listener) => Some(listener),
            Err(error) if retry && error.kind() == io::ErrorKind::AddrInUse => None,
            Err(error) => return Err(error),
        };
        let (over, ended) = channel();
        let server = Arc::new(Self {
            process_id: std::process::id(),
            wanted: wanted.to_owned(),
            addresses,
            bound: ArcSwapOption::empty(),
            sites: ArcSwap::from_pointee(vec![Arc::clone(&site)]),
            slots: Slots::default(),
            over: Mutex::new(Some(ended)),
        });
        if let Some(listener) = &listener {
            server.bound(listener);
        }
        remember(&server);
        let thread = Arc::clone(&server);
        std::thread::Builder::new()
            .name("vigie-prometheus".to_owned())
            .spawn(move || thread.run(listener, over))?;
        Ok(Place { site, server: Some(server) })
    }

    fn bound(&self, listener: &Listener) {
        self.bound.store(listener.0.local_addr().ok().map(Arc::new));
    }

    /// The thread: answers until nothing is shown any more.
    fn run(self: &Arc<Self>, listener: Option<Listener>, _over: Sender<()>) {
        platform::block_signals();
        let Some(listener) = listener.or_else(|| self.wait_for_address()) else { return };
        loop {
            let accepted = listener.0.accept();
            if self.slots.is_ended() {
                break;
            }
            match accepted {
                Ok((stream, _)) => self.take(stream),
                // The other side has gone again, or there is no descriptor to be had.
                Err(_) => drop(self.slots.wait_for_end(PAUSE)),
            }
        }
    }

    fn wait_for_address(&self) -> Option<Listener> {
        while !self.slots.wait_for_end(RETRY_EVERY) {
            if let Ok(listener) = Listener::bind(&self.addresses) {
                self.bound(&listener);
                return Some(listener);
            }
        }
        None
    }

    /// Has a connection answered by a thread of its own: so many at once as there are places.
    fn take(self: &Arc<Self>, stream: TcpStream) {
        let sites = self.sites.load_full();
        if !self.slots.take() {
            return connection::turn_away(stream, sites.first());
        }
        let server = Arc::clone(self);
        let spawned = std::thread::Builder::new().name("vigie-scrape".to_owned()).spawn(move || {
            platform::block_signals();
            guard((), || connection::serve(stream, &sites));
            server.slots.give_back();
        });
        if spawned.is_err() {
            self.slots.give_back();
        }
    }

    fn show(&self, site: &Arc<Site>) {
        self.sites.rcu(|sites| sites.iter().cloned().chain([Arc::clone(site)]).collect::<Vec<_>>());
    }

    /// Shows a site no longer; the last one ends the listener.
    fn hide(&self, site: &Arc<Site>) {
        let others = |sites: &Vec<Arc<Site>>| -> Vec<_> {
            sites.iter().filter(|known| !Arc::ptr_eq(known, site)).cloned().collect()
        };
        self.sites.rcu(|sites| others(sites));
        if !self.sites.load().is_empty() || self.slots.is_ended() {
            return;
        }
        self.slots.end();
        let Some(over) = self.over.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        if let Some(address) = self.bound.swap(None) {
            // Nothing else wakes a thread that waits for a connection.
            drop(TcpStream::connect_timeout(&reachable(*address), END_TIME));
        }
        // An error says that the thread has ended and dropped the other half.
        let _ = over.recv_timeout(END_TIME);
    }
}

/// The address at which this machine reaches a listener of its own.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// The servers that the telemetry of `site` has at this address, those of a parent process too.
fn known(wanted: &str, site: &Site) -> Vec<Arc<Server>> {
    let servers = SERVERS.load();
    let servers = servers.iter().flat_map(|all| all.iter()).filter_map(Weak::upgrade);
    let metrics: &dyn Any = &*site.metrics;
    let of_one_telemetry =
        |server: &Arc<Server>| server.sites.load().iter().any(|known| known.metrics.same(metrics));
    servers.filter(|server| server.wanted == wanted && of_one_telemetry(server)).collect()
}

fn remember(server: &Arc<Server>) {
    SERVERS.rcu(|servers| {
        let known = servers.iter().flat_map(|all| all.iter());
        let living = known.filter(|server| server.strong_count() > 0).cloned();
        Some(Arc::new(living.chain([Arc::downgrade(server)]).collect::<Vec<_>>()))
    });
}

impl Endpoint for Place {
    fn close(&self) {
        // What a forked child inherited is its parent's.
        if let Some(server) = self.server.as_ref().filter(|server| server.process_id == std::process::id()) {
            server.hide(&self.site);
        }
    }

    fn is_healthy(&self) -> bool {
        self.server.as_ref().is_none_or(|server| server.bound.load().is_some())
    }

    fn report(&self) -> Map<String, Value> {
        let bound = self.server.as_ref().and_then(|server| server.bound.load_full());
        let mut report = self.site.report();
        report.insert("listening".to_owned(), json!(bound.map(|address| address.to_string())));
        report
    }
}
