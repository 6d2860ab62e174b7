"""Holds answers, as they came over the wire, against botocore's output shapes, member by member.

botocore's own parsers skip what they do not know, so the raw bodies are looked at.
"""

import base64
import json
import re
from xml.etree import ElementTree

import botocore.session

ISO8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class Judge:
    """Collects what does not agree."""

    def __init__(self):
        self.checked = 0
        self.disagreements = []
        self._session = botocore.session.get_session()

    def answer(self, service, operation, status, request_id, body):
        """One answer; refusals are not looked at."""
        if status >= 300:
            return
        model = self._session.get_service_model(service).operation_model(operation)
        name, shape, body = f"{service} {operation}", model.output_shape, base64.b64decode(body)
        if model.service_model.resolved_protocol == "query":
            self._xml_document(name, shape, ElementTree.fromstring(body))
        elif shape is not None:
            self._json(name, shape, json.loads(body))
        elif body not in (b"", b"{}"):
            self._say(name, f"answers nothing, but {body[:80]!r} came")
        if not request_id:
            self._say(name, "has no x-amzn-requestid")

    def _say(self, path, what):
        self.disagreements.append(f"{path}: {what}")

    def _members(self, path, shape, given, check):
        """Members of a structure; `given` holds them by their name on the wire."""
        by_wire = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}
        for wire, value in given.items():
            if wire in by_wire:
                check(f"{path}.{wire}", by_wire[wire][1], value)
            else:
                self._say(path, f"{wire} is not a member of {shape.name}")
        present = {by_wire[wire][0] for wire in given if wire in by_wire}
        for missing in set(shape.required_members) - present:
            self._say(path, f"{missing} is required in {shape.name}")

    def _word(self, path, shape, value):
        # The state of a stack in its own events, which AWS's model leaves out.
        if shape.name == "ResourceStatus" and value in self._session.get_service_model("cloudformation").shape_for("StackStatus").enum:
            return
        if getattr(shape, "enum", None) and value not in shape.enum:
            self._say(path, f"{value!r} is not one of {shape.enum}")

    def _json(self, path, shape, value):
        self.checked += 1
        kind = shape.type_name
        wanted = {
            "structure": dict,
            "map": dict,
            "list": list,
            "string": str,
            "character": str,
            "blob": str,
            "boolean": bool,
            "integer": int,
            "long": int,
            "float": (int, float),
            "double": (int, float),
            "timestamp": (int, float),
        }[kind]
        if not isinstance(value, wanted) or (isinstance(value, bool) and kind != "boolean"):
            self._say(path, f"{value!r} is not a {kind}")
        elif kind == "structure":
            self._members(path, shape, value, self._json)
        elif kind == "map":
            for key, held in value.items():
                self._json(f"{path}[{key}]", shape.value, held)
        elif kind == "list":
            for i, element in enumerate(value):
                self._json(f"{path}[{i}]", shape.member, element)
        elif kind == "string":
            self._word(path, shape, value)
        elif kind == "timestamp" and not 1e9 < value < 4e9:
            self._say(path, f"{value!r} is not in epoch seconds")

    def _xml_document(self, name, shape, root):
        namespace = root.tag.partition("}")[0] + "}"
        children = {child.tag.removeprefix(namespace): child for child in root}
        operation = name.split()[1]
        result = set() if shape is None else {f"{operation}Result"}
        if root.tag != f"{namespace}{operation}Response" or set(children) != {"ResponseMetadata", *result}:
            self._say(name, f"is in <{root.tag}> with {sorted(children)}")
            return
        self._namespace = namespace
        if shape is None:
            return
        self._xml(name, shape, children[f"{operation}Result"])

    def _xml(self, path, shape, element):
        self.checked += 1
        kind, held = shape.type_name, element.text or ""
        if kind == "structure":
            given = {child.tag.removeprefix(self._namespace): child for child in element}
            if len(given) != len(element):
                self._say(path, "has a member twice")
            self._members(path, shape, given, self._xml)
        elif kind == "list":
            for i, child in enumerate(element):
                self._xml(f"{path}[{i}]", shape.member, child)
        elif kind in ("integer", "long") and not re.fullmatch(r"-?\d+", held):
            self._say(path, f"{held!r} is not a {kind}")
        elif kind == "boolean" and held not in ("true", "false"):
            self._say(path, f"{held!r} is not a {kind}")
        elif kind == "timestamp" and not ISO8601.fullmatch(held):
            self._say(path, f"{held!r} is not a {kind}")
        elif kind == "string":
            self._word(path, shape, held)
