//! How tokens look that show themselves by what they begin with: the issuers' documented formats.
//!
//! Not for looking for them in a text: see `tokens`.

use super::classes::WORD;
use crate::stats::RedactionRule;

/// How the text behind a prefix must look for it to be a token.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// At least so many characters of `A-Z a-z 0-9 _ -`.
    Word(usize),
    /// Exactly so many upper-case letters or digits.
    Upper(usize),
    /// Exactly so many lower-case hexadecimal digits.
    Hex(usize),
    /// Two more base64url parts, each behind a dot; more parts belong to it, as an encrypted one has five.
    Jwt,
    /// `PRIVATE KEY` or the like on the rest of the line; the mask reaches to the end marker.
    Pem,
    /// At least 16 characters of an `Authorization` header's credentials, a digit among them.
    Credentials,
}

/// Prefixes of word characters. None begins another one.
pub(super) const PREFIXES: [(&str, Shape); 69] = [
    ("sk-", Shape::Word(20)),
    ("sk_live_", Shape::Word(16)),
    ("sk_test_", Shape::Word(16)),
    ("rk_live_", Shape::Word(16)),
    ("rk_test_", Shape::Word(16)),
    ("whsec_", Shape::Word(16)),
    ("ghp_", Shape::Word(30)),
    ("gho_", Shape::Word(30)),
    ("ghu_", Shape::Word(30)),
    ("ghs_", Shape::Word(30)),
    ("ghr_", Shape::Word(30)),
    ("github_pat_", Shape::Word(30)),
    ("glpat-", Shape::Word(16)),
    ("glptt-", Shape::Word(16)),
    ("gldt-", Shape::Word(16)),
    ("glrt-", Shape::Word(16)),
    ("glcbt-", Shape::Word(16)),
    ("glsoat-", Shape::Word(16)),
    ("glagent-", Shape::Word(30)),
    ("xoxa-", Shape::Word(20)),
    ("xoxb-", Shape::Word(20)),
    ("xoxe-", Shape::Word(20)),
    ("xoxo-", Shape::Word(20)),
    ("xoxp-", Shape::Word(20)),
    ("xoxr-", Shape::Word(20)),
    ("xoxs-", Shape::Word(20)),
    ("xapp-", Shape::Word(20)),
    ("AKIA", Shape::Upper(16)),
    ("ASIA", Shape::Upper(16)),
    ("ABIA", Shape::Upper(16)),
    ("ACCA", Shape::Upper(16)),
    ("AIza", Shape::Word(30)),
    ("GOCSPX-", Shape::Word(20)),
    ("npm_", Shape::Word(30)),
    ("pypi-", Shape::Word(30)),
    ("rubygems_", Shape::Word(40)),
    ("dckr_pat_", Shape::Word(20)),
    ("hf_", Shape::Word(30)),
    ("gsk_", Shape::Word(40)),
    ("xai-", Shape::Word(60)),
    ("pplx-", Shape::Word(40)),
    ("r8_", Shape::Word(36)),
    ("dop_v1_", Shape::Hex(64)),
    ("doo_v1_", Shape::Hex(64)),
    ("dor_v1_", Shape::Hex(64)),
    ("shpat_", Shape::Hex(32)),
    ("shpca_", Shape::Hex(32)),
    ("shppa_", Shape::Hex(32)),
    ("shpss_", Shape::Hex(32)),
    ("sq0atp-", Shape::Word(20)),
    ("sq0csp-", Shape::Word(40)),
    ("dapi", Shape::Hex(32)),
    ("lin_api_", Shape::Word(32)),
    ("glsa_", Shape::Word(32)),
    ("NRAK-", Shape::Upper(27)),
    ("PMAK-", Shape::Word(40)),
    ("ATATT3", Shape::Word(100)),
    ("figd_", Shape::Word(30)),
    ("ntn_", Shape::Word(40)),
    ("sbp_", Shape::Hex(40)),
    ("pscale_tkn_", Shape::Word(30)),
    ("pscale_pw_", Shape::Word(30)),
    ("sntrys_", Shape::Word(40)),
    ("sntryu_", Shape::Hex(64)),
    ("tskey-", Shape::Word(20)),
    ("AGE-SECRET-KEY-1", Shape::Upper(58)),
    ("eyJ", Shape::Jwt),
    ("-----BEGIN", Shape::Pem),
    ("LTAI5", Shape::Word(16)),
];

/// For each first byte the prefixes that have it, as bits of their places: most rows of characters begin like one or two of them.
static PLACES: [u128; 128] = {
    let mut places = [0; 128];
    let mut at = 0;
    while at < PREFIXES.len() {
        // Constants cannot iterate; prefixes are ASCII and not empty.
        #[allow(clippy::indexing_slicing)]
        {
            places[PREFIXES[at].0.as_bytes()[0] as usize] |= 1 << at;
        }
        at += 1;
    }
    places
};

/// The prefixes that begin with a byte.
pub(super) fn prefixes_with(first: u8) -> impl Iterator<Item = &'static (&'static str, Shape)> {
    let mut places = PLACES.get(usize::from(first)).copied().unwrap_or_default();
    std::iter::from_fn(move || {
        let prefix = PREFIXES.get(places.trailing_zeros() as usize)?;
        places &= places - 1;
        Some(prefix)
    })
}

/// Prefixes that a long row of word characters follows and that end in another character.
pub(super) const DOTTED: [(&str, Shape); 7] = [
    ("SG.", Shape::Word(20)),
    ("ya29.", Shape::Word(20)),
    ("hvs.", Shape::Word(20)),
    ("hvb.", Shape::Word(20)),
    ("dp.pt.", Shape::Word(30)),
    ("Bearer ", Shape::Credentials),
    ("bearer ", Shape::Credentials),
];

/// How many bytes of `text` are accepted from its beginning on.
pub(super) fn run(text: &[u8], accept: impl Fn(u8) -> bool) -> usize {
    text.iter().position(|byte| !accept(*byte)).unwrap_or(text.len())
}

impl Shape {
    /// The rule that a token of this shape is counted under.
    pub(super) fn rule(self) -> RedactionRule {
        match self {
            Self::Jwt => RedactionRule::Jwt,
            Self::Pem => RedactionRule::Pem,
            _ => RedactionRule::Token,
        }
    }

    /// Whether the prefix is shown: it says what was there.
    pub(super) fn keeps_prefix(self) -> bool {
        matches!(self, Self::Credentials)
    }

    /// How much of `tail`, the text behind the prefix, belongs to the token; nothing if it is none.
    pub(super) fn length(self, tail: &[u8]) -> Option<usize> {
        match self {
            Self::Word(least) => Some(run(tail, |byte| WORD.has(byte))).filter(|length| *length >= least),
            Self::Upper(exactly) => {
                whole_run(tail, exactly, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            }
            Self::Hex(exactly) => whole_run(tail, exactly, |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
            Self::Jwt => jwt_length(tail),
            Self::Pem => pem_length(tail),
            Self::Credentials => credentials_length(tail),
        }
    }
}

fn whole_run(tail: &[u8], exactly: usize, accept: impl Fn(u8) -> bool) -> Option<usize> {
    let length = run(tail, accept);
    let goes_on = tail.get(length).is_some_and(|next| WORD.has(*next));
    (length == exactly && !goes_on).then_some(length)
}

fn credentials_length(tail: &[u8]) -> Option<usize> {
    let length = run(tail, |byte| WORD.has(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'='));
    let credentials = tail.get(..length)?;
    (length >= 16 && credentials.iter().any(u8::is_ascii_digit)).then_some(length)
}

fn jwt_length(tail: &[u8]) -> Option<usize> {
    /// A payload that is longer than what is looked at is one without a signature behind it.
    const CUT_BYTES: usize = 1024;
    let header = run(tail, |byte| WORD.has(byte));
    let payload_at = tail.get(header..)?.strip_prefix(b".")?;
    let payload = run(payload_at, |byte| WORD.has(byte));
    if header < 10 || payload < 4 {
        return None;
    }
    let mut length = header + 1 + payload;
    if length == tail.len() {
        return (payload >= CUT_BYTES).then_some(length);
    }
    let mut parts = 0;
    while tail.get(length) == Some(&b'.') {
        let part = run(tail.get(length + 1..)?, |byte| WORD.has(byte));
        if part == 0 && parts > 0 {
            break;
        }
        length += 1 + part;
        parts += 1;
    }
    (parts > 0).then_some(length)
}

fn pem_length(tail: &[u8]) -> Option<usize> {
    const END: &[u8] = b"-----END ";
    /// `OPENSSH PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`: labels are short, and what is looked for is bounded.
    const LONGEST_LABEL: usize = 48;
    let label = tail.get(..LONGEST_LABEL.min(tail.len()))?.strip_prefix(b" ")?;
    let label = label.get(..memchr::memmem::find(label, b"-----")?)?;
    memchr::memmem::find(label, b"PRIVATE KEY")?;
    let body_at = 1 + label.len() + 5;
    let body = tail.get(body_at..)?;
    let Some(end) = memchr::memmem::find(body, END) else { return Some(tail.len()) };
    let closing = body.get(end + END.len()..)?;
    let closed = memchr::memmem::find(closing, b"-----").map_or(closing.len(), |dashes| dashes + 5);
    Some(body_at + end + END.len() + closed)
}
