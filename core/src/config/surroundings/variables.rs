//! The environment variables by which a platform tells a process where it runs.
//!
//! Not for reading them: see `kubernetes` and `cloud`.

/// A fact, and the variables that may tell it; the first one that is set holds.
pub(super) struct Told {
    pub(super) key: &'static str,
    pub(super) variables: &'static [&'static str],
}

const fn told(key: &'static str, variables: &'static [&'static str]) -> Told {
    Told { key, variables }
}

/// Every pod has it.
pub(super) const IN_A_POD: &str = "KUBERNETES_SERVICE_HOST";

/// What the downward API is asked to put into variables, under the names that people use for it.
pub(super) static POD: [Told; 7] = [
    told("k8s.cluster.name", &["K8S_CLUSTER_NAME", "KUBERNETES_CLUSTER_NAME", "CLUSTER_NAME"]),
    told(
        "k8s.namespace.name",
        &["K8S_NAMESPACE_NAME", "K8S_NAMESPACE", "KUBERNETES_NAMESPACE", "POD_NAMESPACE", "MY_POD_NAMESPACE"],
    ),
    told("k8s.node.name", &["K8S_NODE_NAME", "KUBERNETES_NODE_NAME", "NODE_NAME", "MY_NODE_NAME"]),
    told("k8s.pod.name", &["K8S_POD_NAME", "KUBERNETES_POD_NAME", "POD_NAME", "MY_POD_NAME"]),
    told("k8s.pod.uid", &["K8S_POD_UID", "KUBERNETES_POD_UID", "POD_UID", "MY_POD_UID"]),
    told("k8s.deployment.name", &["K8S_DEPLOYMENT_NAME", "KUBERNETES_DEPLOYMENT_NAME", "DEPLOYMENT_NAME"]),
    told("k8s.container.name", &["K8S_CONTAINER_NAME", "KUBERNETES_CONTAINER_NAME", "CONTAINER_NAME"]),
];

/// A cloud's service.
pub(super) struct Platform {
    /// The variables of which one at least is set there.
    pub(super) signs: &'static [&'static str],
    /// `cloud.provider`.
    pub(super) provider: &'static str,
    /// `cloud.platform`; empty where the conventions have no name for it.
    pub(super) platform: &'static str,
    pub(super) facts: &'static [Told],
}

const AWS_REGION: Told = told("cloud.region", &["AWS_REGION", "AWS_DEFAULT_REGION"]);
const AZURE_REGION: Told = told("cloud.region", &["REGION_NAME"]);
const AZURE_INSTANCE: Told = told("service.instance.id", &["WEBSITE_INSTANCE_ID"]);
const GCP_PROJECT: Told =
    told("cloud.account.id", &["GOOGLE_CLOUD_PROJECT", "GCP_PROJECT", "GCLOUD_PROJECT"]);
const KNATIVE_REVISION: Told = told("faas.version", &["K_REVISION"]);

/// The services, the narrower ones first: Vercel stands on Lambda, and functions stand on what runs containers.
pub(super) static PLATFORMS: [Platform; 12] = [
    Platform {
        signs: &["VERCEL"],
        provider: "vercel",
        platform: "",
        facts: &[
            told("cloud.region", &["VERCEL_REGION"]),
            told("cloud.account.id", &["VERCEL_PROJECT_ID"]),
            told("faas.version", &["VERCEL_DEPLOYMENT_ID"]),
        ],
    },
    Platform {
        signs: &["AWS_LAMBDA_FUNCTION_NAME"],
        provider: "aws",
        platform: "aws_lambda",
        facts: &[
            AWS_REGION,
            told("faas.name", &["AWS_LAMBDA_FUNCTION_NAME"]),
            told("faas.version", &["AWS_LAMBDA_FUNCTION_VERSION"]),
            told("faas.instance", &["AWS_LAMBDA_LOG_STREAM_NAME"]),
        ],
    },
    Platform {
        signs: &["ECS_CONTAINER_METADATA_URI_V4", "ECS_CONTAINER_METADATA_URI"],
        provider: "aws",
        platform: "aws_ecs",
        facts: &[AWS_REGION],
    },
    Platform {
        signs: &["CONTAINER_APP_NAME"],
        provider: "azure",
        platform: "azure.container_apps",
        facts: &[told("service.instance.id", &["CONTAINER_APP_REPLICA_NAME"])],
    },
    Platform {
        signs: &["FUNCTIONS_EXTENSION_VERSION"],
        provider: "azure",
        platform: "azure.functions",
        facts: &[
            AZURE_REGION,
            told("faas.name", &["WEBSITE_SITE_NAME"]),
            told("faas.instance", &["WEBSITE_INSTANCE_ID"]),
        ],
    },
    Platform {
        signs: &["WEBSITE_SITE_NAME"],
        provider: "azure",
        platform: "azure.app_service",
        facts: &[AZURE_REGION, AZURE_INSTANCE],
    },
    Platform {
        signs: &["FUNCTION_TARGET"],
        provider: "gcp",
        platform: "gcp_cloud_functions",
        facts: &[GCP_PROJECT, told("faas.name", &["K_SERVICE", "FUNCTION_NAME"]), KNATIVE_REVISION],
    },
    Platform {
        signs: &["CLOUD_RUN_JOB"],
        provider: "gcp",
        platform: "gcp_cloud_run",
        facts: &[
            GCP_PROJECT,
            told("faas.name", &["CLOUD_RUN_JOB"]),
            told("faas.instance", &["CLOUD_RUN_EXECUTION"]),
        ],
    },
    Platform {
        signs: &[KNATIVE_SERVICE],
        provider: "gcp",
        platform: "gcp_cloud_run",
        facts: &[GCP_PROJECT, told("faas.name", &[KNATIVE_SERVICE]), KNATIVE_REVISION],
    },
    Platform {
        signs: &["GAE_SERVICE"],
        provider: "gcp",
        platform: "gcp_app_engine",
        facts: &[
            GCP_PROJECT,
            told("faas.name", &["GAE_SERVICE"]),
            told("faas.version", &["GAE_VERSION"]),
            told("faas.instance", &["GAE_INSTANCE"]),
        ],
    },
    Platform {
        signs: &["HEROKU_APP_ID", "HEROKU_DYNO_ID", "DYNO"],
        provider: "heroku",
        platform: "",
        facts: &[
            told("heroku.app.id", &["HEROKU_APP_ID"]),
            told("heroku.release.commit", &["HEROKU_SLUG_COMMIT"]),
            told("service.instance.id", &["HEROKU_DYNO_ID", "DYNO"]),
        ],
    },
    Platform {
        signs: &["FLY_APP_NAME"],
        provider: "fly_io",
        platform: "",
        facts: &[
            told("cloud.region", &["FLY_REGION"]),
            told("service.instance.id", &["FLY_MACHINE_ID", "FLY_ALLOC_ID"]),
        ],
    },
];

/// The sign of Cloud Run, which Knative has in any cluster, too.
pub(super) const KNATIVE_SERVICE: &str = "K_SERVICE";

/// What an identifier of an Azure site is made of: owner, resource group, name.
pub(super) const SITE: [&str; 3] = ["WEBSITE_OWNER_NAME", "WEBSITE_RESOURCE_GROUP", "WEBSITE_SITE_NAME"];

/// The names of all of them. Some stand there more than once.
pub(in crate::config) fn all() -> impl Iterator<Item = &'static str> {
    let facts = PLATFORMS.iter().flat_map(|platform| platform.facts).chain(&POD);
    let signs = PLATFORMS.iter().flat_map(|platform| platform.signs).copied();
    facts.flat_map(|told| told.variables).copied().chain(signs).chain(SITE).chain([IN_A_POD])
}
