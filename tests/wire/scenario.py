"""A morning's work with the AWS CLI in the demo world: every operation the simulator offers is called at least once, and
what one answer says is held against what the others say.
"""

import base64
import json

from cli import Refused

DEV, STG, PROD = "shop-dev", "shop-stg", "shop-prod"
NONE = "11111111-2222-4333-8444-555555555555"


class Story:
    """Tells it, and notes what does not hang together."""

    def __init__(self, cli, config):
        self.problems = []
        self.errors = []
        self._aws = cli.run
        self._cli = cli
        self._config = config

    def tell(self):
        """Every chapter on its own, so that one that breaks does not hide the others."""
        for chapter in (
            self.who_am_i,
            self.roles,
            self.portal,
            self.pipelines,
            self.executions,
            self.transitions,
            self.start_and_stop,
            self.retry,
            self.roll_back,
            self.approve,
            self.builds,
            self.logs,
            self.repositories,
            self.stacks,
            self.change_sets,
            self.going_back,
            self.drift,
            self.stack_sets,
            self.refusals,
        ):
            try:
                chapter()
            except Exception as error:  # whatever it is, it is a finding
                self.problems.append(f"{chapter.__name__}: {type(error).__name__}: {error}")

    def _holds(self, true, what):
        if not true:
            self.problems.append(what)

    def _equal(self, got, expected, what):
        self._holds(got == expected, f"{what}: {got!r}, not {expected!r}")

    # Who calls.

    def who_am_i(self):
        for account in self._config["accounts"]:
            said = self._aws(account["name"], "sts", "get-caller-identity")
            self._equal(said["Account"], account["account"], f"account of {account['name']}")

    def roles(self):
        prod = next(a for a in self._config["accounts"] if a["name"] == PROD)
        role = f"arn:aws:iam::{prod['account']}:role/ops/Observer"
        assume = ("--role-arn", role, "--role-session-name", "wire", "--duration-seconds", "900")
        tags = ("--tags", "Key=team,Value=shop", "--policy-arns", "arn=arn:aws:iam::aws:policy/ReadOnlyAccess")
        said = self._aws(DEV, "sts", "assume-role", *assume, *tags)
        self._identity("assumed", said["Credentials"], said["AssumedRoleUser"]["Arn"])
        claims = {"sub": "ci", "aud": "sts.amazonaws.com", "iss": "https://id.example.com", "exp": self._config["now"] + 60}
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        token = ("--web-identity-token", f"e30.{payload}.signature")
        said = self._aws(DEV, "sts", "assume-role-with-web-identity", *assume, *token)
        self._equal(said["SubjectFromWebIdentityToken"], "ci", "subject of the token")
        self._identity("web", said["Credentials"], said["AssumedRoleUser"]["Arn"])

    def portal(self):
        token = ("--access-token", self._config["sso_token"])
        accounts = self._aws(DEV, "sso", "list-accounts", *token)["accountList"]
        self._equal([a["accountName"] for a in accounts], [DEV, STG, PROD], "accounts of the portal")
        pages = self._aws(DEV, "sso", "list-accounts", *token, "--page-size", "1")["accountList"]
        self._equal(pages, accounts, "accounts page by page")
        account = accounts[2]["accountId"]
        roles = self._aws(DEV, "sso", "list-account-roles", *token, "--account-id", account)["roleList"]
        role = ("--account-id", account, "--role-name", roles[0]["roleName"])
        said = self._aws(DEV, "sso", "get-role-credentials", *token, *role)["roleCredentials"]
        keys = {"AccessKeyId": said["accessKeyId"], "SessionToken": said["sessionToken"]}
        self._identity("sso", keys, None, account)

    def _identity(self, name, keys, arn, account=None):
        self._cli.add_profile(name, keys["AccessKeyId"], "eu-west-1", keys["SessionToken"])
        said = self._aws(name, "sts", "get-caller-identity")
        self._holds(arn is None or said["Arn"] == arn, f"{name} is {said['Arn']}, not {arn}")
        self._holds(account is None or said["Account"] == account, f"{name} is in {said['Account']}, not {account}")

    # CodePipeline.

    def _states(self, profile):
        for pipeline in self._aws(profile, "codepipeline", "list-pipelines")["pipelines"]:
            yield self._aws(profile, "codepipeline", "get-pipeline-state", "--name", pipeline["name"])

    def _stage(self, wanted):
        """(profile, pipeline, stage) of the first stage in some account that is as wanted."""
        for profile in (PROD, STG, DEV):
            for state in self._states(profile):
                for stage in state["stageStates"]:
                    if wanted(stage):
                        return profile, state["pipelineName"], stage
        raise LookupError("no stage is as this needs it")

    def pipelines(self):
        whole = self._aws(PROD, "codepipeline", "list-pipelines")["pipelines"]
        pages = self._aws(PROD, "codepipeline", "list-pipelines", "--page-size", "2")["pipelines"]
        self._equal(pages, whole, "pipelines page by page")
        for listed in whole:
            got = self._aws(PROD, "codepipeline", "get-pipeline", "--name", listed["name"])
            state = self._aws(PROD, "codepipeline", "get-pipeline-state", "--name", listed["name"])
            stages = [stage["name"] for stage in got["pipeline"]["stages"]]
            self._equal([s["stageName"] for s in state["stageStates"]], stages, f"stages of {listed['name']}")
            self._equal(got["pipeline"]["version"], listed["version"], f"version of {listed['name']}")
        arn = got["metadata"]["pipelineArn"]
        tags = self._aws(PROD, "codepipeline", "list-tags-for-resource", "--resource-arn", arn)["tags"]
        self._holds({"key": "environment", "value": "prod"} in tags, f"tags of {arn}: {tags}")

    def executions(self):
        name = ("--pipeline-name", "checkout-api")
        listed = self._aws(PROD, "codepipeline", "list-pipeline-executions", *name)["pipelineExecutionSummaries"]
        self._holds(len(listed) > 20, f"only {len(listed)} executions of checkout-api")
        for summary in listed[:5]:
            id = summary["pipelineExecutionId"]
            got = self._aws(
                PROD, "codepipeline", "get-pipeline-execution", *name, "--pipeline-execution-id", id
            )["pipelineExecution"]
            self._equal(got["status"], summary["status"], f"status of execution {id}")
            only = ("--filter", {"pipelineExecutionId": id})
            actions = self._aws(PROD, "codepipeline", "list-action-executions", *name, *only)["actionExecutionDetails"]
            self._holds(actions, f"execution {id} has no actions")
            self._equal({a["pipelineExecutionId"] for a in actions}, {id}, "executions of the filtered actions")

    def transitions(self):
        stage = ("--pipeline-name", "catalog-api", "--stage-name", "Build", "--transition-type", "Inbound")
        reason = "Frozen for the release (wire test)"
        self._aws(DEV, "codepipeline", "disable-stage-transition", *stage, "--reason", reason)
        held = self._transition()
        self._equal((held["enabled"], held["disabledReason"]), (False, reason), "a held transition")
        self._aws(DEV, "codepipeline", "enable-stage-transition", *stage)
        self._equal(self._transition()["enabled"], True, "a released transition")

    def _transition(self):
        state = self._aws(DEV, "codepipeline", "get-pipeline-state", "--name", "catalog-api")
        return next(s for s in state["stageStates"] if s["stageName"] == "Build")["inboundTransitionState"]

    def start_and_stop(self):
        token = ("--client-request-token", "wire-test-1")
        start = ("codepipeline", "start-pipeline-execution", "--name", "catalog-api", *token)
        id = self._aws(DEV, *start)["pipelineExecutionId"]
        self._equal(self._aws(DEV, *start)["pipelineExecutionId"], id, "a start that is repeated with its token")
        execution = ("--pipeline-name", "catalog-api", "--pipeline-execution-id", id)
        stop = ("codepipeline", "stop-pipeline-execution", *execution, "--abandon", "--reason", "Wire test")
        self._equal(self._aws(DEV, *stop)["pipelineExecutionId"], id, "the execution that was stopped")
        got = self._aws(DEV, "codepipeline", "get-pipeline-execution", *execution)["pipelineExecution"]
        self._holds(got["status"] in ("Stopping", "Stopped"), f"a stopped execution is {got['status']}")

    def retry(self):
        profile, pipeline, stage = self._stage(lambda s: s.get("latestExecution", {}).get("status") == "Failed")
        id = stage["latestExecution"]["pipelineExecutionId"]
        said = self._aws(
            profile, "codepipeline", "retry-stage-execution", "--pipeline-name", pipeline, "--stage-name",
            stage["stageName"], "--pipeline-execution-id", id, "--retry-mode", "FAILED_ACTIONS",
        )  # fmt: skip
        self._equal(said["pipelineExecutionId"], id, "the execution that was retried")

    def roll_back(self):
        pipeline = ("--pipeline-name", "catalog-api")
        only = ("--filter", {"succeededInStage": {"stageName": "Deploy"}})
        listed = self._aws(STG, "codepipeline", "list-pipeline-executions", *pipeline, *only)
        for target in listed["pipelineExecutionSummaries"][1:]:
            try:
                said = self._aws(
                    STG, "codepipeline", "rollback-stage", *pipeline, "--stage-name", "Deploy",
                    "--target-pipeline-execution-id", target["pipelineExecutionId"],
                )  # fmt: skip
            except Refused:
                continue
            execution = ("--pipeline-execution-id", said["pipelineExecutionId"])
            got = self._aws(STG, "codepipeline", "get-pipeline-execution", *pipeline, *execution)["pipelineExecution"]
            self._equal(got["executionType"], "ROLLBACK", "type of a rollback")
            rolled_back_to = got["rollbackMetadata"]["rollbackTargetPipelineExecutionId"]
            self._equal(rolled_back_to, target["pipelineExecutionId"], "what was rolled back to")
            return
        raise LookupError("no execution can be rolled back to")

    def approve(self):
        def waits(stage):
            return any("token" in action.get("latestExecution", {}) for action in stage["actionStates"])

        profile, pipeline, stage = self._stage(waits)
        action = next(a for a in stage["actionStates"] if "token" in a.get("latestExecution", {}))
        said = self._aws(
            profile, "codepipeline", "put-approval-result", "--pipeline-name", pipeline, "--stage-name",
            stage["stageName"], "--action-name", action["actionName"], "--token", action["latestExecution"]["token"],
            "--result", {"summary": "Looks good (wire test)", "status": "Approved"},
        )  # fmt: skip
        self._holds("approvedAt" in said, f"an approval answers {said}")

    # CodeBuild.

    def builds(self):
        names = self._aws(PROD, "codebuild", "list-projects")["projects"]
        got = self._aws(PROD, "codebuild", "batch-get-projects", "--names", *names, "no-such-project")
        self._equal(sorted(p["name"] for p in got["projects"]), sorted(names), "projects")
        self._equal(got["projectsNotFound"], ["no-such-project"], "projects not found")
        listed = self._aws(PROD, "codebuild", "list-builds")["ids"]
        own = self._aws(PROD, "codebuild", "list-builds-for-project", "--project-name", names[0])["ids"]
        self._holds(own and set(own) <= set(listed), "the builds of a project are among all builds")
        builds = self._aws(PROD, "codebuild", "batch-get-builds", "--ids", *own[:3])["builds"]
        self._equal({b["projectName"] for b in builds}, {names[0]}, "projects of a project's builds")
        # A project that builds by itself: those of pipelines are theirs to start.
        started = self._start_build("nightly-browser-tests")
        retried = self._aws(DEV, "codebuild", "retry-build", "--id", started)["build"]
        self._equal(retried["projectName"], "nightly-browser-tests", "project of a retried build")

    def _start_build(self, project):
        build = self._aws(DEV, "codebuild", "start-build", "--project-name", project)["build"]
        self._equal(build["buildStatus"], "IN_PROGRESS", "a build that was started")
        stopped = self._aws(DEV, "codebuild", "stop-build", "--id", build["id"])["build"]
        self._equal(stopped["id"], build["id"], "the build that was stopped")
        return build["id"]

    # CloudWatch Logs.

    def logs(self):
        listed = self._aws(PROD, "codebuild", "list-builds", "--max-items", "40")["ids"]
        builds = self._aws(PROD, "codebuild", "batch-get-builds", "--ids", *listed)["builds"]
        log = next(build["logs"] for build in builds if build["buildStatus"] != "IN_PROGRESS")
        group, stream = log["groupName"], log["streamName"]
        groups = self._aws(PROD, "logs", "describe-log-groups", "--log-group-name-prefix", group)["logGroups"]
        self._holds(group in [g["logGroupName"] for g in groups], f"{group} is not among the groups")
        prefix = ("--log-group-name", group, "--log-stream-name-prefix", stream)
        streams = self._aws(PROD, "logs", "describe-log-streams", *prefix)["logStreams"]
        self._equal([s["logStreamName"] for s in streams], [stream], "streams by prefix")
        here = ("--log-group-name", group, "--log-stream-name", stream, "--limit", "20")
        events = self._aws(PROD, "logs", "get-log-events", *here)["events"]
        self._holds(events, f"no events in {stream}")
        found = self._aws(PROD, "logs", "filter-log-events", "--log-group-name", group, "--log-stream-names", stream)
        messages = [event["message"] for event in found["events"]]
        self._holds(events[0]["message"] in messages, "what is in a stream is found in it")

    # CodeCommit.

    def repositories(self):
        names = [r["repositoryName"] for r in self._aws(DEV, "codecommit", "list-repositories")["repositories"]]
        got = self._aws(DEV, "codecommit", "batch-get-repositories", "--repository-names", *names)["repositories"]
        self._equal([r["repositoryName"] for r in got], names, "repositories")
        repository = ("--repository-name", names[0])
        metadata = self._aws(DEV, "codecommit", "get-repository", *repository)["repositoryMetadata"]
        branches = self._aws(DEV, "codecommit", "list-branches", *repository)["branches"]
        self._holds(metadata["defaultBranch"] in branches, "the default branch is a branch")
        branch = self._aws(DEV, "codecommit", "get-branch", *repository, "--branch-name", branches[0])["branch"]
        commit = self._aws(DEV, "codecommit", "get-commit", *repository, "--commit-id", branch["commitId"])["commit"]
        both = self._aws(DEV, "codecommit", "batch-get-commits", *repository, "--commit-ids", branch["commitId"], "0" * 40)
        self._equal(both["commits"], [commit], "a commit among others")
        self._equal([e["commitId"] for e in both["errors"]], ["0" * 40], "commits not found")

    # CloudFormation.

    def stacks(self):
        listed = self._aws(PROD, "cloudformation", "list-stacks")["StackSummaries"]
        described = self._aws(PROD, "cloudformation", "describe-stacks")["Stacks"]
        self._holds({s["StackId"] for s in described} <= {s["StackId"] for s in listed}, "described stacks are listed")
        network = ("--stack-name", "network-baseline")
        stack = self._aws(PROD, "cloudformation", "describe-stacks", *network)["Stacks"][0]
        self._equal(stack["StackStatus"], "UPDATE_ROLLBACK_COMPLETE", "state of the network")
        events = self._aws(PROD, "cloudformation", "describe-stack-events", *network)["StackEvents"]
        self._holds(len(events) > 150, f"only {len(events)} events of the network, page after page")
        self._equal(events[0]["ResourceStatus"], stack["StackStatus"], "the newest event of the network")
        listed = self._aws(PROD, "cloudformation", "list-stack-resources", *network)["StackResourceSummaries"]
        told = self._aws(PROD, "cloudformation", "describe-stack-resources", *network)["StackResources"]
        ids = [r["PhysicalResourceId"] for r in listed]
        self._equal([r["PhysicalResourceId"] for r in told], ids, "resources of the network")
        original = ("--template-stage", "Original")
        template = self._aws(PROD, "cloudformation", "get-template", *network, *original)["TemplateBody"]
        self._equal(set(template["Resources"]), {r["LogicalResourceId"] for r in listed}, "resources of the template")
        summary = self._aws(PROD, "cloudformation", "get-template-summary", *network)
        self._holds("AWS::EC2::VPC" in summary["ResourceTypes"], f"types of the network are {summary['ResourceTypes']}")
        exports = self._aws(PROD, "cloudformation", "list-exports")["Exports"]
        vpc = next(e for e in exports if e["Name"] == "shared-vpc")
        self._equal(vpc["ExportingStackId"], stack["StackId"], "the stack that exports the VPC")
        imports = self._aws(PROD, "cloudformation", "list-imports", "--export-name", "shared-vpc")["Imports"]
        self._equal(imports, ["data-stores"], "stacks that import the VPC")
        protect = ("cloudformation", "update-termination-protection", "--stack-name", "legacy-mail")
        said = self._aws(PROD, *protect, "--enable-termination-protection")
        mail = self._aws(PROD, "cloudformation", "describe-stacks", "--stack-name", "legacy-mail")["Stacks"][0]
        self._equal((said["StackId"], mail["EnableTerminationProtection"]), (mail["StackId"], True), "a protected stack")

    def change_sets(self):
        stack = ("--stack-name", "network-baseline")
        body = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
        wire = ("--change-set-name", "wire")
        made = self._aws(
            PROD, "cloudformation", "create-change-set", *stack, *wire, "--template-body", body,
            "--description", "Wire test", "--client-token", "wire-1", "--tags", "Key=team,Value=shop",
            "--capabilities", "CAPABILITY_NAMED_IAM",
        )  # fmt: skip
        listed = self._aws(PROD, "cloudformation", "list-change-sets", *stack)["Summaries"]
        self._equal({c["ChangeSetName"] for c in listed}, {"retry-nat-c", "wire"}, "change sets of the network")
        told = self._aws(PROD, "cloudformation", "describe-change-set", "--change-set-name", made["Id"])
        self._equal(told["Status"], "CREATE_PENDING", "a change set that was just made")
        retry = ("--change-set-name", "retry-nat-c")
        told = self._aws(PROD, "cloudformation", "describe-change-set", *stack, *retry, "--include-property-values")
        actions = sorted(c["ResourceChange"]["Action"] for c in told["Changes"])
        self._equal(actions, ["Add", "Add", "Modify", "Modify", "Remove"], "what the change set would do")
        self._aws(STG, "cloudformation", "delete-change-set", "--stack-name", "network-baseline", *wire)
        self._aws(PROD, "cloudformation", "execute-change-set", *stack, *retry, "--client-request-token", "wire-2")
        now = self._aws(PROD, "cloudformation", "describe-stacks", *stack)["Stacks"][0]
        self._equal((now["StackStatus"], now["ChangeSetId"]), ("UPDATE_IN_PROGRESS", told["ChangeSetId"]), "the network")

    def going_back(self):
        search = ("--stack-name", "search-cluster")
        self._aws(STG, "cloudformation", "cancel-update-stack", *search, "--client-request-token", "wire-3")
        stack = self._aws(STG, "cloudformation", "describe-stacks", *search)["Stacks"][0]
        self._equal(stack["StackStatus"], "UPDATE_ROLLBACK_IN_PROGRESS", "state of a cancelled update")
        stuck = ("--stack-name", "analytics-warehouse", "--region", "eu-west-1")
        skip = ("--resources-to-skip", "LoaderRole")
        self._aws(STG, "cloudformation", "continue-update-rollback", *stuck, *skip)
        stack = self._aws(STG, "cloudformation", "describe-stacks", *stuck)["Stacks"][0]
        self._equal(stack["StackStatus"], "UPDATE_ROLLBACK_IN_PROGRESS", "state of a rollback that goes on")
        kept = ("--stack-name", "poc-kept")
        said = self._aws(DEV, "cloudformation", "rollback-stack", *kept, "--client-request-token", "wire-4")
        stack = self._aws(DEV, "cloudformation", "describe-stacks", *kept)["Stacks"][0]
        self._equal((said["StackId"], stack["StackStatus"]), (stack["StackId"], "UPDATE_ROLLBACK_IN_PROGRESS"), "kept")

    def drift(self):
        stores = ("--stack-name", "data-stores")
        found = self._aws(PROD, "cloudformation", "describe-stack-resource-drifts", *stores)["StackResourceDrifts"]
        drifted = {d["LogicalResourceId"] for d in found if d["StackResourceDriftStatus"] == "MODIFIED"}
        self._equal(drifted, {"SessionsTable", "AdminSg"}, "what has drifted")
        id = self._aws(PROD, "cloudformation", "detect-stack-drift", *stores)["StackDriftDetectionId"]
        asked = ("--stack-drift-detection-id", id)
        said = self._aws(PROD, "cloudformation", "describe-stack-drift-detection-status", *asked)
        self._equal(said["DetectionStatus"], "DETECTION_IN_PROGRESS", "a detection that was just begun")

    def stack_sets(self):
        names = [s["StackSetName"] for s in self._aws(PROD, "cloudformation", "list-stack-sets")["Summaries"]]
        self._equal(names, ["security-baseline"], "stack sets")
        name = ("--stack-set-name", names[0])
        told = self._aws(PROD, "cloudformation", "describe-stack-set", *name)["StackSet"]
        instances = self._aws(PROD, "cloudformation", "list-stack-instances", *name)["Summaries"]
        self._equal({i["StackSetId"] for i in instances}, {told["StackSetId"]}, "the set of the instances")
        pages = self._aws(PROD, "cloudformation", "list-stack-instances", *name, "--page-size", "2")["Summaries"]
        self._equal(pages, instances, "instances page by page")
        self._aws(
            PROD, "cloudformation", "update-stack-instances", *name, "--accounts", instances[0]["Account"],
            "--regions", instances[0]["Region"], "--parameter-overrides", "ParameterKey=RetentionDays,ParameterValue=60",
            "--operation-preferences", {"FailureToleranceCount": 0, "MaxConcurrentCount": 1}, "--operation-id", "wire-5",
        )  # fmt: skip
        operation = ("--operation-id", "wire-5")
        results = self._aws(PROD, "cloudformation", "list-stack-set-operation-results", *name, *operation)["Summaries"]
        self._equal([r["Status"] for r in results], ["PENDING"], "results of an operation that was just begun")
        self._aws(PROD, "cloudformation", "stop-stack-set-operation", *name, *operation)
        said = self._aws(PROD, "cloudformation", "describe-stack-set-operation", *name, *operation)["StackSetOperation"]
        self._holds(said["Status"] in ("STOPPING", "STOPPED"), f"a stopped operation is {said['Status']}")
        listed = self._aws(PROD, "cloudformation", "list-stack-set-operations", *name)["Summaries"]
        self._equal(listed[0]["OperationId"], "wire-5", "the newest operation")

    # What AWS refuses, as the AWS CLI tells it.

    def refusals(self):
        name = ("--pipeline-name", "checkout-api")
        cases = [
            (("codepipeline", "get-pipeline", "--name", "no-such"), "PipelineNotFoundException"),
            (("codepipeline", "get-pipeline-execution", *name, "--pipeline-execution-id", NONE), "PipelineExecutionNotFoundException"),
            (("codepipeline", "list-pipelines", "--starting-token", "made-up"), "InvalidNextTokenException"),
            (("codepipeline", "get-pipeline", "--name", "not a name"), "ValidationException"),
            (("codepipeline", "create-custom-action-type", "--category", "Build", "--provider", "x", "--action-version", "1",
              "--input-artifact-details", "minimumCount=0,maximumCount=0", "--output-artifact-details", "minimumCount=0,maximumCount=0"),
             "UnknownOperationException"),
            (("codepipeline", "list-pipelines", "--region", "ap-east-1"), "UnrecognizedClientException"),
            (("sts", "get-caller-identity", "--region", "ap-east-1"), "InvalidClientTokenId"),
            (("sts", "get-session-token"), "InvalidAction"),
            (("sts", "assume-role", "--role-arn", "arn:aws:iam::999999999999:role/x", "--role-session-name", "wire"), "AccessDenied"),
            (("logs", "get-log-events", "--log-group-name", "/none", "--log-stream-name", "none"), "ResourceNotFoundException"),
            (("codecommit", "get-repository", "--repository-name", "no-such"), "RepositoryDoesNotExistException"),
            (("codebuild", "start-build", "--project-name", "no-such"), "ResourceNotFoundException"),
            (("sso", "list-accounts", "--access-token", "made-up"), "UnauthorizedException"),
            (("cloudformation", "describe-stacks", "--stack-name", "no-such"), "ValidationError"),
            (("cloudformation", "describe-change-set", "--stack-name", "dns-zones", "--change-set-name", "x"), "ChangeSetNotFound"),
            (("cloudformation", "describe-stack-set", "--stack-set-name", "no-such"), "StackSetNotFoundException"),
            (("cloudformation", "list-types"), "InvalidAction"),
        ]  # fmt: skip
        for words, expected in cases:
            try:
                self._aws(DEV, *words)
                got = "an answer"
            except Refused as error:
                got = error.code
            self.errors.append({"call": " ".join(words), "got": got, "expected": expected})
