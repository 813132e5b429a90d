//! What each platform's variables and files make of the resource. The files of the tests stand in a folder of their own.

use super::Runtime;
use crate::config::{Environment, Settings};
use std::path::PathBuf;

struct Machine(PathBuf);

impl Machine {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = std::env::temp_dir().join(format!("vigie-machine-{}-{name}", std::process::id()));
        for (path, text) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(root)
    }

    fn told(&self, enrich: &str, variables: &[(&str, &str)]) -> Vec<(&'static str, String)> {
        let document = serde_json::json!({
            "enrich": enrich.split(' ').collect::<Vec<_>>(),
            "testing": {"root": self.0, "host": "machine"}
        });
        let runtime =
            Runtime { name: "cpython".to_owned(), version: "3.11.7".to_owned(), ..Runtime::default() };
        let environment = Environment::from_pairs(variables.iter().copied()).with_runtime(runtime);
        Settings::resolve(Some(&document.to_string()), &environment).unwrap().surroundings
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn cloud(variables: &[(&str, &str)]) -> Vec<(&'static str, String)> {
    Machine::new("cloud", &[]).told("cloud", variables)
}

fn facts<const N: usize>(facts: [(&'static str, &str); N]) -> Vec<(&'static str, String)> {
    facts.into_iter().map(|(key, text)| (key, text.to_owned())).collect()
}

#[test]
fn each_cloud_is_known_by_its_variables() {
    let lambda = [
        ("AWS_LAMBDA_FUNCTION_NAME", "resize"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "7"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/02/[7]abc"),
        ("AWS_REGION", "eu-west-1"),
    ];
    let expected = facts([
        ("cloud.provider", "aws"),
        ("cloud.platform", "aws_lambda"),
        ("cloud.region", "eu-west-1"),
        ("faas.name", "resize"),
        ("faas.version", "7"),
        ("faas.instance", "2026/01/02/[7]abc"),
    ]);
    assert_eq!(cloud(&lambda), expected);
    let site = [
        ("WEBSITE_SITE_NAME", "shop"),
        ("WEBSITE_INSTANCE_ID", "i-1"),
        ("WEBSITE_OWNER_NAME", "0f1e+shop-westeuropewebspace"),
        ("WEBSITE_RESOURCE_GROUP", "shop-group"),
        ("REGION_NAME", "West Europe"),
    ];
    let expected = facts([
        ("cloud.provider", "azure"),
        ("cloud.platform", "azure.app_service"),
        ("cloud.region", "West Europe"),
        ("cloud.account.id", "0f1e"),
        (
            "cloud.resource_id",
            "/subscriptions/0f1e/resourceGroups/shop-group/providers/Microsoft.Web/sites/shop",
        ),
        ("service.instance.id", "i-1"),
    ]);
    assert_eq!(cloud(&site), expected);
    let platforms = [
        ("ECS_CONTAINER_METADATA_URI_V4", "aws aws_ecs"),
        ("CONTAINER_APP_NAME", "azure azure.container_apps"),
        ("FUNCTIONS_EXTENSION_VERSION", "azure azure.functions"),
        ("FUNCTION_TARGET", "gcp gcp_cloud_functions"),
        ("CLOUD_RUN_JOB", "gcp gcp_cloud_run"),
        ("K_SERVICE", "gcp gcp_cloud_run"),
        ("GAE_SERVICE", "gcp gcp_app_engine"),
        ("DYNO", "heroku"),
        ("FLY_APP_NAME", "fly_io"),
        ("VERCEL", "vercel"),
    ];
    for (sign, words) in platforms {
        let told = cloud(&[(sign, "x")]);
        let named = told.iter().filter(|(key, _)| matches!(*key, "cloud.provider" | "cloud.platform"));
        let named: Vec<&str> = named.map(|(_, text)| text.as_str()).collect();
        assert_eq!(named.join(" "), words, "{sign}");
    }
    assert!(cloud(&[("AWS_REGION", "eu-west-1"), ("POD_NAME", "p")]).is_empty());
    assert!(cloud(&[("K_SERVICE", "x"), ("KUBERNETES_SERVICE_HOST", "10.0.0.1")]).is_empty());
}

#[test]
fn a_pod_is_told_by_variables_files_and_mounts() {
    const UID: &str = "5a1e9d6c-0f3b-4c7e-9a52-7d8c1b2e3f40";
    let mounts = format!(
        "2 0 8:1 /var/lib/kubelet/pods/{UID}/containers/app/1c2d3e4f /dev/termination-log rw - ext4 /dev/sda1 rw\n"
    );
    let files = [
        ("proc/self/mountinfo", mounts.as_str()),
        ("var/run/secrets/kubernetes.io/serviceaccount/namespace", "shop\n"),
    ];
    let machine = Machine::new("pod", &files);
    let from_files = facts([
        ("k8s.namespace.name", "shop"),
        ("k8s.pod.name", "machine"),
        ("k8s.pod.uid", UID),
        ("k8s.container.name", "app"),
    ]);
    assert_eq!(machine.told("k8s", &[]), from_files);
    let given =
        [("POD_NAME", "shop-7d4"), ("NODE_NAME", "n1"), ("K8S_NAMESPACE_NAME", "other"), ("POD_UID", " ")];
    let told = facts([
        ("k8s.namespace.name", "other"),
        ("k8s.node.name", "n1"),
        ("k8s.pod.name", "shop-7d4"),
        ("k8s.pod.uid", UID),
        ("k8s.container.name", "app"),
    ]);
    assert_eq!(machine.told("k8s", &given), told);
    assert!(machine.told("container host", &given).is_empty(), "only what was asked for");
    let elsewhere = Machine::new("no-pod", &[]);
    assert!(elsewhere.told("k8s", &given).is_empty(), "these names mean something else outside of a cluster");
    let alone = elsewhere.told("k8s", &[("KUBERNETES_SERVICE_HOST", "10.0.0.1")]);
    assert_eq!(alone, facts([("k8s.pod.name", "machine")]));
}

#[test]
fn the_system_and_the_runtime_are_told_on_demand() {
    let release = "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"13\"\nID=debian\n";
    let machine = Machine::new("system", &[("etc/os-release", release)]);
    let told = machine.told("runtime os", &[]);
    let behind_type = facts([
        ("os.name", "Debian GNU/Linux"),
        ("os.version", "13"),
        ("process.runtime.name", "cpython"),
        ("process.runtime.version", "3.11.7"),
    ]);
    assert_eq!((told[0].0, &told[1..]), ("os.type", behind_type.as_slice()));
    assert!(machine.told("host process", &[]).is_empty());
}

#[test]
fn a_fact_is_bounded_and_one_of_the_resource_is_what_there_is() {
    let long = "é".repeat(1_000);
    let told = cloud(&[("FLY_APP_NAME", "shop"), ("FLY_REGION", &long)]);
    assert_eq!(told.iter().find(|(key, _)| *key == "cloud.region").unwrap().1, "é".repeat(128));
    let variables = [("OTEL_RESOURCE_ATTRIBUTES", "cloud.region=here,host.id=7"), ("FLY_APP_NAME", "shop")];
    assert_eq!(cloud(&variables), facts([("cloud.provider", "fly_io"), ("cloud.region", "here")]));
}
