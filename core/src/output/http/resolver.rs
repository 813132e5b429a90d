//! The addresses behind a server's name, asked for now and then, and by one thread at most.

use crate::guard::guard;
use crate::platform;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use ureq::unversioned::transport::time::Duration as Timer;

/// How long an answer is believed while the server can be reached.
const BELIEVED: Duration = Duration::from_secs(30);

/// Remembers the last answer: ureq asks before each request, even where a connection is open.
///
/// A look-up of the system cannot be ended, so it has a thread of its own. One that hangs may do so for minutes; those
/// who ask for the same name meanwhile wait for it, each until its time is over, and start no other.
#[derive(Clone, Debug, Default)]
pub(super) struct Remembering(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    answer: Option<Answer>,
    asked: Option<(Uri, Receiver<Found>)>,
}

type Found = Result<ResolvedSocketAddrs, Error>;

#[derive(Debug)]
struct Answer {
    /// Who was asked for: the server, or a proxy.
    uri: Uri,
    addresses: ResolvedSocketAddrs,
    since: Instant,
}

impl Remembering {
    /// The server could not be reached: its name may lead elsewhere by now.
    pub(super) fn forget(&self) {
        self.locked().answer = None;
    }

    fn locked(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, uri: &Uri) -> Option<ResolvedSocketAddrs> {
        let fits = |answer: &&Answer| answer.uri == *uri && answer.since.elapsed() < BELIEVED;
        self.locked().answer.as_ref().filter(fits).map(|answer| answer.addresses.clone())
    }

    /// What the system finds, asked now or by whoever waited in vain.
    fn look_up(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Found {
        let asked = self.locked().asked.take().filter(|(name, _)| name == uri);
        let pending = match asked {
            Some((_, pending)) => pending,
            None => ask(uri.clone(), config.clone(), timeout)?,
        };
        match pending.recv_timeout(*timeout.after) {
            Ok(found) => found,
            Err(RecvTimeoutError::Timeout) => {
                self.locked().asked = Some((uri.clone(), pending));
                Err(Error::Timeout(timeout.reason))
            }
            Err(RecvTimeoutError::Disconnected) => Err(Error::HostNotFound),
        }
    }
}

impl Resolver for Remembering {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        if let Some(addresses) = self.known(uri) {
            return Ok(addresses);
        }
        let addresses = allowed(uri, &self.look_up(uri, config, timeout)?)?;
        let answer = Answer { uri: uri.clone(), addresses: addresses.clone(), since: Instant::now() };
        self.locked().answer = Some(answer);
        Ok(addresses)
    }
}

/// Where clouds hand out credentials by IPv6; the address of the same by IPv4 is link-local.
const METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// Whether an address is for services of the machine itself, such as the one that hands out its credentials.
fn is_of_the_machine(address: SocketAddr) -> bool {
    match address.ip().to_canonical() {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local() || address == METADATA,
    }
}

/// The addresses without those of the machine's own services, to which a name of somebody else may lead; who means
/// one of them writes the address itself.
fn allowed(uri: &Uri, addresses: &ResolvedSocketAddrs) -> Found {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_meant = host.parse::<IpAddr>().is_ok();
    let mut kept = DefaultResolver::default().empty();
    addresses
        .iter()
        .filter(|address| is_meant || !is_of_the_machine(**address))
        .for_each(|address| kept.push(*address));
    match (kept.is_empty(), addresses.first()) {
        (true, Some(address)) => {
            let why = format!(
                "the name leads to {}, which is for the machine's own services; give the address itself if it is meant",
                address.ip()
            );
            Err(io::Error::new(io::ErrorKind::PermissionDenied, why).into())
        }
        _ => Ok(kept),
    }
}

/// Asks the system. Whatever that says of a name that it has no address for, it is one kind of failure.
fn system(uri: &Uri, config: &Config, timeout: NextTimeout) -> Found {
    DefaultResolver::default().resolve(uri, config, timeout).map_err(|error| match error {
        Error::Io(_) => Error::HostNotFound,
        other => other,
    })
}

/// Begins to look up a name.
fn ask(uri: Uri, config: Config, timeout: NextTimeout) -> Result<Receiver<Found>, Error> {
    let (sender, found) = sync_channel(1);
    // With no time to end at, ureq asks the system on the thread it is called on.
    let timeout = NextTimeout { after: Timer::NotHappening, ..timeout };
    let look_up = move || {
        platform::block_signals();
        guard((), || drop(sender.send(system(&uri, &config, timeout))));
    };
    std::thread::Builder::new().name("vigie-names".to_owned()).spawn(look_up)?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ureq::Timeout;

    fn soon() -> NextTimeout {
        NextTimeout {
            after: Duration::from_secs(10).into(),
            reason: Timeout::Global,
            ..NextTimeout::default()
        }
    }

    fn addresses(texts: &[&str]) -> ResolvedSocketAddrs {
        let mut addresses = DefaultResolver::default().empty();
        texts.iter().for_each(|text| addresses.push(text.parse().unwrap()));
        addresses
    }

    #[test]
    fn a_name_does_not_lead_to_the_machines_own_services_unless_the_address_is_given() {
        let name: Uri = "http://collector.example:80/".parse().unwrap();
        let own = [
            "169.254.169.254:80",
            "169.254.0.1:80",
            "[fe80::1]:80",
            "[fd00:ec2::254]:80",
            "[::ffff:169.254.1.1]:80",
        ];
        for one in own {
            let refused = allowed(&name, &addresses(&[one])).unwrap_err().to_string();
            assert!(refused.contains("leads to") && refused.contains("own services"), "{refused}");
            let both = allowed(&name, &addresses(&[one, "10.0.0.1:80"])).unwrap();
            assert_eq!(both.to_vec(), ["10.0.0.1:80".parse().unwrap()]);
            let given: Uri = format!("http://{one}/").parse().unwrap();
            assert_eq!(allowed(&given, &addresses(&[one])).unwrap().to_vec(), [one.parse().unwrap()]);
        }
        for other in ["127.0.0.1:80", "[::1]:80", "192.168.1.1:80", "[fd00::1]:80", "168.254.1.1:80"] {
            assert!(allowed(&name, &addresses(&[other])).is_ok(), "{other}");
        }
    }

    #[test]
    fn an_answer_is_believed_for_a_while_and_for_its_name_only() {
        let resolver = Remembering::default();
        let ask = |uri: &Uri| resolver.resolve(uri, &Config::default(), soon()).unwrap();
        let (server, other) =
            ("http://127.0.0.1:1/a".parse().unwrap(), "http://127.0.0.2:2/".parse().unwrap());
        assert_eq!(ask(&server).to_vec(), ["127.0.0.1:1".parse().unwrap()]);
        assert!(resolver.known(&server).is_some());
        assert!(resolver.known(&other).is_none(), "it was not asked for");
        assert_eq!(ask(&other).to_vec(), ["127.0.0.2:2".parse().unwrap()]);
        assert!(resolver.known(&other).is_some());
        if let Some(answer) = &mut resolver.locked().answer {
            answer.since = answer.since.checked_sub(BELIEVED).unwrap();
        }
        assert!(resolver.known(&other).is_none(), "it is too old");
        ask(&other);
        resolver.forget();
        assert!(resolver.known(&other).is_none());
    }
}
