"""A moto server with known content, for tests/moto: an AWS that nobody here wrote.

Starts moto on a free loopback port, seeds two accounts and two Regions by boto3, reads everything back by boto3, prints
one line of JSON (url, what boto3 read), then serves until standard input closes. Each line that comes there asks boto3 for one
call, and is answered with a line: so what was done can be read back. Knows nothing of Skydeck.
"""

import datetime
import io
import json
import sys
import zipfile

import boto3  # noqa: E402
from moto.iam.models import iam_backends  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

import stacks  # noqa: E402

OTHER = "444455556666"
REGIONS = ["eu-west-1", "ap-northeast-2"]


def jsonable(value):
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat()
    raise TypeError(type(value))


def main():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    # moto tells an account by the access key that was made in it, so each account gets a user with a key of its own.
    keys = {account: access_key(account) for account in ["111122223333", OTHER]}

    def client(service, region, account):
        return boto3.client(service, region_name=region, endpoint_url=url, **keys[account])

    read = []
    for account in ["111122223333", OTHER]:
        for region in REGIONS:
            read.append(dict(account=account, region=region, keys=keys[account], **seed(client, account, region)))
    print(json.dumps({"url": url, "accounts": read}, default=jsonable), flush=True)
    for line in sys.stdin:
        ask = json.loads(line)
        called = getattr(client(ask["service"], ask["region"], ask["account"]), ask["operation"])
        try:
            answer = called(**ask["arguments"])
        except Exception as error:  # noqa: BLE001 - what boto3 says is the answer
            answer = {"error": str(error)}
        print(json.dumps(answer, default=jsonable), flush=True)
    server.stop()


def access_key(account):
    iam = iam_backends[account]["aws"]
    iam.create_user(region_name="eu-west-1", user_name="seed", path="/", tags=[])
    key = iam.create_access_key("seed")
    return dict(aws_access_key_id=key.access_key_id, aws_secret_access_key=key.secret_access_key)


def seed(client, account, region):
    tag = "one" if account != OTHER else "two"
    s3 = client("s3", region, account)
    bucket = f"skydeck-{account}-{region}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as z:
        z.writestr("buildspec.yml", "version: 0.2")
    s3.put_object(Bucket=bucket, Key="source.zip", Body=packed.getvalue())

    iam = client("iam", region, account)
    try:
        role = iam.create_role(
            RoleName="pipelines",
            AssumeRolePolicyDocument=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}, "Action": "sts:AssumeRole"}
                    ],
                }
            ),
        )["Role"]["Arn"]
    except iam.exceptions.EntityAlreadyExistsException:
        role = iam.get_role(RoleName="pipelines")["Role"]["Arn"]

    commits = client("codecommit", region, account)
    for name in ["shop", "payments"]:
        commits.create_repository(repositoryName=f"{name}-{tag}", repositoryDescription=f"{name} of {region}")

    builds = client("codebuild", region, account)
    for name in ["web", "api"]:
        builds.create_project(
            name=f"{name}-{tag}",
            source={"type": "S3", "location": f"{bucket}/source.zip"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/standard:7.0",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [{"name": "TOKEN", "value": "CANARY-moto-environment"}],
            },
            serviceRole=f"arn:aws:iam::{account}:role/builds",
        )
        builds.start_build(projectName=f"{name}-{tag}")

    pipelines = client("codepipeline", region, account)
    for name in ["checkout", "search", "orders"]:
        pipelines.create_pipeline(
            pipeline={
                "name": f"{name}-{tag}",
                "roleArn": role,
                "artifactStore": {"type": "S3", "location": bucket},
                "stages": [
                    {
                        "name": "Source",
                        "actions": [
                            {
                                "name": "Bucket",
                                "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"},
                                "configuration": {"S3Bucket": bucket, "S3ObjectKey": "source.zip", "OAuthToken": "CANARY-moto-token"},
                                "outputArtifacts": [{"name": "source"}],
                            }
                        ],
                    },
                    {
                        "name": "Build",
                        "actions": [
                            {
                                "name": "Build",
                                "actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"},
                                "configuration": {"ProjectName": f"web-{tag}"},
                                "inputArtifacts": [{"name": "source"}],
                            }
                        ],
                    },
                ],
            }
        )

    project_names = builds.list_projects()["projects"]
    build_ids = builds.list_builds()["ids"]
    repository_names = [r["repositoryName"] for r in commits.list_repositories()["repositories"]] if listable(commits) else None
    return dict(
        pipelines=[pipelines.get_pipeline(name=p["name"]) for p in pipelines.list_pipelines()["pipelines"]],
        projects=builds.batch_get_projects(names=project_names)["projects"],
        builds=builds.batch_get_builds(ids=build_ids)["builds"],
        repositories=repository_names,
        cloudformation=stacks.seed(client("cloudformation", region, account), account, region, tag),
    )


def listable(commits):
    """moto 5 has no ListRepositories; then there is nothing to compare, and Skydeck must say that it could not read."""
    try:
        commits.list_repositories()
        return True
    except Exception:  # noqa: BLE001 - whatever moto answers, it is not a list
        return False


if __name__ == "__main__":
    main()
