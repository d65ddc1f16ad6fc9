//! What the engine needs of the world: a cloud to look at and to act on, and a place to keep things.
//!
//! `aws` and `demo` implement [`Cloud`], `store` implements [`Store`]. Retrying, deadlines and the order of calls are
//! the engine's; an implementation makes one attempt and says how it went.

use async_trait::async_trait;
use domain::{
    AccountConfig, CloudFault, Identity, Instance, InstanceId, Memory, MemoryChange, Problem, Region, Zone,
    action::Step, journal::Entry, region::RegionStatus,
};
use launch::{
    Answer, Call, Record,
    prepare::{BucketOwner, Change, Event, Stack},
};
use protocol::userdata::Architecture;
use zeroize::Zeroizing;

/// AWS as one account sees it.
///
/// Every call may be dropped half-way by a deadline; none may retry for longer than a single attempt takes.
#[async_trait]
pub trait Cloud: Send + Sync + 'static {
    /// Whom the credentials belong to (STS GetCallerIdentity).
    async fn identity(&self, account: &AccountConfig) -> Result<Identity, CloudFault>;

    /// Every region and whether the account may use it (DescribeRegions with AllRegions).
    async fn regions(&self, account: &AccountConfig) -> Result<Vec<RegionStatus>, CloudFault>;

    /// Every instance of a region, all pages, with volumes and spot requests.
    async fn instances(&self, account: &AccountConfig, region: &Region) -> Result<Vec<Instance>, CloudFault>;

    /// One step of an action on one instance. [`Step::CheckProtection`] fails with
    /// [`FaultKind::Protected`](domain::FaultKind::Protected) when API termination protection is on.
    async fn carry_out(
        &self,
        account: &AccountConfig,
        region: &Region,
        id: &InstanceId,
        step: &Step,
    ) -> Result<(), CloudFault>;

    /// One call of a launch, in one attempt. `builds` are what [`Call::Deliver`] brings to the bucket.
    async fn launch(
        &self,
        account: &AccountConfig,
        call: &Call,
        builds: &dyn Builds,
    ) -> Result<Answer, CloudFault>;

    /// Takes the second factor's code, opens the session and keeps it for the calls to come.
    async fn give_code(&self, account: &AccountConfig, code: &str) -> Result<(), CloudFault>;

    /// Forgets what is cached of an account's credentials: the next call reads them anew.
    async fn forget(&self, account: &AccountConfig);
}

/// What a region has beside its instances: the stack that it is prepared with, and keys.
#[async_trait]
pub trait Ground: Send + Sync {
    /// The stack of [`launch::prepare::STACK`], if there is one or was one lately.
    async fn stack(&self, account: &AccountConfig, region: &Region) -> Result<Option<Stack>, CloudFault>;

    /// What happened to a stack's resources, the oldest first.
    async fn events(
        &self,
        account: &AccountConfig,
        region: &Region,
        stack: &Stack,
    ) -> Result<Vec<Event>, CloudFault>;

    /// Sets a change of the stack going. To bring up to date what is so already is no failure.
    async fn change(
        &self,
        account: &AccountConfig,
        region: &Region,
        change: &Change,
    ) -> Result<(), CloudFault>;

    /// The zones that the account may use, in their order.
    async fn zones(&self, account: &AccountConfig, region: &Region) -> Result<Vec<Zone>, CloudFault>;

    /// The private key of a pair that CloudFormation made, from `/ec2/keypair/ID`.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html>.
    async fn private_key(
        &self,
        account: &AccountConfig,
        region: &Region,
        key_pair: &str,
    ) -> Result<Zeroizing<String>, CloudFault>;

    /// Whose bucket has this name.
    async fn bucket_owner(
        &self,
        account: &AccountConfig,
        region: &Region,
        bucket: &str,
    ) -> Result<BucketOwner, CloudFault>;
}

/// What is kept on this computer. Calls are quick and may block; they never leave anything half-written.
pub trait Store: Builds {
    /// Appends to the journal.
    fn journal(&self, entry: &Entry) -> Result<(), Problem>;

    /// Changes the memory.
    fn remember(&self, change: &MemoryChange) -> Result<(), Problem>;

    /// Reads the memory.
    fn recall(&self) -> Result<Memory, Problem>;

    /// Keeps how far a launch got, in place of what was kept of it before. Ok only when it would survive a crash.
    fn keep_launch(&self, record: &Record) -> Result<(), Problem>;

    /// The launches of which an instance may exist that nobody was told of.
    fn open_launches(&self) -> Result<Vec<Record>, Problem>;
}

/// The agent as it was built for this version of the program.
pub trait Builds: Send + Sync + 'static {
    /// The build for an architecture. Reads a few MiB and may block for a moment.
    fn build(&self, architecture: Architecture) -> Result<Build, CloudFault>;
}

/// One build of the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// The program.
    pub bytes: Vec<u8>,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}
