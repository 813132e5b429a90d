//! The addresses behind a server's name, asked for now and then, and by one thread at most.

use crate::guard::guard;
use crate::platform;
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
        let addresses = self.look_up(uri, config, timeout)?;
        let answer = Answer { uri: uri.clone(), addresses: addresses.clone(), since: Instant::now() };
        self.locked().answer = Some(answer);
        Ok(addresses)
    }
}

/// Begins to look up a name.
fn ask(uri: Uri, config: Config, timeout: NextTimeout) -> Result<Receiver<Found>, Error> {
    let (sender, found) = sync_channel(1);
    // With no time to end at, ureq asks the system on the thread it is called on.
    let timeout = NextTimeout { after: Timer::NotHappening, ..timeout };
    let look_up = move || {
        platform::block_signals();
        guard((), || drop(sender.send(DefaultResolver::default().resolve(&uri, &config, timeout))));
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
