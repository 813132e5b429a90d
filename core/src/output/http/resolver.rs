//! The addresses behind a server's name, asked for now and then.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How long an answer is believed while the server can be reached.
const BELIEVED: Duration = Duration::from_secs(30);

/// Remembers the last answer: ureq asks before each request, even where a connection is open, and starts a thread for
/// it.
#[derive(Clone, Debug, Default)]
pub(super) struct Remembering(Arc<Mutex<Option<Answer>>>);

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
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn known(&self, uri: &Uri) -> Option<ResolvedSocketAddrs> {
        let answer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |answer: &&Answer| answer.uri == *uri && answer.since.elapsed() < BELIEVED;
        answer.as_ref().filter(fits).map(|answer| answer.addresses.clone())
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
        let addresses = DefaultResolver::default().resolve(uri, config, timeout)?;
        let answer = Answer { uri: uri.clone(), addresses: addresses.clone(), since: Instant::now() };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        Ok(addresses)
    }
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
        if let Some(answer) = &mut *resolver.0.lock().unwrap() {
            answer.since = answer.since.checked_sub(BELIEVED).unwrap();
        }
        assert!(resolver.known(&other).is_none(), "it is too old");
        ask(&other);
        resolver.forget();
        assert!(resolver.known(&other).is_none());
    }
}
