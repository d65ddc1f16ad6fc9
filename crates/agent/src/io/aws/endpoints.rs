//! Where each service is: AWS's own address, or what the environment names as the SDKs do.

use std::collections::BTreeMap;

/// The services that the agent calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Api {
    /// Objects.
    S3,
    /// Instances.
    Ec2,
    /// Auto Scaling groups.
    AutoScaling,
    /// CloudWatch Logs.
    Logs,
    /// CloudWatch metrics.
    Metrics,
}

impl Api {
    const ALL: [Self; 5] = [Self::S3, Self::Ec2, Self::AutoScaling, Self::Logs, Self::Metrics];

    /// As it is signed, and called in its address.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Ec2 => "ec2",
            Self::AutoScaling => "autoscaling",
            Self::Logs => "logs",
            Self::Metrics => "monitoring",
        }
    }

    /// As people call it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::S3 => "S3",
            Self::Ec2 => "EC2",
            Self::AutoScaling => "Auto Scaling",
            Self::Logs => "CloudWatch Logs",
            Self::Metrics => "CloudWatch",
        }
    }

    /// Source: SDKs and Tools Reference Guide, "Service-specific endpoints".
    fn variable(self) -> &'static str {
        match self {
            Self::S3 => "AWS_ENDPOINT_URL_S3",
            Self::Ec2 => "AWS_ENDPOINT_URL_EC2",
            Self::AutoScaling => "AWS_ENDPOINT_URL_AUTO_SCALING",
            Self::Logs => "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
            Self::Metrics => "AWS_ENDPOINT_URL_CLOUDWATCH",
        }
    }
}

/// Addresses that are not AWS's own.
#[derive(Clone, Debug, Default)]
pub struct Endpoints(BTreeMap<Api, String>);

impl Endpoints {
    /// `AWS_ENDPOINT_URL_S3` and the others, else `AWS_ENDPOINT_URL`.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        if set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some_and(|it| it.eq_ignore_ascii_case("true")) {
            return Self::default();
        }
        let named = |api: Api| Some((api, set(api.variable()).or_else(|| set("AWS_ENDPOINT_URL"))?));
        let trimmed = |(api, url): (Api, String)| (api, url.trim_end_matches('/').to_owned());
        Self(crate::ordered::map(Api::ALL.into_iter().filter_map(named).map(trimmed)))
    }

    /// An address given in its place.
    pub fn given(&self, api: Api) -> Option<&str> {
        self.0.get(&api).map(String::as_str)
    }

    /// Where it is in a region.
    pub(crate) fn base(&self, api: Api, region: &str) -> String {
        match self.given(api) {
            Some(given) => given.to_owned(),
            None => format!("https://{}", host(api, region)),
        }
    }
}

/// `s3.us-east-1.amazonaws.com`.
pub(crate) fn host(api: Api, region: &str) -> String {
    format!("{}.{region}.{}", api.name(), domain(region))
}

/// Source: botocore's `partitions.json`.
fn domain(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "amazonaws.com.cn",
        Some("eusc") => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

/// An address in its parts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Url<'a> {
    /// Scheme and authority.
    pub(crate) origin: &'a str,
    /// As it is signed: without the scheme's own port.
    pub(crate) authority: &'a str,
    /// Without a slash at its end.
    pub(crate) path: &'a str,
}

impl<'a> Url<'a> {
    pub(crate) fn of(base: &'a str) -> Result<Self, String> {
        let fault = || format!("{base:?} is no address: write it as https://host[:port]");
        let (scheme, rest) = base.split_once("://").ok_or_else(fault)?;
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let port = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => return Err(fault()),
        };
        if authority.is_empty() || authority.contains(['@', '?', '#', ' ']) {
            return Err(fault());
        }
        let origin = &base[..scheme.len() + 3 + authority.len()];
        let authority = authority.strip_suffix(port).unwrap_or(authority);
        Ok(Self { origin, authority, path: path.trim_end_matches('/') })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_its_own_address_or_the_common_one_or_awss() {
        let of = |pairs: &'static [(&str, &str)]| {
            Endpoints::from_environment(move |name| {
                pairs.iter().find(|(k, _)| *k == name).map(|(_, v)| (*v).to_owned())
            })
        };
        let both = of(&[("AWS_ENDPOINT_URL", "http://a:1/"), ("AWS_ENDPOINT_URL_S3", "http://b")]);
        assert_eq!(both.base(Api::S3, "us-east-1"), "http://b");
        assert_eq!(both.base(Api::Logs, "us-east-1"), "http://a:1");
        let none = of(&[("AWS_ENDPOINT_URL", "")]);
        assert_eq!(none.base(Api::Metrics, "eu-west-1"), "https://monitoring.eu-west-1.amazonaws.com");
        assert_eq!(none.base(Api::Ec2, "cn-north-1"), "https://ec2.cn-north-1.amazonaws.com.cn");
        let off = of(&[("AWS_ENDPOINT_URL", "http://a"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")]);
        assert!(off.given(Api::S3).is_none());
    }

    #[test]
    fn addresses_are_taken_apart() {
        let url = Url::of("https://host:443/base/").expect("an address");
        assert_eq!(url, Url { origin: "https://host:443", authority: "host", path: "/base" });
        assert_eq!(Url::of("http://127.0.0.1:4000").expect("an address").authority, "127.0.0.1:4000");
        for wrong in ["host", "ftp://host", "https://", "https://user@host", "http://?"] {
            assert!(Url::of(wrong).is_err(), "{wrong}");
        }
    }
}
