//! The container that a process is in, as the kernel shows it to the process: the paths of its control groups, and what its
//! runtime has mounted into it.

use super::around::Around;

/// What control groups and mounts tell.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Container {
    /// Its id, as its runtime calls it.
    pub(super) id: Option<String>,
    /// The pod that it is part of.
    pub(super) pod_uid: Option<String>,
    /// Its name within that pod.
    pub(super) name: Option<String>,
}

impl Container {
    pub(super) fn find(around: &Around<'_>) -> Self {
        let mut found = Self::default();
        found.read_groups(&around.file("proc/self/cgroup").unwrap_or_default());
        found.read_mounts(&around.file("proc/self/mountinfo").unwrap_or_default());
        found
    }

    /// Reads `/proc/self/cgroup`: `number:controllers:path` for each hierarchy of version 1, `0::path` of version 2. With a
    /// namespace of its own a container sees `/` there.
    fn read_groups(&mut self, text: &str) {
        for line in text.lines() {
            let path = line.splitn(3, ':').nth(2).unwrap_or_default();
            for part in path.split('/') {
                self.pod_uid = self.pod_uid.take().or_else(|| pod_of(part));
            }
            // The innermost one counts: a container may run in another one.
            self.id = self.id.take().or_else(|| path.rsplit('/').find_map(id_of));
        }
    }

    /// Reads `/proc/self/mountinfo`: the fourth field of a line is the place within its file system, the fifth where it is
    /// mounted.
    fn read_mounts(&mut self, text: &str) {
        const FROM_A_RUNTIME: [&str; 4] =
            ["/run/.containerenv", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf"];
        let mounts = || {
            text.lines().filter_map(|line| {
                let mut fields = line.split(' ').skip(3);
                Some((fields.next()?, fields.next()?))
            })
        };
        for (root, at) in mounts() {
            self.read_pod(root, at);
        }
        let of = |place: &'static str| mounts().filter(move |(_, at)| *at == place).map(|(root, _)| root);
        // In a pod these files are those of its sandbox, which has an id of its own.
        let is_sandbox = |root: &str| root.contains("/sandboxes/") || self.pod_uid.is_some();
        let places = FROM_A_RUNTIME.into_iter().flat_map(of);
        let own = FROM_A_RUNTIME.into_iter().take(1).flat_map(of);
        let found = own
            .chain(places.filter(|root| !is_sandbox(root)))
            .find_map(|root| root.rsplit('/').find_map(id_of));
        self.id = self.id.take().or(found);
    }

    /// The kubelet gives each container `/dev/termination-log`, from `…/pods/UID/containers/NAME/…`, and `/etc/hosts`.
    fn read_pod(&mut self, root: &str, at: &str) {
        if !matches!(at, "/dev/termination-log" | "/etc/hosts") {
            return;
        }
        let mut parts = root.split('/').skip_while(|part| *part != "pods").skip(1);
        let Some(uid) = parts.next().filter(|uid| is_uid(uid)) else { return };
        self.pod_uid.get_or_insert_with(|| uid.to_owned());
        if parts.next() == Some("containers")
            && let Some(name) = parts.next()
        {
            self.name.get_or_insert_with(|| name.to_owned());
        }
    }
}

/// The id in one part of a path: `ID`, `docker-ID.scope`, `cri-containerd-ID.scope`, `crio-ID`, `libpod-ID.scope`,
/// `kubepods-…:cri-containerd:ID`, and on Fargate `TASK-NUMBER`.
fn id_of(part: &str) -> Option<String> {
    let part = part.strip_suffix(".scope").unwrap_or(part);
    // The monitor of a container stands beside it under its id.
    if part.contains("conmon") {
        return None;
    }
    let id = part.rsplit(['-', ':']).next().unwrap_or_default();
    let is_of_a_task = || {
        let (task, number) = part.split_once('-')?;
        (is_hex(task, 32) && number.len() >= 6 && number.bytes().all(|b| b.is_ascii_digit())).then_some(part)
    };
    if is_hex(id, 64) { Some(id.to_owned()) } else { is_of_a_task().map(str::to_owned) }
}

/// The pod's uid in one part of a path: `podUID`, or `kubepods-burstable-podUID.slice` with underscores in it.
fn pod_of(part: &str) -> Option<String> {
    let part = part.split(':').next().unwrap_or_default();
    let part = part.strip_suffix(".slice").unwrap_or(part);
    let uid = part.rsplit_once("pod").filter(|(before, _)| before.is_empty() || before.ends_with('-'))?.1;
    let uid = uid.replace('_', "-");
    is_uid(&uid).then_some(uid)
}

/// A UUID, or the 32 digits that pods have whose definition is a file on the node.
fn is_uid(text: &str) -> bool {
    let digits: String = text.split('-').collect();
    matches!(text.len(), 32 | 36) && is_hex(&digits, 32)
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "3f4a9c0b7d1e25866f0c9e8a7b6d5c4f3e2d1c0b9a8f7e6d5c4b3a2918070605";
    const UID: &str = "5a1e9d6c-0f3b-4c7e-9a52-7d8c1b2e3f40";

    fn groups(text: &str) -> Container {
        let mut found = Container::default();
        found.read_groups(&text.replace("ID", ID).replace("UXX", UID).replace("U_X", &UID.replace('-', "_")));
        found
    }

    fn mounts(text: &str) -> Container {
        let mut found = Container::default();
        found.read_mounts(&text.replace("ID", ID).replace("UXX", UID));
        found
    }

    #[test]
    fn control_groups_of_each_runtime_bear_the_id() {
        let some = [
            "12:pids:/docker/ID\n11:cpu,cpuacct:/docker/ID\n1:name=systemd:/docker/ID\n",
            "0::/system.slice/docker-ID.scope\n",
            "4:memory:/kubepods/besteffort/podUXX/ID\n",
            "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podU_X.slice/cri-containerd-ID.scope\n",
            "11:cpu:/system.slice/containerd.service/kubepods-burstable-podU_X.slice:cri-containerd:ID\n",
            "0::/kubepods.slice/kubepods-podU_X.slice/crio-ID.scope/container\n",
            "0::/../crio-ID.scope\n",
            "0::/machine.slice/libpod-ID.scope/container\n",
            "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope/container\n",
            "9:perf_event:/ecs/task-arn/ID\n",
            "0::/default/ID\n",
        ];
        for text in some {
            let found = groups(text);
            assert_eq!(found.id.as_deref(), Some(ID), "{text}");
            assert_eq!(found.pod_uid.as_deref(), text.contains("kubepods").then_some(UID), "{text}");
        }
        let of_a_task = groups(
            "5:cpu:/ecs/0123456789abcdef0123456789abcdef/0123456789abcdef0123456789abcdef-2531612879\n",
        );
        assert_eq!(of_a_task.id.as_deref(), Some("0123456789abcdef0123456789abcdef-2531612879"));
    }

    #[test]
    fn machines_without_containers_have_none() {
        let none = [
            "0::/user.slice/user-1000.slice/session-2.scope\n",
            "0::/\n",
            "12:pids:/init.scope\n1:name=systemd:/init.scope\n",
            "0::/system.slice/ssh.service\n",
            "0::/machine.slice/libpod-conmon-ID.scope\n",
            "0::/docker/0123\n",
            "not a control group",
            "",
        ];
        for text in none {
            assert_eq!(groups(text), Container::default(), "{text}");
        }
        let machine = "22 28 0:20 / /sys rw - sysfs sysfs rw\n28 1 8:1 / / rw - ext4 /dev/sda1 rw\n60 28 8:1 /ID /etc/other rw - ext4 /dev/sda1 rw\n";
        assert_eq!(mounts(machine), Container::default());
    }

    #[test]
    fn the_innermost_container_counts() {
        let other = ID.replace('3', "a");
        assert_eq!(groups(&format!("0::/docker/ID/docker/{other}\n")).id, Some(other));
    }

    #[test]
    fn mounts_of_each_runtime_bear_what_they_bear() {
        let docker = "714 690 0:110 / / rw - overlay overlay rw\n\
             740 714 8:1 /var/lib/docker/containers/ID/resolv.conf /etc/resolv.conf rw - ext4 /dev/sda1 rw\n\
             741 714 8:1 /var/lib/docker/containers/ID/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n";
        assert_eq!(mounts(docker).id.as_deref(), Some(ID));
        let podman = "900 880 0:25 /containers/overlay-containers/ID/userdata/.containerenv /run/.containerenv rw - tmpfs tmpfs rw\n";
        assert_eq!(mounts(podman).id.as_deref(), Some(ID));
        // The sandbox of a pod is another container.
        let pod = "1 0 8:1 /var/lib/kubelet/pods/UXX/etc-hosts /etc/hosts rw - ext4 /dev/sda1 rw\n\
             2 0 8:1 /var/lib/kubelet/pods/UXX/containers/app/1c2d3e4f /dev/termination-log rw - ext4 /dev/sda1 rw\n\
             3 0 8:1 /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/ID/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n";
        let in_a_pod = Container { id: None, pod_uid: Some(UID.to_owned()), name: Some("app".to_owned()) };
        assert_eq!(mounts(pod), in_a_pod);
        let own = format!(
            "{pod}4 0 0:25 /containers/storage/overlay-containers/ID/userdata/.containerenv /run/.containerenv rw - tmpfs tmpfs rw\n"
        );
        assert_eq!(mounts(&own), Container { id: Some(ID.to_owned()), ..in_a_pod });
    }
}
