//! What an instance boots from: an image's id, or the newest of a family by AWS's public SSM parameters.

use protocol::userdata::Architecture;
use serde::{Deserialize, Serialize};

/// What it boots from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Image {
    /// The newest of a family, for the architecture of the type that is launched.
    Newest(ImageAlias),
    /// This one: `ami-...`.
    Id(String),
    /// What a parameter of SSM names: `ssm:/path`.
    Parameter(String),
}

/// Families of images that AWS and Canonical name in public parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImageAlias {
    /// `dlami-pytorch`: Deep Learning AMI with PyTorch 2.9 in /opt/pytorch, Ubuntu 24.04.
    DeepLearningPyTorch,
    /// `dlami-base`: Deep Learning AMI with NVIDIA's driver only, Ubuntu 24.04.
    DeepLearningBase,
    /// `neuron`: Deep Learning AMI with the Neuron SDK, Ubuntu 24.04.
    Neuron,
    /// `ubuntu-22.04`.
    Ubuntu2204,
    /// `ubuntu-24.04`.
    Ubuntu2404,
    /// `al2023`.
    AmazonLinux2023,
}

impl ImageAlias {
    /// All of them, in the order in which they are named to people.
    pub const ALL: [Self; 6] = [
        Self::DeepLearningPyTorch,
        Self::DeepLearningBase,
        Self::Neuron,
        Self::Ubuntu2404,
        Self::Ubuntu2204,
        Self::AmazonLinux2023,
    ];

    /// As a profile writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeepLearningPyTorch => "dlami-pytorch",
            Self::DeepLearningBase => "dlami-base",
            Self::Neuron => "neuron",
            Self::Ubuntu2204 => "ubuntu-22.04",
            Self::Ubuntu2404 => "ubuntu-24.04",
            Self::AmazonLinux2023 => "al2023",
        }
    }

    /// The public parameter that names the newest image, or none where the family has none for the architecture.
    ///
    /// Sources: <https://docs.aws.amazon.com/dlami/latest/devguide/find-dlami-id.html> and the release notes there,
    /// <https://awsdocs-neuron.readthedocs-hosted.com/en/latest/deploy/environments/dlami.html>,
    /// <https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/>,
    /// <https://docs.aws.amazon.com/linux/al2023/ug/ec2.html>.
    pub fn parameter(self, architecture: Architecture) -> Option<String> {
        let deep = "/aws/service/deeplearning/ami";
        let canonical = "/aws/service/canonical/ubuntu/server";
        let machine = architecture.machine();
        let debian = match architecture {
            Architecture::X86_64 => "amd64",
            Architecture::Aarch64 => "arm64",
        };
        // Amazon and NVIDIA's images say arm64, the kernel aarch64.
        let amazon = if debian == "arm64" { "arm64" } else { machine };
        let path = match self {
            Self::DeepLearningPyTorch => {
                format!("{deep}/{amazon}/oss-nvidia-driver-gpu-pytorch-2.10-ubuntu-24.04/latest/ami-id")
            }
            Self::DeepLearningBase => {
                format!("{deep}/{amazon}/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id")
            }
            Self::Neuron => {
                if architecture == Architecture::Aarch64 {
                    return None;
                }
                "/aws/service/neuron/dlami/multi-framework/ubuntu-24.04/latest/image_id".into()
            }
            Self::Ubuntu2204 => format!("{canonical}/22.04/stable/current/{debian}/hvm/ebs-gp2/ami-id"),
            Self::Ubuntu2404 => format!("{canonical}/24.04/stable/current/{debian}/hvm/ebs-gp3/ami-id"),
            Self::AmazonLinux2023 => {
                format!("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{amazon}")
            }
        };
        Some(path)
    }
}
