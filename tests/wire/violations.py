"""Breaks every constraint of botocore's input shapes, one at a time, and expects AWS's refusal.

The inputs start from those the AWS CLI sent, so that nothing else is wrong with them. A constraint inside an optional
member is broken where the input has that member.
"""

import copy
from itertools import islice

import boto3
import regex
from botocore.config import Config
from botocore.exceptions import ClientError

# How AWS calls it, by service; where its model declares such an error, that one.
CODES = {
    "cloudformation": "ValidationError",
    "logs": "InvalidParameterException",
    "sts": "ValidationError",
    "sso": "InvalidRequestException",
}

PHRASES = {
    "required": "Member must not be null",
    "enum": "Member must satisfy enum value set: [",
    "min length": "Member must have length greater than or equal to ",
    "max length": "Member must have length less than or equal to ",
    "pattern": "Member must satisfy regular expression pattern: ",
    "min value": "Member must have value greater than or equal to ",
    "max value": "Member must have value less than or equal to ",
}


def report(config, inputs):
    """Tries them all."""
    account = config["accounts"][0]
    session = boto3.Session(
        aws_access_key_id=account["key"], aws_secret_access_key="any", region_name=account["region"]
    )
    clients = {}
    tried, not_refused = {}, []
    for spoken in inputs:
        service, operation, valid = spoken["service"], spoken["operation"], spoken["input"]
        client = clients.get(service)
        if client is None:
            options = Config(parameter_validation=False, retries={"total_max_attempts": 1})
            client = clients[service] = session.client(service, endpoint_url=config["url"], config=options)
        model = client.meta.service_model.operation_model(operation)
        if model.input_shape is None:
            continue
        for kind, path, broken in violations(model.input_shape, valid, client.meta.service_model.resolved_protocol):
            tried[kind] = tried.get(kind, 0) + 1
            problem = refusal_problem(client, service, operation, kind, path, broken)
            if problem:
                not_refused.append(f"{service} {operation}, {kind} of {path}: {problem}")
    return {"tried": tried, "not_refused": not_refused}


def refusal_problem(client, service, operation, kind, path, broken):
    """What is wrong with how the broken input was answered, if anything."""
    try:
        client._make_api_call(operation, broken)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if kind == "type":
            expected, phrase = "SerializationException", ""
        else:
            expected, phrase = CODES.get(service, "ValidationException"), PHRASES[kind]
        if status != 400 or code != expected:
            return f"{status} {code}, not 400 {expected}: {message}"
        named = path[0].lower() + path[1:] if service in ("cloudformation", "sts") else path
        if phrase not in message or (kind != "type" and f"at '{named}" not in message):
            return f"the message is {message!r}"
        return None
    return "it was answered"


def violations(shape, valid, protocol):
    """(kind, top-level member, input) for every constraint that can be broken."""
    for name in shape.required_members:
        yield "required", name, {key: value for key, value in valid.items() if key != name}
    for name, member in shape.members.items():
        in_body = "location" not in member.serialization
        if protocol in ("json", "rest-json") and in_body and member.type_name not in ("structure", "list", "map"):
            yield "type", name, {**valid, name: ["wrong"]}
        for kind, value in broken_values(member, valid.get(name)):
            yield kind, name, {**copy.deepcopy(valid), name: value}


def broken_values(shape, valid):
    """(kind, value) for every way to break a value of the shape; `valid` is one that is right, or none."""
    limits, kind = shape.metadata, shape.type_name
    if kind == "string":
        if limits.get("enum"):
            yield "enum", "NO_SUCH_WORD"
        elif "pattern" in limits:
            # One that is right but for the pattern, where such a text can be found.
            length = max(limits.get("min", 1), 1)
            texts = (text * length for text in ("\u0007", "*", "\uac00", " "))
            breaking = (text for text in texts if not regex.fullmatch(limits["pattern"], text))
            yield from (("pattern", text) for text in islice(breaking, 1))
        if limits.get("min", 0) > 0 and not limits.get("enum"):
            yield "min length", "a" * (limits["min"] - 1)
        if "max" in limits and not limits.get("enum"):
            yield "max length", "a" * (limits["max"] + 1)
    elif kind in ("integer", "long"):
        if "min" in limits:
            yield "min value", limits["min"] - 1
        if "max" in limits and limits["max"] < 2**31 - 1:
            yield "max value", limits["max"] + 1
    elif kind == "list":
        if limits.get("min", 0) > 0:
            yield "min length", []
        if valid and "max" in limits:
            yield "max length", [valid[0]] * (limits["max"] + 1)
        if valid:
            for broken, value in broken_values(shape.member, valid[0]):
                yield broken, [*valid, value]
    elif kind == "structure" and valid:
        for name in shape.required_members:
            yield "required", {key: value for key, value in valid.items() if key != name}
        for name, member in shape.members.items():
            for broken, value in broken_values(member, valid.get(name)):
                yield broken, {**valid, name: value}
