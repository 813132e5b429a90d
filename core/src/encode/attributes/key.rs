//! Keys resolved once: escaped form, role in a log line, redaction.
//!
//! Not for the members themselves: see `writer`.

use super::limits::Limits;
use super::redact::{Found, Mask, Redaction, Redactor};
use super::truncate::TRUNCATED;
use crate::encode::json::is_plain;
use crate::encode::pieces::Piece;
use crate::model::attributes::{KIND, RESERVED, Role, WELL_KNOWN};
use crate::model::cut::prefix;
use crate::stats::Counts;
use foldhash::fast::FixedState;
use std::cell::RefCell;
use std::hash::{BuildHasher, Hasher};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A key as members are written with it. Valid while [`Rules::epoch`] stays what it was.
#[derive(Debug)]
pub struct Key {
    pub(super) text: Box<str>,
    /// `,"key":`
    pub(super) fragment: Piece,
    pub(super) hash: u32,
    /// `,"key_":` for a reserved name, also with underscores behind it; the plain fragment otherwise.
    pub(super) log_fragment: Piece,
    pub(super) log_hash: u32,
    pub(super) role: Role,
    pub(super) mask: Mask,
    pub(super) cut: bool,
    /// What was masked in the key itself.
    pub(super) found: Found,
    /// Whether anything in it is escaped.
    pub(super) is_escaped: bool,
    /// Whether it is cut, masked, reserved or escaped, which few keys are.
    pub(super) is_odd: bool,
}

/// What recording must know of the configuration: limits, redaction, where attributes stand.
#[derive(Debug)]
pub struct Rules {
    /// The configured limits.
    pub limits: Limits,
    /// What is masked.
    pub redactor: Redactor,
    /// The key that log attributes are nested under, if not at the top level.
    pub attributes_key: Option<Box<str>>,
    /// Names that lines keep for themselves besides [`RESERVED`]: what enrichment tells.
    pub reserved: Vec<&'static str>,
    /// Differs between any two `Rules` of a process; cached keys compare it.
    pub epoch: u64,
}

impl Key {
    /// Counts what was done to its text.
    #[cold]
    pub(super) fn count(&self, rules: &Rules, counts: &Counts) {
        if self.cut {
            counts.truncated.one();
        }
        if !self.found.is_empty() {
            rules.redactor.count(counts, self.found);
        }
    }
}

static EPOCH: AtomicU64 = AtomicU64::new(1);

impl Rules {
    /// Rules with an epoch of their own.
    #[must_use]
    pub fn new(limits: Limits, redaction: &Redaction, attributes_key: Option<&str>) -> Self {
        Self {
            limits,
            redactor: Redactor::new(redaction),
            attributes_key: attributes_key.map(Into::into),
            reserved: Vec::new(),
            epoch: EPOCH.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// The same with further names that lines keep for themselves.
    #[must_use]
    pub fn with_reserved(mut self, names: impl IntoIterator<Item = &'static str>) -> Self {
        self.reserved.extend(names);
        self
    }

    /// Resolves a key.
    #[must_use]
    pub fn key(&self, text: &str) -> Key {
        let cut = text.len() > self.limits.key_bytes;
        let kept = prefix(text, self.limits.key_bytes);
        let seen = prefix(text, self.limits.text_bytes());
        // The format's own names are nobody's secrets, whatever patterns there are.
        let is_searched = self.role(text) == Role::Plain && self.redactor.may_hold_secret(seen);
        let masked = is_searched.then(|| self.redactor.search(seen, kept.len())).flatten();
        let found = masked.as_ref().map_or_else(Found::default, |masked| masked.found);
        let mut shown = masked.map_or_else(|| kept.to_owned(), |masked| masked.text);
        if cut {
            shown.push_str(TRUNCATED);
        }
        let role = self.role(&shown);
        let log_shown = if role == Role::Reserved { format!("{shown}_") } else { shown.clone() };
        let mask = match role {
            Role::Plain => self.redactor.mask(&shown),
            // A reserved name with an underscore is a name like any other, but for the place that it gives way to.
            Role::Reserved if shown.ends_with('_') => self.redactor.mask(&shown),
            Role::Reserved | Role::WellKnown(_) => Mask::Nothing,
        };
        let is_escaped = !is_plain(&shown);
        Key {
            fragment: fragment(&shown),
            hash: hash(&shown),
            log_fragment: fragment(&log_shown),
            log_hash: hash(&log_shown),
            text: text.into(),
            role,
            mask,
            cut,
            found,
            is_escaped,
            is_odd: cut || is_escaped || !found.is_empty() || role == Role::Reserved,
        }
    }

    fn role(&self, key: &str) -> Role {
        if let Some(place) = WELL_KNOWN.iter().position(|known| *known == key) {
            return u8::try_from(place).map_or(Role::Plain, Role::WellKnown);
        }
        // With underscores behind it too: what such a name becomes must be no other's, whatever else a record holds.
        let root = key.trim_end_matches('_');
        let is_taken = root == KIND || RESERVED.contains(&root) || self.reserved.contains(&root);
        let reserved = is_taken && self.attributes_key.is_none();
        if reserved || WELL_KNOWN.contains(&root) { Role::Reserved } else { Role::Plain }
    }
}

fn fragment(key: &str) -> Piece {
    let mut out = vec![b','];
    crate::encode::json::write_str(&mut out, key);
    out.push(b':');
    Piece::new(out)
}

/// The hash that entries carry.
#[inline]
pub(super) fn hash(key: &str) -> u32 {
    const SEED: FixedState = FixedState::with_seed(0);
    let mut hasher = SEED.build_hasher();
    // Not `hash_one`: it would mix in the length, which the slot's comparison sees anyway.
    hasher.write(key.as_bytes());
    // foldhash mixes the upper half best.
    (hasher.finish() >> 32) as u32
}

/// Recently used keys of one thread, found by their text.
struct KeyCache {
    sets: Vec<Set>,
}

/// Keys whose marks share their low bits. With one place for each, two keys of the same call
/// could push each other out at every record.
type Set = [Option<Cached>; 4];

struct Cached {
    mark: (u64, u64),
    epoch: u64,
    length: usize,
    key: Rc<Key>,
}

impl Cached {
    #[inline(always)]
    fn is(&self, mark: (u64, u64), rules: &Rules, text: &str) -> bool {
        self.mark == mark
            && self.epoch == rules.epoch
            && self.length == text.len()
            && (text.len() <= MARKED_WHOLE || *self.key.text == *text)
    }
}

/// Texts up to this length are told apart by their mark and their length alone.
const MARKED_WHOLE: usize = 16;

/// Both ends of a text: they are cheaper than a hash, and that is where keys mostly differ.
#[inline(always)]
fn mark(text: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)));
    }
    (text.iter().fold(0, |mark, byte| mark << 8 | u64::from(*byte)), 0)
}

/// Sets of a thread's cache, 512 keys together; a power of two.
const SETS: usize = 128;

thread_local! {
    static KEYS: RefCell<KeyCache> = const { RefCell::new(KeyCache { sets: Vec::new() }) };
}

/// Hands the resolved key to `take` if it is the first of its set, as it mostly is; else returns false.
// Where a key is a literal, its mark and its set are known when this is compiled.
#[inline(always)]
pub(super) fn with_first(rules: &Rules, text: &str, take: impl FnOnce(&Key)) -> bool {
    let mark = mark(text.as_bytes());
    let set = set_of(mark, text.len());
    let with_first = |keys: &RefCell<KeyCache>| {
        let Ok(keys) = keys.try_borrow() else { return false };
        match keys.sets.get(set) {
            Some([Some(first), ..]) if first.is(mark, rules, text) => {
                take(&first.key);
                true
            }
            _ => false,
        }
    };
    KEYS.try_with(with_first).unwrap_or(false)
}

/// The resolved key, from the thread's cache where possible.
#[inline(never)]
pub(super) fn cached_key(rules: &Rules, text: &str) -> Rc<Key> {
    let cached = KEYS.try_with(|keys| keys.try_borrow_mut().ok().and_then(|mut keys| keys.get(rules, text)));
    // The slot is gone while the thread ends; then keys are resolved anew.
    cached.ok().flatten().unwrap_or_else(|| Rc::new(rules.key(text)))
}

impl KeyCache {
    fn get(&mut self, rules: &Rules, text: &str) -> Option<Rc<Key>> {
        let mark = mark(text.as_bytes());
        if self.sets.is_empty() {
            self.sets = std::iter::repeat_with(Set::default).take(SETS).collect();
        }
        let set = self.sets.get_mut(set_of(mark, text.len()))?;
        let is = |slot: &Option<Cached>| slot.as_ref().is_some_and(|known| known.is(mark, rules, text));
        let place = set.iter().position(is).unwrap_or_else(|| replace_oldest(set, mark, rules, text));
        set.get(place)?.as_ref().map(|known| Rc::clone(&known.key))
    }
}

/// The number of the set that a mark belongs to, and a length: keys such as `gen_ai.usage.input_tokens` and
/// `gen_ai.usage.output_tokens` begin and end alike.
#[inline(always)]
fn set_of(mark: (u64, u64), length: usize) -> usize {
    let product = (mark.0 ^ mark.1.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    // Its highest bits, in which all bits of the mark have their say: keys that differ only in their last character
    // must not share a set.
    ((product >> (u64::BITS - SETS.ilog2())) as usize ^ length) % SETS
}

/// Resolves a key into the first place of its set; the others move on and the last one goes.
#[cold]
fn replace_oldest(set: &mut Set, mark: (u64, u64), rules: &Rules, text: &str) -> usize {
    set.rotate_right(1);
    if let Some(first) = set.first_mut() {
        let key = Rc::new(rules.key(text));
        *first = Some(Cached { mark, epoch: rules.epoch, length: text.len(), key });
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_fragments() {
        let rules = Rules::new(Limits::default(), &Redaction::default(), None);
        assert_eq!(rules.key("level").role, Role::Reserved);
        assert_eq!(rules.key("level").log_fragment.bytes(), b",\"level_\":");
        assert_eq!(rules.key("kind").role, Role::Reserved);
        assert_eq!(rules.key("user_id").role, Role::WellKnown(2));
        assert_eq!(rules.key("session_id").mask, Mask::Nothing);
        assert_eq!(rules.key("a\nb").fragment.bytes(), b",\"a\\nb\":");
    }

    #[test]
    fn nested_attributes_need_no_underscore() {
        let rules = Rules::new(Limits::default(), &Redaction::default(), Some("attributes"));
        assert_eq!(rules.key("level").role, Role::Plain);
    }

    #[test]
    fn the_cache_never_takes_one_key_for_another() {
        let rules = Rules::new(Limits::default(), &Redaction::default(), None);
        let mut texts = vec![String::new()];
        for length in 1..20 {
            for place in 0..length {
                for other in ["a", "b", "\0"] {
                    let mut text = "a".repeat(length);
                    text.replace_range(place..=place, other);
                    texts.push(text);
                }
            }
        }
        for text in texts.iter().chain(texts.iter().rev()) {
            assert_eq!(*cached_key(&rules, text).text, **text);
        }
    }

    #[test]
    fn keys_that_differ_in_one_character_share_no_set() {
        for template in [
            "k#",
            "key_#",
            "#_key",
            "label_#",
            "attribute#",
            "http.request.header.#",
            "h#llo",
            "price_#_euro",
        ] {
            let mut sets = [0; SETS];
            for digit in '0'..='9' {
                let text = template.replace('#', &digit.to_string());
                if let Some(count) = sets.get_mut(set_of(mark(text.as_bytes()), text.len())) {
                    *count += 1;
                }
            }
            assert!(sets.iter().all(|count| *count <= Set::default().len()), "{template}");
        }
    }

    #[test]
    fn keys_that_begin_and_end_alike_do_not_drive_each_other_out() {
        let whose = ["input", "output", "cache_read.input", "cache_creation.input", "reasoning.output"];
        let sets: std::collections::HashSet<_> = whose
            .map(|whose| format!("gen_ai.usage.{whose}_tokens"))
            .map(|text| set_of(mark(text.as_bytes()), text.len()))
            .into();
        // Two of them are equally long, too.
        assert_eq!(sets.len(), whose.len() - 1);
    }

    #[test]
    fn a_long_key_is_cut_to_the_limit() {
        let rules = Rules::new(Limits::default(), &Redaction::default(), None);
        let key = rules.key(&"k".repeat(300));
        assert!(key.cut);
        assert_eq!(key.fragment.bytes().len(), 256 + TRUNCATED.len() + 4);
    }
}
