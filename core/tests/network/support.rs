//! What the tests of this folder share.

use crate::server::Request;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use vigie_core::{Config, Telemetry};

pub const LONG: Duration = Duration::from_secs(60);

/// How large a test is by default, and with `VIGIE_FULL=1`.
pub fn counts<T>(default: T, full: T) -> T {
    if std::env::var_os("VIGIE_FULL").is_some() { full } else { default }
}

pub fn eventually(what: &str, holds: impl FnMut() -> bool) {
    within(LONG, what, holds);
}

pub fn within(patience: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + patience;
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A process of its own that plays a part: a test of this name, which without its variables does nothing.
pub fn part(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture", "--test-threads=1"]).stderr(Stdio::null());
    command
}

pub fn telemetry(outputs: &Value) -> Telemetry {
    let document = json!({"service": "net", "outputs": outputs, "limits": {"buffer_bytes": "8MiB"}});
    Telemetry::new(Config::from_json(&document.to_string())).unwrap()
}

pub fn log(telemetry: &Telemetry, from: usize, count: usize) {
    let logger = telemetry.logger("net");
    (from..from + count).for_each(|n| logger.info(&format!("n={n}.")).emit());
}

/// The books of the first output.
pub fn books(telemetry: &Telemetry) -> Value {
    let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
    let books = stats["outputs"][0].clone();
    let number = |key: &str| books[key].as_u64().unwrap();
    let dropped: u64 =
        books["dropped"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(
        number("accepted"),
        number("delivered") + dropped + number("queued") + number("spooled"),
        "{books}"
    );
    books
}

/// The numbers of the records in a server's requests, with repetitions.
pub fn numbers(requests: &[Request]) -> Vec<usize> {
    let text: String =
        requests.iter().map(|request| String::from_utf8(request.body.clone()).unwrap()).collect();
    let number = |rest: &str| rest.split('.').next().unwrap().parse().unwrap();
    text.split("\"message\":\"n=").skip(1).map(number).collect()
}

pub fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// An empty folder of one test.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("network").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    private(&folder);
    folder
}

/// Takes it from all other users; where there are no modes it is nobody else's already.
pub fn private(folder: &Path) {
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    #[cfg(not(unix))]
    assert!(folder.is_dir());
}
