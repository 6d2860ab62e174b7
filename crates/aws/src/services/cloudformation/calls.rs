//! The reading calls to CloudFormation, and nothing but the calls.

use aws_sdk_cloudformation::{
    Client,
    operation::describe_change_set::DescribeChangeSetOutput,
    types::{
        ChangeSetSummary, Stack, StackEvent, StackInstanceSummary, StackResourceDrift, StackResourceDriftStatus,
        StackResourceSummary, StackSetOperationSummary, StackSetSummary, TemplateStage,
    },
};
use futures::future::BoxFuture;

use crate::{AwsError, ErrorClass, session::Caller};

/// A list that is longer than this many pages is none.
const MOST_PAGES: usize = 500;

/// One page with the token of the next.
pub(super) type Page<T> = (Vec<T>, Option<String>);

/// CloudFormation, through one caller.
pub(super) struct Calls<'a> {
    pub(super) caller: &'a Caller,
    client: Client,
}

impl<'a> Calls<'a> {
    pub(super) fn new(caller: &'a Caller) -> Self {
        Calls { caller, client: caller.client(Client::new) }
    }

    /// One page of all stacks that are not deleted.
    pub(super) async fn stacks(&self, token: Option<String>) -> Result<Page<Stack>, AwsError> {
        let list = || self.client.describe_stacks().set_next_token(token.clone()).send();
        let out = self.caller.call("DescribeStacks", list).await?;
        self.page("stacks", out.stacks, out.next_token, token)
    }

    /// One stack by its name or ARN; one that is deleted only by its ARN.
    pub(super) async fn stack(&self, name: &str) -> Result<Stack, AwsError> {
        let get = || self.client.describe_stacks().stack_name(name).send();
        let found = self.caller.call("DescribeStacks", get).await?.stacks.unwrap_or_default();
        found.into_iter().next().ok_or_else(|| AwsError {
            class: ErrorClass::NotFound,
            ..self.caller.refused("NoSuchStack", format!("Stack {name} is not there any more."))
        })
    }

    /// One page of a stack's events, newest first.
    pub(super) async fn events(&self, stack: &str, token: Option<String>) -> Result<Page<StackEvent>, AwsError> {
        let list = || self.client.describe_stack_events().stack_name(stack).set_next_token(token.clone()).send();
        let out = self.caller.call("DescribeStackEvents", list).await?;
        self.page("events", out.stack_events, out.next_token, token)
    }

    /// The template of a stack as it was submitted.
    pub(super) async fn template(&self, stack: &str) -> Result<String, AwsError> {
        let get = || self.client.get_template().stack_name(stack).template_stage(TemplateStage::Original).send();
        Ok(self.caller.call("GetTemplate", get).await?.template_body.unwrap_or_default())
    }

    /// All resources of a stack.
    pub(super) async fn resources(&self, stack: &str) -> Result<Vec<StackResourceSummary>, AwsError> {
        self.whole(|token| {
            Box::pin(async move {
                let list = || self.client.list_stack_resources().stack_name(stack).set_next_token(token.clone()).send();
                let out = self.caller.call("ListStackResources", list).await?;
                self.page("resources", out.stack_resource_summaries, out.next_token, token)
            })
        })
        .await
    }

    /// All change sets of a stack, without their changes.
    pub(super) async fn change_sets(&self, stack: &str) -> Result<Vec<ChangeSetSummary>, AwsError> {
        self.whole(|token| {
            Box::pin(async move {
                let list = || self.client.list_change_sets().stack_name(stack).set_next_token(token.clone()).send();
                let out = self.caller.call("ListChangeSets", list).await?;
                self.page("change sets", out.summaries, out.next_token, token)
            })
        })
        .await
    }

    /// One page of a change set with the values of what it changes.
    pub(super) async fn change_set(
        &self,
        arn: &str,
        token: Option<String>,
    ) -> Result<DescribeChangeSetOutput, AwsError> {
        let get = || {
            let get = self.client.describe_change_set().change_set_name(arn).include_property_values(true);
            get.set_next_token(token.clone()).send()
        };
        let out = self.caller.call("DescribeChangeSet", get).await?;
        if token.is_some() && out.next_token == token {
            return Err(self.endless("changes"));
        }
        Ok(out)
    }

    /// The resources of a stack that are not as its template has them.
    pub(super) async fn drifts(&self, stack: &str) -> Result<Vec<StackResourceDrift>, AwsError> {
        self.whole(|token| {
            Box::pin(async move {
                let list = || {
                    let list = self.client.describe_stack_resource_drifts().stack_name(stack);
                    let list = list.stack_resource_drift_status_filters(StackResourceDriftStatus::Modified);
                    let list = list.stack_resource_drift_status_filters(StackResourceDriftStatus::Deleted);
                    list.set_next_token(token.clone()).send()
                };
                let out = self.caller.call("DescribeStackResourceDrifts", list).await?;
                self.page("drifts", out.stack_resource_drifts, out.next_token, token)
            })
        })
        .await
    }

    /// A drift detection: its status, AWS's reason, and how many resources drifted once it is over.
    pub(super) async fn drift_detection(&self, id: &str) -> Result<(String, Option<String>, Option<i32>), AwsError> {
        let get = || self.client.describe_stack_drift_detection_status().stack_drift_detection_id(id).send();
        let out = self.caller.call("DescribeStackDriftDetectionStatus", get).await?;
        let status = out.detection_status.map(|s| s.as_str().to_owned()).unwrap_or_default();
        Ok((status, out.detection_status_reason, out.drifted_stack_resource_count))
    }

    /// Names of the stacks that import an export. That nobody does is told as an error by AWS, and is none here.
    pub(super) async fn imports(&self, export: &str) -> Result<Vec<String>, AwsError> {
        let found = self
            .whole(|token| {
                Box::pin(async move {
                    let list = || self.client.list_imports().export_name(export).set_next_token(token.clone()).send();
                    let out = self.caller.call("ListImports", list).await?;
                    self.page("imports", out.imports, out.next_token, token)
                })
            })
            .await;
        match found {
            Err(error) if error.info.message.contains("is not imported by any stack") => Ok(Vec::new()),
            found => found,
        }
    }

    /// All stack sets that this account administers and that are not deleted.
    pub(super) async fn stack_sets(&self) -> Result<Vec<StackSetSummary>, AwsError> {
        use aws_sdk_cloudformation::types::StackSetStatus;
        self.whole(|token| {
            Box::pin(async move {
                let list = || {
                    self.client.list_stack_sets().status(StackSetStatus::Active).set_next_token(token.clone()).send()
                };
                let out = self.caller.call("ListStackSets", list).await?;
                self.page("stack sets", out.summaries, out.next_token, token)
            })
        })
        .await
    }

    /// All instances of a stack set.
    pub(super) async fn instances(&self, set: &str) -> Result<Vec<StackInstanceSummary>, AwsError> {
        self.whole(|token| {
            Box::pin(async move {
                let list =
                    || self.client.list_stack_instances().stack_set_name(set).set_next_token(token.clone()).send();
                let out = self.caller.call("ListStackInstances", list).await?;
                self.page("stack instances", out.summaries, out.next_token, token)
            })
        })
        .await
    }

    /// The newest operations of a stack set, newest first: one page.
    pub(super) async fn set_operations(&self, set: &str) -> Result<Vec<StackSetOperationSummary>, AwsError> {
        let list = || self.client.list_stack_set_operations().stack_set_name(set).max_results(20).send();
        Ok(self.caller.call("ListStackSetOperations", list).await?.summaries.unwrap_or_default())
    }

    /// Status of one operation of a stack set, with AWS's reason.
    pub(super) async fn set_operation(&self, set: &str, id: &str) -> Result<(String, Option<String>), AwsError> {
        let get = || self.client.describe_stack_set_operation().stack_set_name(set).operation_id(id).send();
        let told = self.caller.call("DescribeStackSetOperation", get).await?.stack_set_operation;
        let status = told.as_ref().and_then(|o| o.status()).map(|s| s.as_str().to_owned()).unwrap_or_default();
        Ok((status, told.and_then(|o| o.status_reason)))
    }

    /// Every page of a list, or an error: never a part of it.
    async fn whole<'c, T>(
        &'c self,
        next: impl Fn(Option<String>) -> BoxFuture<'c, Result<Page<T>, AwsError>> + Send,
    ) -> Result<Vec<T>, AwsError>
    where
        T: Send,
    {
        let (mut found, mut token) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let (page, after) = next(token).await?;
            found.extend(page);
            if after.is_none() {
                return Ok(found);
            }
            token = after;
        }
        Err(self.endless("things"))
    }

    fn page<T>(
        &self,
        what: &str,
        found: Option<Vec<T>>,
        next: Option<String>,
        token: Option<String>,
    ) -> Result<Page<T>, AwsError> {
        if next.is_some() && next == token {
            return Err(self.endless(what));
        }
        Ok((found.unwrap_or_default(), next))
    }

    fn endless(&self, what: &str) -> AwsError {
        let message = format!("The list of {what} does not end: its next page is itself.");
        self.caller.refused("EndlessList", message)
    }
}
