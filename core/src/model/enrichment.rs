//! What records can tell of where they come from: the words of the setting `enrich`, and the keys of each.
//!
//! Not for finding it out: see `config::surroundings`.

/// The keys of a thread's number and name.
pub const THREAD: [&str; 2] = ["thread.id", "thread.name"];

/// Something that records can tell of where they come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Enrichment {
    /// The machine's name, which has a key of its own.
    Host,
    /// The process id, which has a key of its own.
    Process,
    /// The operating system.
    Os,
    /// The container.
    Container,
    /// The pod, and where it runs.
    Kubernetes,
    /// The cloud's service that the process runs on.
    Cloud,
    /// What runs the program: an interpreter, a virtual machine.
    Runtime,
    /// The thread that made the record.
    Thread,
}

impl Enrichment {
    /// All of them, each with its word, in the order of lines.
    pub const ALL: [(&'static str, Self); 8] = [
        ("host", Self::Host),
        ("process", Self::Process),
        ("os", Self::Os),
        ("container", Self::Container),
        ("k8s", Self::Kubernetes),
        ("cloud", Self::Cloud),
        ("runtime", Self::Runtime),
        ("thread", Self::Thread),
    ];

    /// The keys that it brings, in the order of lines: OpenTelemetry's names. None where lines have a key of their own.
    #[must_use]
    pub const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Host | Self::Process => &[],
            Self::Os => &["os.type", "os.name", "os.version"],
            Self::Container => &["container.id"],
            Self::Kubernetes => &[
                "k8s.cluster.name",
                "k8s.namespace.name",
                "k8s.node.name",
                "k8s.pod.name",
                "k8s.pod.uid",
                "k8s.deployment.name",
                "k8s.container.name",
            ],
            Self::Cloud => &[
                "cloud.provider",
                "cloud.platform",
                "cloud.region",
                "cloud.account.id",
                "cloud.resource_id",
                "faas.name",
                "faas.version",
                "faas.instance",
                "heroku.app.id",
                "heroku.release.commit",
                "service.instance.id",
            ],
            Self::Runtime => {
                &["process.runtime.name", "process.runtime.version", "process.runtime.description"]
            }
            Self::Thread => &THREAD,
        }
    }
}
