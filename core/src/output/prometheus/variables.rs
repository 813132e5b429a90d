//! What the specification's `OTEL_EXPORTER_PROMETHEUS_...` variables say.

use super::super::kind::Variables;
use super::address::{address, is_address};
use crate::document::report::Report;
use crate::document::setting::Takes;
use crate::document::variable::Variable;

/// The address.
const HOST: Variable = Variable {
    names: &["OTEL_EXPORTER_PROMETHEUS_HOST"],
    keys: &["outputs.listen"],
    takes: Takes::Other("the name or the address of this machine"),
    example: "0.0.0.0",
};
/// The port.
const PORT: Variable = Variable {
    names: &["OTEL_EXPORTER_PROMETHEUS_PORT"],
    keys: &["outputs.listen"],
    takes: Takes::Whole(0, 65_535),
    example: "9000",
};

/// All of them.
pub(super) static VARIABLES: [Variable; 2] = [HOST, PORT];

/// Where to listen, if they say anything of it.
pub(super) fn listen(report: &mut Report, variables: &Variables<'_>) -> Option<String> {
    let [host, port] = [HOST, PORT].map(|variable| variables(variable.name()).map(str::trim));
    if host.is_none() && port.is_none() {
        return None;
    }
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        report.finding(PORT.name(), "not a port", PORT.takes.words());
        return None;
    }
    let listen = address(host, port);
    if !is_address(&listen) {
        report.finding(HOST.name(), "not an address", HOST.takes.words());
        return None;
    }
    Some(listen)
}
