"""Stacks, change sets, templates and a stack set in moto, for seed.py. Knows nothing of Skydeck."""

import json

from moto.cloudformation.models import CloudFormationBackend, cloudformation_backends

_create_change_set = CloudFormationBackend.create_change_set


def _by_name_or_arn(backend, stack_name, *rest, **more):
    """AWS takes a stack's ARN here, too, which is what never means another stack of the same name; moto takes the name."""
    stack = backend.stacks.get(stack_name)
    return _create_change_set(backend, stack.name if stack else stack_name, *rest, **more)


CloudFormationBackend.create_change_set = _by_name_or_arn

WEB = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Description": "A shop's front",
    "Parameters": {
        "Size": {"Type": "String", "Default": "small"},
        "Password": {"Type": "String", "NoEcho": True},
    },
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Size"}}},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30}},
    },
    "Outputs": {
        "TopicArn": {"Value": {"Ref": "Topic"}, "Description": "Where orders are told"},
        "Login": {"Value": {"Fn::Sub": "admin:${Password}"}},
    },
}

YAML = """\
AWSTemplateFormatVersion: '2010-09-09'
Description: A store, by hand
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 45
Outputs:
  Name:
    Value: !GetAtt Queue.QueueName
"""

PLAIN = json.dumps({"Resources": {"Trail": {"Type": "AWS::SNS::Topic", "Properties": {}}}})
# moto makes a name that it then refuses of the name of a stack set's stack.
NAMED = json.dumps({"Resources": {"Trail": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "trail"}}}})


def seed(stacks, account, region, tag):
    """Makes them, and reads back what is there by boto3."""
    web, exports = f"web-{tag}", json.loads(json.dumps(WEB))
    exports["Outputs"]["TopicArn"]["Export"] = {"Name": f"{web}-topic"}
    password = [{"ParameterKey": "Password", "ParameterValue": "CANARY-moto-noecho"}]
    stacks.create_stack(
        StackName=web,
        TemplateBody=json.dumps(exports),
        Parameters=password,
        Capabilities=["CAPABILITY_IAM"],
        Tags=[{"Key": "team", "Value": "checkout"}],
    )
    changed = json.loads(json.dumps(exports))
    changed["Resources"]["Queue"]["Properties"]["VisibilityTimeout"] = 60
    keep = [{"ParameterKey": "Password", "UsePreviousValue": True}]
    stacks.create_change_set(
        StackName=web,
        ChangeSetName="longer",
        ChangeSetType="UPDATE",
        TemplateBody=json.dumps(changed),
        Parameters=keep,
        Description="Longer",
    )
    stacks.create_stack(StackName=f"store-{tag}", TemplateBody=YAML)
    for name, status in [("broken", "ROLLBACK_COMPLETE"), ("stuck", "UPDATE_ROLLBACK_FAILED")]:
        made = stacks.create_stack(StackName=f"{name}-{tag}", TemplateBody=PLAIN)["StackId"]
        cloudformation_backends[account][region].stacks[made].status = status
    gone = stacks.create_stack(StackName=f"gone-{tag}", TemplateBody=PLAIN)["StackId"]
    stacks.delete_stack(StackName=gone)
    stacks.create_stack_set(StackSetName=f"baseline-{tag}", TemplateBody=NAMED, Description="On every account")
    stacks.create_stack_instances(StackSetName=f"baseline-{tag}", Accounts=[account], Regions=[region])
    return read(stacks)


def read(stacks):
    """What boto3 reads of them."""
    found = stacks.describe_stacks()["Stacks"]
    sets = stacks.list_stack_sets(Status="ACTIVE")["Summaries"]
    return dict(
        stacks=found,
        templates={s["StackName"]: stacks.get_template(StackName=s["StackName"])["TemplateBody"] for s in found},
        resources={s["StackName"]: resources(stacks, s["StackName"]) for s in found},
        change_sets={s["StackName"]: stacks.list_change_sets(StackName=s["StackName"])["Summaries"] for s in found},
        stack_sets=sets,
        instances={
            s["StackSetName"]: stacks.list_stack_instances(StackSetName=s["StackSetName"])["Summaries"] for s in sets
        },
    )


def resources(stacks, name):
    return stacks.list_stack_resources(StackName=name)["StackResourceSummaries"]
