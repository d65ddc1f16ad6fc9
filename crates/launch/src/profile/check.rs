//! What a single value of a profile may be. Each function returns what is wrong and what would be right.

use std::time::Duration;

use document::{duration::parse_duration, nearest};
use domain::{HourlyRate, InstanceType, Money, Region, config, price};

use super::{AlarmAct, Image, ImageAlias, OnInterruption};

/// A result: a value, or a sentence.
pub(super) type Checked<T> = Result<T, String>;

/// `market.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    OnDemand,
    Spot,
    SpotThenOnDemand,
}

/// A region's code; a zone's name is one with a letter at its end.
pub(super) fn region(text: &str) -> Checked<Region> {
    config::region(text).map_err(|message| {
        let around =
            text.strip_suffix(|c: char| c.is_ascii_lowercase()).and_then(|it| config::region(it).ok());
        match around {
            Some(region) => format!("`{text}` is a zone: write {region}, of which every zone is tried"),
            None => message,
        }
    })
}

/// A family, a dot and a size, as in <https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html>.
/// Whether AWS has it is AWS's to say; a size that was never seen is a slip of the finger.
pub(super) fn instance_type(text: &str) -> Checked<InstanceType> {
    let family_and_size = text.split_once('.');
    if family_and_size.is_some_and(|(family, size)| is_family(family) && is_size(size)) {
        return Ok(InstanceType::new(text));
    }
    let hint = match nearest(text, price::known_types()) {
        Some(known) => format!("did you mean {known}?"),
        None => "one is written like g5.xlarge".into(),
    };
    Err(format!("`{text}` is not an instance type: {hint}"))
}

fn is_family(text: &str) -> bool {
    let begins = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    begins && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_size(text: &str) -> bool {
    let times = |size: &str| {
        size.strip_suffix("xl").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    matches!(text, "nano" | "micro" | "small" | "medium" | "large" | "xlarge" | "metal")
        || text.strip_suffix("arge").is_some_and(times)
        || text.strip_prefix("metal-").is_some_and(times)
}

/// `dlami-pytorch`, `ami-...` or `ssm:/path`.
pub(super) fn image(text: &str) -> Checked<Image> {
    if let Some(path) = text.strip_prefix("ssm:") {
        return match is_parameter(path) {
            true => Ok(Image::Parameter(path.to_owned())),
            false => {
                Err(format!("`{text}` names no parameter of SSM: one is written ssm:/path/to/parameter"))
            }
        };
    }
    if text.starts_with("ami-") {
        return match is_id(text, "ami-") {
            true => Ok(Image::Id(text.to_owned())),
            false => Err(format!("`{text}` is not an image's id: ami- and 8 or 17 hexadecimal digits")),
        };
    }
    let aliases = ImageAlias::ALL.map(ImageAlias::as_str);
    if let Some(alias) = ImageAlias::ALL.into_iter().find(|alias| alias.as_str() == text) {
        return Ok(Image::Newest(alias));
    }
    let hint = match nearest(text, aliases) {
        Some(alias) => format!("did you mean `{alias}`?"),
        None => format!("write ami-..., ssm:/path, or one of {}", aliases.join(", ")),
    };
    Err(format!("`{text}` is not an image: {hint}"))
}

/// SSM's own rule for names: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>.
fn is_parameter(path: &str) -> bool {
    let good = |b: u8| b.is_ascii_alphanumeric() || b"_.-/".contains(&b);
    path.len() > 1 && path.len() <= 1011 && path.starts_with('/') && path.bytes().all(good)
}

/// As EC2 writes ids: a prefix and 8 or 17 lower-case hexadecimal digits.
fn is_id(text: &str, prefix: &str) -> bool {
    let digits = text.strip_prefix(prefix).unwrap_or_default();
    matches!(digits.len(), 8 | 17) && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Empty is none, as for every wish about the network.
pub(super) fn key(text: &str) -> Checked<Option<String>> {
    if text.len() <= 255 && !text.contains(char::is_control) {
        Ok(some(text))
    } else {
        Err("is not a key pair's name: at most 255 characters, as EC2 shows it".into())
    }
}

pub(super) fn market(text: &str) -> Checked<Kind> {
    match text {
        "on-demand" => Ok(Kind::OnDemand),
        "spot" => Ok(Kind::Spot),
        "spot-then-on-demand" => Ok(Kind::SpotThenOnDemand),
        other => Err(format!("`{other}` is none of \"spot\", \"on-demand\" and \"spot-then-on-demand\"")),
    }
}

pub(super) fn on_interruption(text: &str) -> Checked<OnInterruption> {
    match text {
        "terminate" => Ok(OnInterruption::Terminate),
        "stop" => Ok(OnInterruption::Stop),
        "hibernate" => Ok(OnInterruption::Hibernate),
        other => Err(format!("`{other}` is none of \"terminate\", \"stop\" and \"hibernate\"")),
    }
}

/// EC2 refuses a maximum price of $0.001 and less (`SpotMarketOptions`).
pub(super) fn max_price(text: &str) -> Checked<HourlyRate> {
    let price = positive(text)?;
    if price > Money::from_micros(1_000) {
        Ok(HourlyRate::from_micros(price.micros()))
    } else {
        Err(format!("`{text}` is too little: EC2 takes a price above 0.001 an hour"))
    }
}

pub(super) fn positive(text: &str) -> Checked<Money> {
    match text.parse::<Money>() {
        Ok(amount) if amount > Money::ZERO => Ok(amount),
        Ok(_) => Err(format!("`{text}` must be more than nothing: write an amount such as \"10.00\"")),
        Err(fault) => Err(fault.to_string()),
    }
}

pub(super) fn disk_type(text: &str) -> Checked<()> {
    match text {
        "gp3" => Ok(()),
        other => Err(format!("`{other}` cannot be had: Curfew makes gp3 volumes only, so write \"gp3\"")),
    }
}

pub(super) fn subnet(text: &str) -> Checked<Option<String>> {
    if text.is_empty() || is_id(text, "subnet-") {
        Ok(some(text))
    } else {
        Err(format!("`{text}` is not a subnet's id: subnet- and 8 or 17 hexadecimal digits"))
    }
}

pub(super) fn security_group(text: &str) -> Checked<String> {
    if is_id(text, "sg-") {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not a security group's id: sg- and 8 or 17 hexadecimal digits"))
    }
}

/// IAM's own rule: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html>.
pub(super) fn instance_profile(text: &str) -> Checked<Option<String>> {
    let good = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    if text.len() <= 128 && text.bytes().all(good) {
        Ok(some(text))
    } else {
        Err(format!("`{text}` is not an instance profile's name: write its name, not its ARN"))
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// CloudWatch knows periods of 10 and 30 seconds too, but EC2 gives it a figure once a minute at most, so that such an
/// alarm would mostly see nothing.
///
/// Source: `Period` in <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>.
pub(super) fn period(text: &str) -> Checked<Duration> {
    let period = parse_duration(text).map_err(|fault| fault.to_string())?;
    let minutes = Duration::from_secs(period.as_secs() / 60 * 60);
    if period == minutes && (60..=86_400).contains(&period.as_secs()) {
        Ok(period)
    } else {
        Err(format!(
            "`{text}` will not do: EC2 gives figures by the minute, so write whole minutes, at most 24h"
        ))
    }
}

pub(super) fn alarm_act(text: &str) -> Checked<AlarmAct> {
    match text {
        "stop" => Ok(AlarmAct::Stop),
        "terminate" => Ok(AlarmAct::Terminate),
        other => Err(format!("`{other}` is neither \"stop\" nor \"terminate\"")),
    }
}

/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions>.
pub(super) fn tag_key(text: &str) -> Checked<()> {
    let prefix = text.split_once(':').map(|(prefix, _)| prefix.to_ascii_lowercase());
    match prefix.as_deref() {
        Some("aws") => Err("begins with aws:, which AWS keeps for itself: choose another name".into()),
        Some("curfew") => {
            Err("begins with curfew:, which Curfew keeps for itself: choose another name".into())
        }
        Some(_) | None if (1..=128).contains(&text.chars().count()) && !text.contains(char::is_control) => {
            Ok(())
        }
        Some(_) | None => Err("is not a tag's name: 1 to 128 characters, in one line".into()),
    }
}

pub(super) fn tag_value(text: &str) -> Checked<String> {
    if text.chars().count() <= 256 && !text.contains(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err("is not a tag's value: at most 256 characters, in one line".into())
    }
}
