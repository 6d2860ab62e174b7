//! Stack sets, on a full read: the list, and of each its instances and its latest operations.

use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use skydeck_domain::{Detail, ErrorInfo, Resource, stack::StackSetDetail};

use super::{super::rows::stack_set, AT_ONCE, Reader};
use crate::{AwsError, services::ends_the_read};
use aws_sdk_cloudformation::types::StackSetSummary;

impl Reader<'_> {
    /// An account that may not administer stack sets has its stacks read all the same.
    pub(super) async fn sets(&self) -> Result<(), AwsError> {
        let sets = match self.calls.stack_sets().await {
            Ok(sets) => sets,
            Err(error) if ends_the_read(&error) => return Err(error),
            Err(error) => {
                self.sink.problem(error).await;
                return Ok(());
            }
        };
        let caller = &self.ctx.caller;
        let read =
            stream::iter(sets.clone()).map(|set| async move { self.set(&set).await }.boxed()).buffer_unordered(AT_ONCE);
        let rows: Vec<Option<Resource>> = read.try_collect().await?;
        self.sink.rows(rows.into_iter().flatten().collect()).await;
        let id =
            |set: &StackSetSummary| Some(format!("{}/{}", caller.profile, stack_set::arn(caller, set.stack_set_id()?)));
        self.sink.complete(StackSetDetail::KIND, sets.iter().filter_map(id).collect()).await;
        Ok(())
    }

    async fn set(&self, told: &StackSetSummary) -> Result<Option<Resource>, AwsError> {
        let Some(name) = told.stack_set_name() else { return Ok(None) };
        let mut missing = Vec::new();
        let instances = self.part_of_set(self.calls.instances(name).await, &mut missing).await?;
        let operations = self.part_of_set(self.calls.set_operations(name).await, &mut missing).await?;
        let whole = instances.is_some();
        let detail = StackSetDetail {
            description: told.description().and_then(crate::services::redact::line),
            permission_model: told.permission_model().map(|p| p.as_str().to_owned()),
            instances: instances.unwrap_or_default().iter().filter_map(stack_set::instance).collect(),
            operations: operations.unwrap_or_default().iter().filter_map(stack_set::operation).collect(),
            drift: told.drift_status().map(|d| d.as_str().to_owned()),
            whole,
            missing,
        };
        Ok(stack_set::row(&self.ctx.caller, told, &detail, self.ctx.clock.now()))
    }

    async fn part_of_set<T>(
        &self,
        read: Result<Vec<T>, AwsError>,
        missing: &mut Vec<ErrorInfo>,
    ) -> Result<Option<Vec<T>>, AwsError> {
        match read {
            Ok(found) => Ok(Some(found)),
            Err(error) if ends_the_read(&error) => Err(error),
            Err(error) => {
                missing.push(error.info.clone());
                self.sink.problem(error).await;
                Ok(None)
            }
        }
    }
}
