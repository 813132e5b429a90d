//! The sorts of entities.

/// A sort of entity that is built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An IP address, of version 4 or 6.
    Ip,
    /// An e-mail address.
    Email,
    /// A URL with `://`.
    Url,
    /// A UUID.
    Uuid,
    /// A path in a file system.
    Path,
    /// A number with a unit of time.
    Duration,
    /// A number with a unit of bytes.
    Size,
    /// A status of HTTP.
    Status,
    /// The class of an error or an exception.
    Exception,
}

impl Kind {
    /// All of them, each with its key, in the order of lines.
    pub const ALL: [(&'static str, Self); 9] = [
        ("ip", Self::Ip),
        ("email", Self::Email),
        ("url", Self::Url),
        ("uuid", Self::Uuid),
        ("path", Self::Path),
        ("duration", Self::Duration),
        ("size", Self::Size),
        ("status", Self::Status),
        ("exception", Self::Exception),
    ];
}
