//! What a project and a build look like. Their environments hold values beginning with `CANARY-`.

use serde_json::{Map, Value, json};

use super::Call;
use crate::world::{
    noise,
    place::Place,
    project::{Build, BuildFate, Initiator, Project, TIMEOUT_MINUTES},
    time::seconds,
};

impl Call<'_> {
    pub(super) fn project_answer(&self, project: &Project) -> Value {
        let (account, name) = (self.request.account, &project.name);
        let line = self.world.lines.get(project.line as usize);
        json!({
            "name": name,
            "arn": self.project_arn(name),
            "description": format!("{} of {}", match project.by_pipeline { true => "Step", false => "Nightly check" }, line.map_or(name.as_str(), |l| l.name())),
            "source": self.source(project),
            "artifacts": { "type": if project.by_pipeline { "CODEPIPELINE" } else { "NO_ARTIFACTS" }, "name": name },
            "cache": { "type": "NO_CACHE" },
            "environment": environment(project, None),
            "serviceRole": format!("arn:aws:iam::{account}:role/service-role/codebuild-{name}"),
            "timeoutInMinutes": TIMEOUT_MINUTES,
            "queuedTimeoutInMinutes": 480,
            "encryptionKey": format!("arn:aws:kms:{}:{account}:alias/aws/s3", self.request.region),
            "tags": [{ "key": "service", "value": line.map_or("", |l| l.name()) }],
            "created": seconds(project.created),
            "lastModified": seconds(project.created),
            "badge": { "badgeEnabled": false },
            "logsConfig": { "cloudWatchLogs": { "status": "ENABLED" }, "s3Logs": { "status": "DISABLED", "encryptionDisabled": false } },
            "projectVisibility": "PRIVATE",
        })
    }

    fn source(&self, project: &Project) -> Value {
        if project.by_pipeline {
            return json!({ "type": "CODEPIPELINE", "buildspec": "buildspec.yml", "insecureSsl": false });
        }
        let repository =
            self.world.lines.get(project.line as usize).map_or("example/unknown", |l| l.repository.as_str());
        json!({
            "type": "GITHUB",
            "location": format!("https://github.com/{repository}.git"),
            "gitCloneDepth": 1,
            "buildspec": "buildspec.nightly.yml",
            "reportBuildStatus": false,
            "insecureSsl": false,
        })
    }

    pub(super) fn build_answer(&self, place: &Place, number: u32) -> Value {
        let build = &place.builds[number as usize];
        let project = &place.projects[build.project as usize];
        let (account, region, name) = (&place.account, &place.region, &project.name);
        let id = place.build_name(build);
        let status = build.status(self.now);
        let phases = phases(project, build, self.now);
        let current = phases.last().map_or(Value::Null, |p| p["phaseType"].clone());
        let line = self.world.lines.get(project.line as usize);
        let commit = build.commit.and_then(|c| line?.commits.get(c as usize)).map(|c| c.id.clone());
        let version = match &build.by {
            Initiator::Pipeline(_) => Some(format!(
                "arn:aws:s3:::codepipeline-{region}-{account}/{}/SourceOutp/{}",
                name.chars().take(20).collect::<String>(),
                noise::base32(build.id.key(), 7)
            )),
            Initiator::Caller(_) => commit.clone(),
        };
        let initiator = match &build.by {
            Initiator::Pipeline(p) => format!("codepipeline/{}", self.world.pipeline(*p).name),
            Initiator::Caller(who) => who.to_string(),
        };
        let group = format!("/aws/codebuild/{name}");
        let stream = build.id.to_string();
        let deep = |text: &str| text.replace('/', "$252F");
        let mut answer = json!({
            "id": id,
            "arn": format!("arn:aws:codebuild:{region}:{account}:build/{id}"),
            "buildNumber": build.number,
            "startTime": seconds(build.started),
            "currentPhase": current,
            "buildStatus": status,
            "sourceVersion": version,
            "resolvedSourceVersion": commit,
            "projectName": name,
            "phases": phases,
            "source": self.source(project),
            "artifacts": { "location": format!("arn:aws:s3:::codepipeline-{region}-{account}/{name}"), "encryptionDisabled": false },
            "cache": { "type": "NO_CACHE" },
            "environment": environment(project, Some(build)),
            "serviceRole": format!("arn:aws:iam::{account}:role/service-role/codebuild-{name}"),
            "logs": {
                "groupName": group,
                "streamName": stream,
                "deepLink": format!("https://console.aws.amazon.com/cloudwatch/home?region={region}#logsV2:log-groups/log-group/{}/log-events/{stream}", deep(&group)),
                "cloudWatchLogsArn": format!("arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{stream}"),
                "cloudWatchLogs": { "status": "ENABLED" },
                "s3Logs": { "status": "DISABLED", "encryptionDisabled": false },
            },
            "timeoutInMinutes": TIMEOUT_MINUTES,
            "queuedTimeoutInMinutes": 480,
            "buildComplete": status != "IN_PROGRESS",
            "initiator": initiator,
            "encryptionKey": format!("arn:aws:kms:{region}:{account}:alias/aws/s3"),
            "exportedEnvironmentVariables": if status == "SUCCEEDED" { json!([{ "name": "DEPLOY_TOKEN", "value": format!("CANARY-exported-{name}") }]) } else { json!([]) },
        });
        if status != "IN_PROGRESS" {
            answer["endTime"] = seconds(build.ends());
        }
        match answer {
            Value::Object(map) => Value::Object(map.into_iter().filter(|(_, v)| !v.is_null()).collect::<Map<_, _>>()),
            other => other,
        }
    }
}

fn environment(project: &Project, build: Option<&Build>) -> Value {
    let name = &project.name;
    let mut variables = vec![
        json!({ "name": "DB_PASSWORD", "value": format!("CANARY-build-env-{name}"), "type": "PLAINTEXT" }),
        json!({ "name": "SIGNING_KEY", "value": format!("/shop/{name}/signing-key"), "type": "PARAMETER_STORE" }),
    ];
    if build.is_some_and(|b| matches!(b.by, Initiator::Pipeline(_))) {
        variables
            .push(json!({ "name": "NPM_TOKEN", "value": format!("CANARY-action-env-{name}"), "type": "PLAINTEXT" }));
    }
    json!({
        "type": "LINUX_CONTAINER",
        "image": project.trade.image(),
        "computeType": "BUILD_GENERAL1_SMALL",
        "environmentVariables": variables,
        "privilegedMode": false,
        "imagePullCredentialsType": "CODEBUILD",
    })
}

fn phases(project: &Project, build: &Build, now: i64) -> Vec<Value> {
    let told = build.phases(now).into_iter().map(|p| {
        let mut phase = json!({ "phaseType": p.name, "startTime": seconds(p.start) });
        if let Some(status) = p.status {
            phase["phaseStatus"] = status.into();
            let context = match (status, build.fate) {
                ("FAILED", BuildFate::Bad(trouble)) => json!({
                    "statusCode": "COMMAND_EXECUTION_ERROR",
                    "message": crate::world::log::error_message(project.trade, trouble),
                }),
                ("TIMED_OUT", _) => json!({ "statusCode": "BUILD_TIMED_OUT", "message": "Build has timed out." }),
                _ => json!({ "statusCode": "", "message": "" }),
            };
            phase["contexts"] = json!([context]);
        }
        if let Some(end) = p.end {
            phase["endTime"] = seconds(end);
            phase["durationInSeconds"] = ((end - p.start) / 1000).into();
        }
        phase
    });
    told.collect()
}
