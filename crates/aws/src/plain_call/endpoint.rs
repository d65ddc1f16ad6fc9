//! Where a service is asked: where the user's variables and files say, else at AWS.
//!
//! Source of the variables: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>; of the hosts'
//! names: the SDK's own endpoint rules, which are the same for all regional services.

use aws_types::{SdkConfig, region::Region, service_config::ServiceConfigKey};

use super::{Api, Place};
use crate::partition::Partition;

/// The URL, and the region that the call is signed for.
pub(super) fn of(sdk: &SdkConfig, api: &Api) -> (String, Region) {
    let region = sdk.region().cloned().unwrap_or_else(|| Region::from_static(crate::account::HOME_REGION));
    let partition = Partition::of(&region.as_ref().into());
    let region = match api.place {
        Place::Regional => region,
        Place::Global => Region::from_static(partition.iam_region),
    };
    let url =
        configured(sdk, api).unwrap_or_else(|| format!("https://{}", host(sdk, api, &region, partition)));
    (url, region)
}

fn configured(sdk: &SdkConfig, api: &Api) -> Option<String> {
    let of_service = || {
        let key = ServiceConfigKey::builder()
            .service_id(api.id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .ok()?;
        sdk.service_config()?.load_config(key)
    };
    let of_all = || sdk.endpoint_url().map(str::to_owned);
    if sdk.get_origin("endpoint_url").is_client_config() { of_all() } else { of_service().or_else(of_all) }
}

fn host(sdk: &SdkConfig, api: &Api, region: &Region, partition: &Partition) -> String {
    if api.place == Place::Global {
        return partition.iam_host.to_owned();
    }
    let fips = if sdk.use_fips().unwrap_or_default() { "-fips" } else { "" };
    let dual = sdk.use_dual_stack().unwrap_or_default();
    let suffix = if dual { partition.dual_stack_suffix } else { partition.suffix };
    format!("{}{fips}.{region}.{suffix}", api.name)
}
