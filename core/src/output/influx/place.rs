//! Where lines go: a server that they are posted to, or a listener of datagrams.

use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use crate::output::datagram::Address;
use crate::output::http::{HttpSettings, is_header, is_url};

/// A place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Place {
    /// Datagrams.
    Datagrams(Address),
    /// The whole address that is posted to, and how the server is spoken to.
    Http(String, HttpSettings),
}

pub(super) const URL: Setting = Setting::new(
    "url",
    Takes::Other(
        "the address that lines are written to, such as \"http://localhost:8086/write?db=shop\", \
         \"http://localhost:8086/api/v2/write?org=shop&bucket=metrics\" or \"udp://127.0.0.1:8089\"",
    ),
    "\"http://localhost:8086/write?db=shop\"",
    "The whole address: `/write?db=...` of an InfluxDB 1.x, `/api/v2/write?org=...&bucket=...` of a later one, or that of a \
     listener of datagrams, `udp://host:port` or, as Telegraf has it, the socket `unix:/path`. Nobody notices what does \
     not arrive there.",
)
.required();
pub(super) const TOKEN: Setting = Setting::new(
    "token",
    Takes::Text("a token"),
    "\"shop-token\"",
    "What this side proves with that it may write; `user:password` for an InfluxDB 1.x.",
);

/// Reads where lines go; mistakes go into the report.
pub(super) fn place(report: &mut Report, object: &Object<'_>) -> Option<Place> {
    let found = report.required(object, URL.key)?;
    if found.value.as_str().is_some_and(|url| url.starts_with("udp:") || url.starts_with("unix:")) {
        return datagrams(report, object);
    }
    let url = report.read(&found, |value, _| written_to(value.as_str()?));
    let http = HttpSettings::read(report, object);
    let token = token(report, object);
    let (url, mut http) = (url?, http?);
    if let Some(token) = token? {
        http.headers.get_or_insert_default().push(token);
    }
    Some(Place::Http(url, http))
}

fn datagrams(report: &mut Report, object: &Object<'_>) -> Option<Place> {
    let others = object.members().filter(|(key, _)| !["to", "signals", URL.key].contains(key));
    let others: Vec<String> = others.map(|(_, found)| found.path).collect();
    for path in &others {
        report.finding(path, "not for datagrams", "an http or https url beside it");
    }
    let found = report.required(object, URL.key)?;
    let address = report.read(&found, |value, _| {
        let url = value.as_str()?;
        let host = url.strip_prefix("udp://").map(|host| host.strip_suffix('/').unwrap_or(host));
        let address = Address::parse(host.unwrap_or(url))?;
        (host.is_some() == matches!(address, Address::Udp(_))).then_some(address)
    });
    address.filter(|_| others.is_empty()).map(Place::Datagrams)
}

/// The address with the precision of the timestamps in it, if it is a place that lines are written to.
fn written_to(url: &str) -> Option<String> {
    let (place, query) = url.split_once('?').unwrap_or((url, ""));
    let path = place.split_once("://")?.1.split_once('/')?.1;
    if !is_url(url) || path.is_empty() || url.contains('#') {
        return None;
    }
    match query.split('&').find_map(|part| part.strip_prefix("precision=")) {
        Some("ns" | "n" | "nanosecond") => Some(url.to_owned()),
        Some(_) => None,
        None => Some(format!("{url}{}precision=ns", if query.is_empty() { "?" } else { "&" })),
    }
}

fn token(report: &mut Report, object: &Object<'_>) -> Option<Option<(String, String)>> {
    let Some(found) = object.get(TOKEN.key) else { return Some(None) };
    let token = report.text(&found)?;
    let header = ("Authorization".to_owned(), format!("Token {token}"));
    if is_header(&header.0, &header.1) {
        return Some(Some(header));
    }
    report.finding(&found.path, "not a token", "a text without control characters");
    None
}

#[cfg(test)]
mod tests {
    use super::written_to;

    #[test]
    fn the_precision_is_that_of_the_timestamps() {
        let given = |url: &str| written_to(url);
        assert_eq!(given("http://h:1/write?db=a").as_deref(), Some("http://h:1/write?db=a&precision=ns"));
        assert_eq!(given("https://h/write").as_deref(), Some("https://h/write?precision=ns"));
        let named = "http://h/api/v3/write_lp?precision=nanosecond&db=a";
        assert_eq!(given(named).as_deref(), Some(named));
        for wrong in [
            "http://h:1",
            "http://h:1/",
            "http://h/write?precision=ms",
            "ftp://h/write",
            "h/write",
            "http://h/w#a",
        ] {
            assert_eq!(given(wrong), None, "{wrong}");
        }
    }
}
