//! Where an endpoint listens.

/// Where it does unless anybody says otherwise.
pub(super) const DEFAULT_LISTEN: &str = "127.0.0.1:9464";

/// Whether it names a host and a port. Whether there is such a host shows when it is opened.
pub(super) fn is_address(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| {
        let is_name = !host.contains(':') && host.chars().all(|c| c.is_ascii_graphic() && c != '/');
        let is_ipv6 = host.starts_with('[') && host.ends_with(']');
        !host.is_empty() && (is_name || is_ipv6) && port.parse::<u16>().is_ok()
    })
}

/// A host and a port together, with the default of what is not given.
pub(crate) fn address(host: Option<&str>, port: Option<&str>) -> String {
    let (default_host, default_port) = DEFAULT_LISTEN.rsplit_once(':').unwrap_or_default();
    let (host, port) = (host.unwrap_or(default_host), port.unwrap_or(default_port));
    let is_bare_ipv6 = host.contains(':') && !host.starts_with('[');
    if is_bare_ipv6 { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}
