//! The cloud's service that a process runs on, as far as environment variables tell. Nobody is asked over a network.

use super::around::{Around, Facts};
use super::variables::{IN_A_POD, KNATIVE_SERVICE, PLATFORMS, Platform, SITE};

pub(super) fn find(around: &Around<'_>, facts: &mut Facts) {
    let is_here = |platform: &&Platform| {
        // In a cluster it is Knative, whoever's cluster it is.
        let is_knative = platform.signs == [KNATIVE_SERVICE] && around.variable(&[IN_A_POD]).is_some();
        around.variable(platform.signs).is_some() && !is_knative
    };
    let Some(platform) = PLATFORMS.iter().find(is_here) else { return };
    facts.tell("cloud.provider", platform.provider);
    facts.tell("cloud.platform", platform.platform);
    facts.tell_all(platform.facts, around);
    if platform.provider == "azure" {
        tell_site(around, facts);
    }
}

/// The subscription, and the site's identifier in Azure's Resource Manager.
fn tell_site(around: &Around<'_>, facts: &mut Facts) {
    let [owner, group, name] = SITE.map(|variable| around.variable(&[variable]));
    // `subscription+region-group…`
    let subscription = owner.and_then(|owner| owner.split('+').next());
    facts.tell("cloud.account.id", subscription.unwrap_or_default());
    if let (Some(subscription), Some(group), Some(name)) = (subscription, group, name) {
        let id = format!(
            "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Web/sites/{name}"
        );
        facts.tell("cloud.resource_id", &id);
    }
}
