//! What can be typed: commands, options, and help that teaches. Parses; does nothing.

mod launching;
mod regions;

use std::{ffi::OsString, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::{AccountName, Region, config, time::parse_duration};

use launching::{LAUNCH_HELP, POLICY_HELP, PROFILES_HELP, USER_DATA_HELP};
pub(crate) use launching::{Launch, Policy, PolicyName, Profiles, Setting, UserData};
use regions::{KEY_HELP, PREPARE_HELP, UNPREPARE_HELP};
pub(crate) use regions::{Key, Prepare, Unprepare};

/// The help that the three commands share.
macro_rules! act_help {
    ($verb:literal) => {
        concat!(
            "Says what will be done and what it saves, then asks; without a terminal it needs --yes. What is refused or\n\
             fails holds back nothing else. Protected instances (termination protection, tag curfew:protect) are left alone.\n\n\
             Exit codes: 0 all done; 1 something was refused or failed; 2 the command or config.toml is wrong.\n\n\
             Examples:\n  curfew ",
            $verb,
            " i-0f09e5bb081e72ae1\n  curfew ",
            $verb,
            " i-0f09e5bb081e72ae1 i-1a2b3c4d --region us-east-1 --yes\n  curfew ",
            $verb,
            " i-0f09e5bb081e72ae1 --dry-run"
        )
    };
}

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "curfew",
    version,
    about = "See what runs on EC2, what it has cost, and turn it off",
    after_help = EXAMPLES,
    disable_help_subcommand = true,
    propagate_version = true
)]
pub(crate) struct CommandLine {
    /// Use a simulated fleet instead of AWS: try everything, nothing is real
    #[arg(long, global = true)]
    pub(crate) demo: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  curfew --demo check                  try it without an AWS account
  curfew credentials add personal      connect an access key; it is kept in the keychain
  curfew check                         what has run for too long, and what it has cost
  curfew list --regions us-east-1      everything there is in a region
  curfew terminate i-0f09e5bb081e72ae1 end an instance for good
  curfew launch g5-training --dry-run  what a launch would do and cost

With no account set up, the AWS credentials of this shell are used (AWS_PROFILE, AWS_ACCESS_KEY_ID, ~/.aws).
CURFEW_CONFIG_DIR and CURFEW_DATA_DIR say where Curfew's files are, if not where the system puts such files.";

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say which instances need attention; the exit code is their number
    #[command(after_help = CHECK_HELP)]
    Check(Check),
    /// List the instances of every region, worst first
    #[command(after_help = LIST_HELP)]
    List(List),
    /// Stop instances: they can be started again, and their volumes go on costing
    #[command(after_help = act_help!("stop"))]
    Stop(Act),
    /// Start stopped instances
    #[command(after_help = act_help!("start"))]
    Start(Act),
    /// Terminate instances, for good
    #[command(after_help = act_help!("terminate"))]
    Terminate(Act),
    /// Launch from a profile: look at everything, ask, launch, follow
    #[command(after_help = LAUNCH_HELP)]
    Launch(Launch),
    /// List, show and check launch profiles
    #[command(subcommand, after_help = PROFILES_HELP)]
    Profiles(Profiles),
    /// Print the script that a profile's instances are given
    #[command(after_help = USER_DATA_HELP)]
    UserData(UserData),
    /// Make what launches need in a region: network, bucket, role; it costs nothing at rest
    #[command(after_help = PREPARE_HELP)]
    Prepare(Prepare),
    /// Remove what `prepare` made; the bucket stays
    #[command(after_help = UNPREPARE_HELP)]
    Unprepare(Unprepare),
    /// Fetch a key pair's private key into a file
    #[command(after_help = KEY_HELP)]
    Key(Key),
    /// Print the IAM policies that Curfew needs
    #[command(after_help = POLICY_HELP)]
    Policy(Policy),
    /// Connect AWS accounts, look at them, test them, remove them
    #[command(subcommand, after_help = CREDENTIALS_HELP)]
    Credentials(Credentials),
    /// Print what a shell needs to complete commands
    #[command(after_help = COMPLETIONS_HELP)]
    Completions {
        /// Which shell
        shell: Shell,
    },
}

/// Where to look and what counts as too long.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Warn about what has run for longer than this ("2h", "90m", "off"), instead of alert.warning
    #[arg(long, value_name = "TIME", value_parser = limit)]
    pub(crate) warn: Option<Limit>,
    /// Call critical what has run for longer than this, instead of alert.critical
    #[arg(long, value_name = "TIME", value_parser = limit)]
    pub(crate) critical: Option<Limit>,
    /// Print JSON (the same as `list --json`, with only what needs attention)
    #[arg(long)]
    pub(crate) json: bool,
}

const CHECK_HELP: &str = "\
Thresholds are those of config.toml (2h and 6h if it does not say); --warn and --critical change the two that hold
where no [[alert.rule]] says otherwise. A snoozed instance needs no attention until its snooze ends.

Exit codes:
  0      nothing needs attention
  1-99   that many instances do (99: 99 or more)
  120    some region could not be read; the rest is printed
  121    nothing could be read: no credentials, no network
  122    the command or config.toml is wrong

Examples:
  curfew check
  curfew check --regions us-east-1,eu-west-1 --warn 4h --critical 12h
  0 * * * *  curfew check || echo 'EC2 instances need attention' | mail me       (in a crontab)";

/// What to list.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Also list terminated instances, for as long as AWS shows them
    #[arg(long)]
    pub(crate) all_states: bool,
    /// Print JSON; its schema is stable
    #[arg(long)]
    pub(crate) json: bool,
}

const LIST_HELP: &str = "\
Without --all-states everything is listed that is not terminated: pending, running, stopping, stopped, shutting-down.
A stopped instance costs nothing but its volumes. COST is what the present period has cost, from the last start.

Exit codes: 0 done; 1 some region or account could not be read; 2 the command or config.toml is wrong.

Examples:
  curfew list
  curfew list --all-states --json | jq '.instances[] | select(.spend_usd == null)'";

/// Where to look.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Look into these regions only ("us-east-1,eu-west-1"), or into every enabled one ("enabled")
    #[arg(long, value_name = "REGIONS", value_parser = regions)]
    pub(crate) regions: Option<Regions>,
}

/// Which instances to act on, and how carefully.
#[derive(Debug, Args)]
pub(crate) struct Act {
    /// Instance ids, for example i-0f09e5bb081e72ae1
    #[arg(value_name = "ID", required = true)]
    pub(crate) ids: Vec<String>,
    /// The region that they are in: only this one is looked into, which is faster
    #[arg(long, value_parser = config::region)]
    pub(crate) region: Option<Region>,
    /// The account that they are in, where more than one sees the same id
    #[arg(long, value_name = "NAME", value_parser = config::account_name)]
    pub(crate) account: Option<AccountName>,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Only say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum Credentials {
    /// Connect an access key under a name, or give an account a new key
    #[command(after_help = ADD_HELP)]
    Add {
        /// Your own name for the account: letters, digits, dashes, dots, underscores
        #[arg(value_parser = config::account_name)]
        name: AccountName,
        /// Read the key from standard input, as JSON or as two or three lines, instead of asking on the terminal
        #[arg(long)]
        stdin: bool,
    },
    /// List the accounts: where their credentials come from and whom AWS knows them as
    List,
    /// Try an account's credentials: who they are, what they may do, what is missing
    Test {
        /// Which account; all of them if none is named
        #[arg(value_parser = config::account_name)]
        name: Option<AccountName>,
    },
    /// Take an account out of config.toml and its key out of the keychain
    Remove {
        /// Which account
        #[arg(value_parser = config::account_name)]
        name: AccountName,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

const CREDENTIALS_HELP: &str = "\
A key that you type here lies in the operating system's keychain and nowhere else. To use an AWS profile (static, SSO,
assume-role, credential_process) instead, add it to config.toml:

  [[account]]
  name   = \"work\"
  source = \"profile:work\"

Exit codes: 0 done; 1 refused or failed; 2 the command or config.toml is wrong.";

const ADD_HELP: &str = "\
The key is asked for without showing it and never taken from the command line, which other users of this computer can
see. AWS is asked whom it belongs to first; a key that AWS refuses is not kept.

Examples:
  curfew credentials add personal
  pass show aws/personal | curfew credentials add personal --stdin      two lines: key id, secret
  aws sts get-session-token | curfew credentials add temporary --stdin";

const COMPLETIONS_HELP: &str = "\
Examples:
  curfew completions bash > ~/.local/share/bash-completion/completions/curfew
  curfew completions zsh  > ~/.zfunc/_curfew
  curfew completions fish > ~/.config/fish/completions/curfew.fish
  curfew completions powershell >> $PROFILE";

/// The shells that completions are made for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    Powershell,
}

/// `--regions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Regions {
    Enabled,
    Only(Vec<Region>),
}

/// `--warn` and `--critical`: `None` is "off".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit(pub(crate) Option<Duration>);

/// Whether a command line that could not be parsed was meant for `check`, whose exit codes are its own.
pub(crate) fn means_check(mut typed: impl Iterator<Item = OsString>) -> bool {
    let is_option = |word: &OsString| word.to_string_lossy().starts_with('-');
    typed.next();
    typed.find(|word| !is_option(word)).is_some_and(|word| word == "check")
}

fn regions(text: &str) -> Result<Regions, String> {
    if text == "enabled" {
        return Ok(Regions::Enabled);
    }
    text.split(',').map(|part| config::region(part.trim())).collect::<Result<_, _>>().map(Regions::Only)
}

fn limit(text: &str) -> Result<Limit, String> {
    match text {
        "off" => Ok(Limit(None)),
        text => {
            parse_duration(text).map(|time| Limit(Some(time))).map_err(|fault| format!("{fault}; or \"off\""))
        }
    }
}

#[cfg(test)]
mod tests;
