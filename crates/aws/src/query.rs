//! What is asked of the services that speak the Query protocol: Auto Scaling and IAM; and what their refusals
//! mean. Knows whom to ask and the permission that it takes, not what for.

use std::fmt::Debug;

use domain::{CloudFault, Region};

use crate::{
    account::Account,
    plain_call::{self, Api, Place, Question},
};

/// One of them.
#[derive(Debug)]
pub(crate) struct QueryApi {
    pub(crate) api: Api,
    /// Of its interface.
    pub(crate) version: &'static str,
    /// As permissions write it: `autoscaling`.
    pub(crate) prefix: &'static str,
}

impl QueryApi {
    /// Asks once, where only whether it succeeds is of interest.
    pub(crate) async fn ask(
        &'static self,
        account: &Account,
        region: &Region,
        action: &'static str,
        parameters: &[(&str, &str)],
    ) -> Result<(), CloudFault> {
        self.ask_for(account, region, action, parameters, |_| Some(())).await
    }

    /// Asks once, and reads this of the answer's XML. A global service is asked wherever the region is.
    pub(crate) async fn ask_for<T: Debug + Send + Sync + 'static>(
        &'static self,
        account: &Account,
        region: &Region,
        action: &'static str,
        parameters: &[(&str, &str)],
        read: fn(&str) -> Option<T>,
    ) -> Result<T, CloudFault> {
        let question = Question::query(self.version, action, parameters, read);
        let permission = format!("{}:{action}", self.prefix);
        let answer = plain_call::ask(&account.sdk_in(region), &self.api, question).await;
        match (answer, self.api.place) {
            (Ok(answer), _) => Ok(answer),
            (Err(error), Place::Regional) => Err(account.fault_in(region, &permission, error).await),
            (Err(error), Place::Global) => Err(account.fault(&permission, &error)),
        }
    }
}
