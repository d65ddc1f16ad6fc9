//! What is allowed in a profile and should be seen before the launch: secrets, which everyone on the instance could read.
//!
//! Knows how secrets look; what it found is never repeated, for warnings are logged and shown.

use std::{collections::BTreeMap, fmt};

use super::Profile;

/// Something that looks like a secret, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// The key's path, for example `run.env.HF_TOKEN`.
    pub key: String,
    /// What gave it away.
    pub sign: Sign,
}

/// What gave a secret away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// The variable's name.
    Name,
    /// The value itself, or a word of it.
    Value(Secret),
}

/// Whose secret it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secret {
    /// An access key of AWS.
    AwsKey,
    /// A token of GitHub or GitLab.
    GitToken,
    /// A token of Hugging Face.
    HuggingFaceToken,
    /// A key of an API such as OpenAI's, or a token of Slack.
    ApiKey,
    /// A private key.
    PrivateKey,
}

/// How such secrets begin, and how long they are at least.
///
/// Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>,
/// <https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>,
/// <https://docs.gitlab.com/security/tokens/#token-prefixes>, <https://huggingface.co/docs/hub/security-tokens>.
const BEGINNINGS: [(&str, usize, Secret); 15] = [
    ("AKIA", 20, Secret::AwsKey),
    ("ASIA", 20, Secret::AwsKey),
    ("ghp_", 20, Secret::GitToken),
    ("gho_", 20, Secret::GitToken),
    ("ghu_", 20, Secret::GitToken),
    ("ghs_", 20, Secret::GitToken),
    ("ghr_", 20, Secret::GitToken),
    ("github_pat_", 20, Secret::GitToken),
    ("glpat-", 20, Secret::GitToken),
    ("hf_", 20, Secret::HuggingFaceToken),
    ("sk-", 20, Secret::ApiKey),
    ("xoxb-", 20, Secret::ApiKey),
    ("xoxp-", 20, Secret::ApiKey),
    ("xoxa-", 20, Secret::ApiKey),
    ("xoxs-", 20, Secret::ApiKey),
];

impl Profile {
    /// Everything that should be seen before the launch.
    pub fn warnings(&self) -> Vec<Warning> {
        let run = &self.agent.run;
        let checkpoint = self.agent.checkpoint.as_ref().and_then(|it| it.command.as_deref());
        let texts = [
            ("run.setup", run.setup.as_deref()),
            ("run.command", run.command.as_deref()),
            ("checkpoint.command", checkpoint),
        ];
        let in_text = |(key, text): (&str, Option<&str>)| {
            Some(Warning { key: key.to_owned(), sign: Sign::Value(secret_in(text?)?) })
        };
        in_variables("run.env", &run.env).chain(texts.into_iter().filter_map(in_text)).collect()
    }
}

fn in_variables(path: &str, variables: &BTreeMap<String, String>) -> impl Iterator<Item = Warning> {
    variables.iter().filter_map(move |(name, value)| {
        let by_name = (is_secret_name(name) && !value.is_empty()).then_some(Sign::Name);
        let sign = secret_in(value).map(Sign::Value).or(by_name)?;
        Some(Warning { key: format!("{path}.{name}"), sign })
    })
}

/// `HF_TOKEN`, `WANDB_API_KEY`, `DbPassword`; but not `TOKENIZERS_PARALLELISM` or `MAX_TOKENS`.
fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let secret = |word: &str| {
        ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "APIKEY"]
            .iter()
            .any(|end| word.ends_with(end))
            || matches!(word, "SECRETS" | "CREDENTIAL" | "CREDENTIALS")
    };
    name.split('_').any(secret) || name.ends_with("_KEY")
}

fn secret_in(text: &str) -> Option<Secret> {
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY") {
        return Some(Secret::PrivateKey);
    }
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    text.split(|c| !inner(c)).find_map(|word| {
        let found =
            BEGINNINGS.iter().find(|(begins, least, _)| word.len() >= *least && word.starts_with(begins));
        found.map(|(_, _, kind)| *kind)
    })
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, sign } = self;
        match sign {
            Sign::Name => write!(f, "{key}: is a secret by its name")?,
            Sign::Value(kind) => write!(f, "{key}: holds what looks like {kind}")?,
        }
        f.write_str(
            "; whoever is on the instance can read it there, and whoever may describe the instance can read it in its \
             user data: keep it in Secrets Manager or SSM, and fetch it in run.setup",
        )
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AwsKey => "an access key of AWS",
            Self::GitToken => "a token of GitHub or GitLab",
            Self::HuggingFaceToken => "a token of Hugging Face",
            Self::ApiKey => "the key of an API",
            Self::PrivateKey => "a private key",
        })
    }
}

#[cfg(test)]
mod tests;
