//! The verbs that a row has, as far as the cache tells. Offered too much rather than too little: the plan, read live,
//! has the last word.

use skydeck_domain::{
    Detail, Resource, Verb,
    pipeline::{ApprovalDetail, PipelineDetail, StageState},
};

use super::{
    acts::VERBS,
    rows::{approval, execution::is_over},
};

/// The verbs of a pipeline, its stages and its approvals; or of an approval.
pub(super) fn offers(row: &Resource) -> Vec<Verb> {
    let Some(arn) = &row.arn else { return Vec::new() };
    if row.kind == ApprovalDetail::KIND {
        return ["approve", "reject"].map(|id| verb(id, arn.clone(), None, None)).into();
    }
    let Some(pipeline) = row.detail::<PipelineDetail>() else { return Vec::new() };
    let under_way = pipeline.execution.as_ref().is_some_and(|e| !is_over(&e.status));
    let nothing = (!under_way).then(|| "No execution is under way.".to_owned());
    let mut verbs = vec![verb("start", arn.clone(), None, None), verb("stop", arn.clone(), None, nothing)];
    for (place, stage) in pipeline.stages.iter().enumerate() {
        verbs.extend(of_stage(arn, &pipeline, place, stage));
    }
    for waiting in approval::waiting(&pipeline.stages) {
        let on = format!("{arn}/{}/{}", waiting.stage.name, waiting.action.def.name);
        let part = Some(waiting.action.def.name.as_str());
        verbs.extend(["approve", "reject"].map(|id| verb(id, on.clone(), part, None)));
    }
    verbs
}

fn of_stage(arn: &str, pipeline: &PipelineDetail, place: usize, stage: &StageState) -> Vec<Verb> {
    let on = || format!("{arn}/{}", stage.name);
    let part = Some(stage.name.as_str());
    let status = stage.status.as_deref();
    let is_source = stage.actions.iter().any(|a| a.def.category == "Source");
    let mut verbs = Vec::new();
    if status == Some("Failed") {
        verbs.push(verb("retry", on(), part, None));
    }
    if !is_source {
        let why_not = match status {
            _ if pipeline.execution_mode == "PARALLEL" => Some("Its executions run in parallel.".to_owned()),
            None => Some(format!("Stage {} has never run.", stage.name)),
            Some("InProgress" | "Stopping") => Some(format!("Stage {} is busy.", stage.name)),
            _ => None,
        };
        verbs.push(verb("rollback", on(), part, why_not));
    }
    if place > 0 {
        verbs.push(verb(if stage.transition_enabled { "hold" } else { "release" }, on(), part, None));
    }
    verbs
}

fn verb(id: &str, on: String, part: Option<&str>, why_not: Option<String>) -> Verb {
    let data = VERBS.iter().find(|v| v.id == id);
    Verb {
        id: id.to_owned(),
        on,
        part: part.map(str::to_owned),
        has_targets: data.is_some_and(|v| v.has_targets),
        why_not,
        is_undo: data.is_some_and(|v| v.is_undo),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::rows::{
            pipeline::{Known, Listed},
            samples, stage,
        },
        *,
    };

    fn offered(state: &aws_sdk_codepipeline::operation::get_pipeline_state::GetPipelineStateOutput) -> Vec<String> {
        let structure = Some(samples::structure());
        let stages = stage::stages(state, structure.as_ref());
        let known = Known {
            listed: Listed { name: "web".into(), ..Listed::default() },
            executions: samples::executions(structure.as_ref()),
            stages: Some(stages),
            whole: true,
            missing: Vec::new(),
            structure,
        };
        let arn = "arn:aws:codepipeline:eu-west-1:111122223333:web";
        let row = Resource {
            id: format!("dev/{arn}"),
            arn: Some(arn.into()),
            kind: PipelineDetail::KIND.into(),
            service: "codepipeline".into(),
            name: "web".into(),
            profile: "dev".into(),
            account: "111122223333".into(),
            region: "eu-west-1".into(),
            status: String::new(),
            health: skydeck_domain::Health::Unknown,
            aspect: None,
            reason: None,
            since: None,
            read_at: samples::at(20),
            tags: Default::default(),
            detail: serde_json::to_value(known.detail().0).unwrap(),
        };
        let words =
            |v: Verb| format!("{} {}{}", v.id, v.part.unwrap_or_default(), if v.why_not.is_some() { "!" } else { "" });
        offers(&row).into_iter().map(words).collect()
    }

    #[test]
    fn a_failed_pipeline_offers_retry_of_the_failed_stage_and_nothing_to_stop() {
        assert_eq!(
            offered(&samples::failed_state()),
            [
                "start ",
                "stop !",
                "retry Build",
                "rollback Build",
                "hold Build",
                "rollback Approve!",
                "hold Approve",
                "rollback Deploy!",
                "hold Deploy",
            ]
        );
    }

    #[test]
    fn a_waiting_pipeline_offers_its_answers() {
        let offered = offered(&samples::waiting_state());
        assert!(offered.contains(&"stop ".to_owned()) && offered.contains(&"rollback Approve!".to_owned()));
        assert_eq!(offered[offered.len() - 2..], ["approve Approve", "reject Approve"]);
    }

    #[test]
    fn every_verb_that_is_offered_is_one() {
        for words in offered(&samples::waiting_state()) {
            let id = words.split(' ').next().unwrap();
            assert!(VERBS.iter().any(|v| v.id == id), "{id}");
        }
    }
}
