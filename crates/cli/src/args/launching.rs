//! What can be typed about profiles and launches, with help that teaches.

use clap::{Args, Subcommand, ValueEnum};
use domain::{AccountName, Region, config};

/// What to launch, and how carefully.
#[derive(Debug, Args)]
pub(crate) struct Launch {
    /// A profile's name, or the path of its file; with --demo it may be left out
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Only look at everything; launch nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Launch so many, one after another, each in an environment of its own: NAME, NAME-2, NAME-3 ...
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=20))]
    pub(crate) count: u8,
    /// Change one value of the profile for this launch: --set limits.max_runtime=2h
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    pub(crate) sets: Vec<Setting>,
    /// The account to launch in, where there is more than one
    #[arg(long, value_name = "NAME", value_parser = config::account_name)]
    pub(crate) account: Option<AccountName>,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// End once the instance is there, instead of following it until its work begins
    #[arg(long)]
    pub(crate) detach: bool,
    /// Print JSON at the end, and nothing before; its schema is stable. Needs --yes or --dry-run
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) const LAUNCH_HELP: &str = "\
Looks at everything before a cent is spent - credentials, types, image, network, bucket, quota, cost, permission - then asks,
and then asks EC2 for one place after another until one is granted. Every refused place is named. Without a terminal it needs
--yes, for it spends money.

It goes on until the agent on the instance says that the work has begun (--detach: until the instance is there). Ctrl-C until
then calls the launch off and removes what it made; a second Ctrl-C leaves at once and says what may still be there.

A launch that was killed, or whose answer was lost, is found again by launching the same profile: never is there a second
instance. To have two at once, give the second an environment of its own: --set run.environment=other, or --count 2.

Exit codes: 0 launched, or checked with --dry-run; 1 refused, failed or called off; 2 the command, config.toml or the profile
is wrong.

Examples:
  curfew --demo launch                             try it: nothing is real, nothing costs anything
  curfew launch g5-training --dry-run
  curfew launch g5-training --set limits.max_runtime=2h --set market.kind=on-demand
  curfew launch ./sweep.toml --count 3 --yes --detach --json | jq -r '.launches[].instance.id'";

/// What to do with profiles.
#[derive(Debug, Subcommand)]
pub(crate) enum Profiles {
    /// List the profiles: what each launches, and what that costs at worst
    List,
    /// Show a profile as it will be taken: defaults, warnings, costs by the prices in this program
    Show {
        /// A profile's name, or the path of its file; `-` reads standard input
        #[arg(value_name = "PROFILE")]
        profile: String,
    },
    /// Say everything that is wrong with profiles, as FILE:LINE: KEY: what
    #[command(after_help = CHECK_PROFILES_HELP)]
    Check {
        /// Names or paths; `-` reads standard input. None: all profiles in the folder
        #[arg(value_name = "FILE")]
        files: Vec<String>,
    },
    /// Print one of the worked examples; without a name, say which there are
    Example {
        /// Which
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
}

pub(crate) const PROFILES_HELP: &str = "\
Profiles are TOML files in the folder `profiles` beside config.toml; `curfew profiles list` says where that is.

Examples:
  curfew profiles example g5-training > mine.toml     begin from a worked example
  curfew profiles check mine.toml                     all its faults at once; nothing is asked of AWS
  curfew profiles show mine.toml
  curfew launch mine.toml --dry-run

Exit codes: 0 done; 1 a profile is faulty; 2 the command or config.toml is wrong, or a file cannot be read.";

const CHECK_PROFILES_HELP: &str = "\
Faults go to standard output, one on a line as editors understand it. Warnings are marked as such and are no faults.

Exit codes: 0 no fault; 1 some fault; 2 wrong usage, or a file cannot be read.

Examples:
  curfew profiles check
  curfew profiles check *.toml
  git show HEAD:train.toml | curfew profiles check -";

/// Whose user data to print.
#[derive(Debug, Args)]
pub(crate) struct UserData {
    /// A profile's name, or the path of its file; `-` reads standard input
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: String,
    /// Change one value of the profile first, as for `curfew launch`
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    pub(crate) sets: Vec<Setting>,
}

pub(crate) const USER_DATA_HELP: &str = "\
Prints the script that puts the agent on the instance, with what the agent is told and the SHA-256 of this program's own
builds of it. Nothing is asked of AWS, so that what is known only at the launch is a placeholder: the agent's URLs, which
are signed then and end after a while; the bucket and its region, where the profile names none.

Exit codes: 0 done; 1 there is no script, and why; 2 the command or the profile is wrong.

Examples:
  curfew user-data g5-training
  curfew user-data g5-training | sh -n        is it a script?";

/// Which policy to print, filled in for whom.
#[derive(Debug, Args)]
pub(crate) struct Policy {
    /// Whose
    pub(crate) which: PolicyName,
    /// The AWS account's number; without it AWS is asked whom the credentials belong to
    #[arg(long, value_name = "NUMBER", value_parser = account_number)]
    pub(crate) account_number: Option<String>,
    /// The region of the instances; without it AWS_REGION
    #[arg(long, value_parser = config::region)]
    pub(crate) region: Option<Region>,
    /// The bucket of the instances; without it the one that `curfew prepare` makes: curfew-ACCOUNT-REGION
    #[arg(long)]
    pub(crate) bucket: Option<String>,
    /// The account of config.toml to ask, where there is more than one
    #[arg(long, value_name = "NAME", value_parser = config::account_name)]
    pub(crate) account: Option<AccountName>,
}

/// The policies that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyName {
    /// For the person who uses Curfew
    Desktop,
    /// For the instances that Curfew launches; what `curfew prepare` makes has it already
    Instance,
    /// For whoever runs `curfew prepare`
    Prepare,
}

pub(crate) const POLICY_HELP: &str = "\
Each is the least that its holder needs, as one customer managed policy (they are too long for an inline one of a user).

Exit codes: 0 done; 1 AWS could not be asked for the account's number; 2 the command is wrong.

Examples:
  curfew policy desktop --account-number 123456789012 > desktop.json
  aws iam create-policy --policy-name curfew-desktop --policy-document file://desktop.json
  curfew policy instance --account-number 123456789012 --region us-east-1 --bucket my-bucket";

/// `--set key=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) key: String,
    pub(crate) value: String,
}

fn setting(text: &str) -> Result<Setting, String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok(Setting { key: key.trim().to_owned(), value: value.to_owned() })
        }
        Some(_) | None => Err(format!("`{text}` sets nothing: one is written limits.max_runtime=2h")),
    }
}

fn account_number(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not an account's number: one has 12 digits"))
    }
}
