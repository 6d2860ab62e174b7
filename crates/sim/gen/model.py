"""Writes the simulator's wire model from botocore's service models, which no one here wrote.

    python crates/sim/gen/model.py [--check] --out crates/sim/src/model/data

Per service of `operations.json` (beside this file) it takes the operations named there and the shapes they reach: how
they are bound to the wire, and what AWS accepts (required, enum, length, range, pattern). Documentation, examples,
paginators and operations that the simulator does not offer are left out; so is every rule that only a client follows.
"""

import argparse
import json
import sys
from pathlib import Path

import botocore
import botocore.session

HERE = Path(__file__).parent

# Members of botocore's shapes that are kept as they are. `sensitive`, `documentation`, `deprecated` … say nothing about
# what goes over the wire.
SHAPE = ["type", "enum", "min", "max", "pattern", "flattened", "timestampFormat", "union", "document", "payload"]
MEMBER = ["location", "locationName", "queryName", "flattened", "timestampFormat", "xmlAttribute", "streaming", "jsonvalue"]

# What AWS answers though its model does not say so: a stack's own events tell the stack's state (the AWS CLI's example of
# describe-stack-events has UPDATE_COMPLETE_CLEANUP_IN_PROGRESS).
ALSO = {("cloudformation", "ResourceStatus"): "StackStatus"}


def member(ref):
    """A reference to a shape: its name alone where nothing else is said."""
    kept = {key: ref[key] for key in MEMBER if key in ref}
    return {"shape": ref["shape"], **kept} if kept else ref["shape"]


def shape(raw):
    """A shape, of what the wire needs."""
    kept = {key: raw[key] for key in SHAPE if key in raw}
    if raw["type"] == "structure":
        kept["members"] = {name: member(ref) for name, ref in raw.get("members", {}).items()}
        if raw.get("required"):
            kept["required"] = raw["required"]
        if raw.get("exception") or "error" in raw:
            error = raw.get("error", {})
            kept["error"] = {key: error[key] for key in ("code", "httpStatusCode") if key in error}
    elif raw["type"] == "list":
        kept["member"] = member(raw["member"])
    elif raw["type"] == "map":
        kept["key"], kept["value"] = member(raw["key"]), member(raw["value"])
    return kept


def references(kept):
    """Names of the shapes that a shape mentions."""
    refs = list(kept.get("members", {}).values()) + [kept[key] for key in ("member", "key", "value") if key in kept]
    return [ref if isinstance(ref, str) else ref["shape"] for ref in refs]


def operation(raw):
    """An operation and its binding."""
    kept = {"method": raw["http"]["method"], "uri": raw["http"]["requestUri"]}
    if raw["http"].get("responseCode", 200) != 200:
        kept["status"] = raw["http"]["responseCode"]
    for side in ("input", "output"):
        if side in raw:
            kept[side] = raw[side]["shape"]
    if "resultWrapper" in raw.get("output", {}):
        kept["resultWrapper"] = raw["output"]["resultWrapper"]
    if raw.get("authtype") == "none":
        kept["unsigned"] = True
    kept["errors"] = sorted(error["shape"] for error in raw.get("errors", []))
    return kept


def service(session, name, offered):
    """The model of one service."""
    raw = session.get_service_model(name)._service_description
    metadata = raw["metadata"]
    operations = {op: operation(raw["operations"][op]) for op in sorted(offered)}
    reach = [op[side] for op in operations.values() for side in ("input", "output") if side in op]
    reach += [error for op in operations.values() for error in op["errors"]]
    shapes = {}
    while reach:
        wanted = reach.pop()
        if wanted not in shapes:
            shapes[wanted] = shape(raw["shapes"][wanted])
            if also := ALSO.get((name, wanted)):
                words = shapes[wanted]["enum"]
                words += [word for word in raw["shapes"][also]["enum"] if word not in words]
            reach += references(shapes[wanted])
    return {
        "id": metadata["endpointPrefix"],
        "signing": metadata.get("signingName", metadata["endpointPrefix"]),
        "apiVersion": metadata["apiVersion"],
        "protocols": metadata["protocols"],
        **{key: metadata[key] for key in ("jsonVersion", "targetPrefix", "xmlNamespace") if key in metadata},
        "operations": operations,
        "shapes": dict(sorted(shapes.items())),
    }


def text(model):
    """JSON with one line an operation and one a shape, so that a new botocore gives a diff that can be read."""
    lines = ["{"]
    for key, value in model.items():
        if key in ("operations", "shapes"):
            inner = ",\n".join(f"    {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
            lines.append(f'  "{key}": {{\n{inner}\n  }},')
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value)},")
    lines[-1] = lines[-1].rstrip(",")
    return "\n".join([*lines, "}", ""])


def outputs():
    """Every file that is written, by name."""
    session = botocore.session.get_session()
    offered = json.loads((HERE / "operations.json").read_text())
    files = {}
    entries = []
    for name in sorted(offered):
        model = service(session, name, offered[name])
        files[f"{name}.json"] = text(model)
        entries.append(f'    ("{model["id"]}", include_str!("{name}.json")),\n')
    files["mod.rs"] = (
        "//! Generated by `crates/sim/gen/model.py`: the wire models, by endpoint prefix.\n\n"
        f"/// The botocore they were taken from.\npub const BOTOCORE: &str = \"{botocore.__version__}\";\n\n"
        "/// Endpoint prefix, and the model as JSON.\npub(super) const MODELS: &[(&str, &str)] = &[\n"
        f"{''.join(entries)}];\n"
    )
    return files


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder of the models")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if something would change")
    arguments = parser.parse_args()

    files = outputs()
    present = {path.name: path.read_text() for path in arguments.out.glob("*") if path.is_file()}
    if arguments.check:
        stale = sorted(name for name in {*files, *present} if files.get(name) != present.get(name))
        if stale:
            sys.exit(f"not what crates/sim/gen/model.py writes: {', '.join(stale)} in {arguments.out}")
        return
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in set(present) - set(files):
        (arguments.out / name).unlink()
    for name, content in files.items():
        (arguments.out / name).write_text(content)


if __name__ == "__main__":
    main()
