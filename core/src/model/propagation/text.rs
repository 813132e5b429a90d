//! Splitting, trimming and checking of header values, which all formats share.

/// Optional white space around a header's value or a list member (RFC 9110).
#[inline]
pub(super) fn trim(text: &str) -> &str {
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    if is_space(text.as_bytes().first()) || is_space(text.as_bytes().last()) {
        return text.trim_matches([' ', '\t']);
    }
    text
}

/// The members of a comma-separated list, as they stand.
pub(super) fn split_list(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(list);
    std::iter::from_fn(move || {
        let list = rest?;
        let comma = memchr::memchr(b',', list.as_bytes());
        let (member, behind) = comma.and_then(|at| list.split_at_checked(at)).unwrap_or((list, ""));
        rest = comma.and_then(|_| behind.get(1..));
        Some(member)
    })
}

/// A member of a comma-separated list of `name=value`, with the classes that all bytes of each part have.
pub(super) struct Member<'h> {
    /// The member as it stands.
    pub text: &'h str,
    /// What stands before the first `=`.
    pub name: &'h str,
    /// What stands behind it.
    pub value: &'h str,
    /// Bits of [`class`]: 0 without a name or without `=`.
    pub name_class: u8,
    /// All bits for no value.
    pub value_class: u8,
}

/// The members of a list, each byte of which is looked at once.
pub(super) fn members(list: &str) -> impl Iterator<Item = Member<'_>> {
    let mut rest = Some(list);
    std::iter::from_fn(move || {
        let list = rest?;
        let (member, behind) = first_member(list)?;
        rest = behind;
        Some(member)
    })
}

/// The first member of a list, and what stands behind its comma if there is one.
#[inline]
fn first_member(list: &str) -> Option<(Member<'_>, Option<&str>)> {
    let bytes = list.as_bytes();
    let mut name_class = u8::MAX;
    let name_end = bytes.iter().position(|byte| {
        let class = class::get(*byte);
        let ends = class & class::END_OF_NAME != 0;
        name_class &= if ends { u8::MAX } else { class };
        ends
    });
    let name_end = name_end.unwrap_or(bytes.len());
    let (name, behind_name) = list.split_at_checked(name_end)?;
    let Some(value) = behind_name.strip_prefix('=') else {
        let member = Member { text: name, name, value: "", name_class: 0, value_class: u8::MAX };
        return Some((member, behind_name.get(1..)));
    };
    let mut value_class = u8::MAX;
    let value_end = value.as_bytes().iter().position(|byte| {
        let ends = *byte == b',';
        value_class &= if ends { u8::MAX } else { class::get(*byte) };
        ends
    });
    let (value, behind) = value_end.and_then(|end| value.split_at_checked(end)).unwrap_or((value, ""));
    let text = list.get(..name_end + 1 + value.len())?;
    let name_class = if name_end == 0 { 0 } else { name_class };
    Some((Member { text, name, value, name_class, value_class }, behind.get(1..)))
}

/// What stands before and behind the first `byte`, which is ASCII. Members are short, so a plain loop finds it
/// sooner than a vector search does.
#[inline]
pub(super) fn split_at_byte(text: &str, byte: u8) -> Option<(&str, &str)> {
    let (before, behind) = text.split_at_checked(text.bytes().position(|b| b == byte)?)?;
    Some((before, behind.get(1..)?))
}

/// What a byte may be part of. The classes are bits of one table, because every byte of every header is looked up.
pub(super) mod class {
    /// A character of an HTTP token (RFC 9110): names of baggage members.
    pub const TOKEN: u8 = 1;
    /// baggage-octet: printable ASCII without space, `"`, `,`, `;` and `\`.
    pub const OCTET: u8 = 2;
    /// A baggage-octet that is not `%`: stands for itself in a value.
    pub const PLAIN: u8 = 4;
    /// A character of a name in tracestate, behind its first.
    pub const STATE_NAME: u8 = 8;
    /// A character of a value in tracestate: printable ASCII without `,` and `=`.
    pub const STATE_VALUE: u8 = 16;
    /// What ends a name in a list: `=` or `,`.
    pub const END_OF_NAME: u8 = 32;

    static CLASSES: [u8; 256] = {
        let mut classes = [0; 256];
        let mut byte = 0_u8;
        while byte < 0x80 {
            // Constants cannot iterate; the index is below the table's length.
            #[allow(clippy::indexing_slicing)]
            {
                classes[byte as usize] = of(byte);
            }
            byte += 1;
        }
        classes
    };

    const fn of(byte: u8) -> u8 {
        let letter_or_digit = byte.is_ascii_alphanumeric();
        let octet = matches!(byte, b'!' | b'#'..=b'+' | b'-'..=b':' | b'<'..=b'[' | b']'..=b'~');
        let state_name = byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || matches!(byte, b'_' | b'-' | b'*' | b'/' | b'@');
        let mut class = 0;
        if letter_or_digit
            || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
        {
            class |= TOKEN;
        }
        if octet {
            class |= OCTET;
        }
        if octet && byte != b'%' {
            class |= PLAIN;
        }
        if state_name {
            class |= STATE_NAME;
        }
        if matches!(byte, b' '..=b'~') && byte != b',' && byte != b'=' {
            class |= STATE_VALUE;
        }
        if matches!(byte, b'=' | b',') {
            class |= END_OF_NAME;
        }
        class
    }

    /// Whether every byte of `text` is of `class`.
    #[inline]
    pub fn all(text: &str, class: u8) -> bool {
        text.bytes().fold(class, |common, byte| common & get(byte)) != 0
    }

    /// The classes of a byte.
    #[inline]
    pub fn get(byte: u8) -> u8 {
        CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
    }
}

/// The value of up to 32 hexadecimal digits, in either case; None for anything else.
pub(super) fn hex(digits: &str) -> Option<u128> {
    if digits.is_empty() || digits.len() > 32 {
        return None;
    }
    let mut bytes = digits.bytes();
    bytes.try_fold(0, |value, byte| Some(value << 4 | u128::from(char::from(byte).to_digit(16)?)))
}

/// `%` and two upper-case digits.
pub(super) fn push_percent(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
    let escape = [b'%', digit(byte >> 4), digit(byte & 0xf)];
    // ASCII is UTF-8.
    out.push_str(std::str::from_utf8(&escape).unwrap_or_default());
}
