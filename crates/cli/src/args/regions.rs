//! What can be typed after `prepare`, `unprepare` and `key`.

use std::path::PathBuf;

use clap::Args;
use domain::{AccountName, Region, config};

/// Which regions to prepare.
#[derive(Debug, Args)]
pub(crate) struct Prepare {
    /// Regions, for example us-east-1
    #[arg(value_name = "REGION", required = true, value_parser = config::region)]
    pub(crate) regions: Vec<Region>,
    /// The account, where there is more than one
    #[arg(long, value_name = "NAME", value_parser = config::account_name)]
    pub(crate) account: Option<AccountName>,
}

pub(crate) const PREPARE_HELP: &str = "\
Makes, as one CloudFormation stack named curfew-region: a network with one public subnet that lets nothing in and only
HTTPS out, a private encrypted bucket whose logs go after 14 days, and a role with which instances reach that bucket and
can end themselves. It costs nothing while nothing runs. Run it again at any time: it goes on where the stack is, and
brings it up to date after Curfew was updated.

Your own permissions for it: `curfew policy prepare`.

Exit codes: 0 done; 1 failed, with the resource and the reason; 2 the command or config.toml is wrong.

Examples:
  curfew prepare us-east-1
  curfew prepare us-east-1 us-west-2 --account personal";

/// Which regions to clear.
#[derive(Debug, Args)]
pub(crate) struct Unprepare {
    #[command(flatten)]
    pub(crate) place: Prepare,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

pub(crate) const UNPREPARE_HELP: &str = "\
Removes the stack that `curfew prepare` made. The bucket stays, with everything in it; remove it in the AWS console if you
want it gone. Instances that still use the network keep it from going: end them first.

Exit codes: 0 gone, or was not there; 1 refused or failed; 2 the command or config.toml is wrong.

Examples:
  curfew unprepare us-west-2";

/// Which key, and where to.
#[derive(Debug, Args)]
pub(crate) struct Key {
    /// The key pair's id, for example key-0a1b2c3d4e5f67890
    #[arg(value_name = "KEY_PAIR_ID")]
    pub(crate) key_pair: String,
    /// The file to write; it must not be there yet
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The key pair's region
    #[arg(long, value_parser = config::region)]
    pub(crate) region: Region,
    /// The account, where there is more than one
    #[arg(long, value_name = "NAME", value_parser = config::account_name)]
    pub(crate) account: Option<AccountName>,
}

pub(crate) const KEY_HELP: &str = "\
CloudFormation keeps the private key of a pair that it made in SSM, as /ec2/keypair/ID; this is read, decrypted and
written into a file that only you can read. Nothing is ever overwritten.

Exit codes: 0 done; 1 there is no such key, it may not be read, or the file is there already; 2 the command is wrong.

Examples:
  curfew key key-0a1b2c3d4e5f67890 --region us-east-1 --out ~/.ssh/training.pem";
