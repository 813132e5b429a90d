//! The values of the second shapes: text that is not ASCII, values inside of values, an error with a cause, many series.
//!
//! Not for those of the first shapes: see `values`.

use std::error::Error;
use std::fmt;

pub const MESSAGE: &str = "Bestellung für Zoë Müller – 3 Artikel geprüft";
pub const CUSTOMER: &str = "Zoë Müller-Lüdenscheidt";
pub const NOTE: &str = "価格は税込みです。「至急」";
pub const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) \"Überall\"";
pub const ORDER_ID: &str = "0191f3a4-7c1e-7b7e-9d35-3f5a1c2b4d6e";
pub const PLACED_AT: &str = "2026-03-14T15:09:26.535897+00:00";
pub const TAGS: [&str; 3] = ["neu", "größe-m", "rot"];
pub const TRACESTATE: &str =
    "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,acme@vendor=s:1;t:abc,dd=s:2;o:rum,es=s:0.5,other=xyz";
pub const BAGGAGE: &str =
    "tenant=acme%2Cinc,user=J%C3%BCrgen%20M%C3%BCller,plan=gold,cart=3%20items%3B%20rush";

/// An error with a cause, as a failed charge has one.
#[derive(Debug)]
pub struct Declined(std::io::Error);

impl Declined {
    /// The one that every record of L1v tells of.
    pub fn new() -> Self {
        Self(std::io::Error::other("Verbindung zurückgesetzt: größe > 4096"))
    }
}

impl fmt::Display for Declined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("card declined: überzogen")
    }
}

impl Error for Declined {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// 2 000 series in an order without a pattern, which is the same in every process.
pub fn series() -> &'static [[&'static str; 3]] {
    let mut all: Vec<[&'static str; 3]> = Vec::new();
    for method in ["GET", "POST", "PUT", "DELETE"] {
        for status in ["200", "201", "400", "404", "500"] {
            for route in 0..100 {
                // They live as long as the process, as the literals of the first shape do.
                all.push([method, String::leak(format!("/shop/{route}/größe")), status]);
            }
        }
    }
    let mut state = 1_u64;
    for place in (1..all.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        all.swap(place, (state >> 33) as usize % (place + 1));
    }
    Vec::leak(all)
}
