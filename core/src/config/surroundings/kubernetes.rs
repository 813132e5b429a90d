//! The pod that a process is in: variables, its service account's files, and what its container tells of it.

use super::around::{Around, Facts};
use super::container::Container;
use super::variables::{IN_A_POD, POD};

const NAMESPACE_FILE: &str = "var/run/secrets/kubernetes.io/serviceaccount/namespace";

pub(super) fn find(around: &Around<'_>, container: &Container, facts: &mut Facts) {
    let namespace = around.file(NAMESPACE_FILE);
    let is_in_a_pod =
        around.variable(&[IN_A_POD]).is_some() || namespace.is_some() || container.pod_uid.is_some();
    // Names such as `POD_NAME` mean something else elsewhere.
    if !is_in_a_pod {
        return;
    }
    facts.tell_all(&POD, around);
    facts.tell("k8s.namespace.name", namespace.as_deref().unwrap_or_default());
    facts.tell("k8s.pod.uid", container.pod_uid.as_deref().unwrap_or_default());
    facts.tell("k8s.container.name", container.name.as_deref().unwrap_or_default());
    // A pod's machine bears its name, unless it uses the network of its node.
    facts.tell("k8s.pod.name", around.host.unwrap_or_default());
}
