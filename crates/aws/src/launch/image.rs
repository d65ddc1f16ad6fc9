//! The image for an architecture: by its id, or by the id that a parameter of SSM holds.

use aws_sdk_ec2::types::{ArchitectureValues, Image as Described};
use domain::{CloudFault, Region};
use launch::{call::ImageFacts, profile::Image};
use protocol::userdata::Architecture;

use super::{absent, absent_if};
use crate::{account::Account, parameter};

/// What the image is.
pub(super) async fn facts(
    account: &Account,
    region: &Region,
    image: &Image,
    architecture: Architecture,
) -> Result<ImageFacts, CloudFault> {
    let id = match image {
        Image::Id(id) => id.clone(),
        Image::Parameter(path) => named_by(account, region, path).await?,
        Image::Newest(alias) => {
            let machine = architecture.machine();
            let nothing = || {
                let what = format!("image {} for {machine}", alias.as_str());
                absent(what, format!("Choose types or an image of another architecture than {machine}."))
            };
            named_by(account, region, &alias.parameter(architecture).ok_or_else(nothing)?).await?
        }
    };
    described(account, region, &id).await
}

/// The id that a parameter holds.
async fn named_by(account: &Account, region: &Region, path: &str) -> Result<String, CloudFault> {
    let advice = "Choose another image, or name one by its id.";
    let value = parameter::value(account, region, path, advice).await?;
    if value.starts_with("ami-") {
        return Ok(value);
    }
    // What it holds instead may be a secret.
    Err(absent(
        format!("image in parameter {path}"),
        "The parameter must hold an image's id, such as ami-0abc.",
    ))
}

async fn described(account: &Account, region: &Region, id: &str) -> Result<ImageFacts, CloudFault> {
    let what = format!("image {id} in {region}");
    let advice = "Each region has its own ids: check the id, and that the image is shared with the account.";
    let answer = account.ec2(region).describe_images().image_ids(id).send().await;
    let images = match answer {
        Ok(answer) => answer.images.unwrap_or_default(),
        Err(error) => {
            let fault = account.fault_in(region, "ec2:DescribeImages", error).await;
            let codes = ["InvalidAMIID.NotFound", "InvalidAMIID.Malformed", "InvalidAMIID.Unavailable"];
            return Err(absent_if(fault, &codes, &what, advice));
        }
    };
    let image = images.first().ok_or_else(|| absent(&what, advice))?;
    let unfit = || absent(format!("{what} that runs on x86_64 or arm64"), "Choose another image.");
    translate(id, image).ok_or_else(unfit)
}

fn translate(id: &str, image: &Described) -> Option<ImageFacts> {
    let architecture = match image.architecture()? {
        ArchitectureValues::X8664 => Architecture::X86_64,
        ArchitectureValues::Arm64 => Architecture::Aarch64,
        _ => return None,
    };
    let root_device = image.root_device_name()?;
    let mut disks = image.block_device_mappings().iter();
    let root = disks.find(|disk| disk.device_name() == Some(root_device));
    let gib = root.and_then(|disk| disk.ebs()?.volume_size()).and_then(|gib| u32::try_from(gib).ok());
    Some(ImageFacts {
        id: id.to_owned(),
        name: image.name().unwrap_or(id).to_owned(),
        architecture,
        root_device: root_device.to_owned(),
        root_gib: gib.unwrap_or_default(),
    })
}
