#!/usr/bin/env python3
"""Builds schema.json, the Kubernetes types as Podwright knows them.

    python3 assets/build-schema.py WHEEL...

A wheel is a release of the PyPI package kubernetes-validate, which carries the published JSON schemas of several
Kubernetes versions. Get the newest with

    pip download --no-deps --dest /tmp kubernetes-validate

Every version from FIRST on that a wheel holds goes in, so a new Kubernetes version needs no change here; name an
older wheel too once a newer one has dropped a version. What the published schemas do not say (what the server
requires, allowed values, defaults, feature gates, unions, the order of fields) comes from overlay.json beside this script. README.md beside it
describes the result. Descriptions are left out: no upstream text ends up in the result. Prints what the result says
that the schema.json before it did not.

Needs Python 3.11 and the standard library only.
"""

import json
import re
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIRST = (1, 29)
"""The oldest Kubernetes version to take in."""

ROOTS = {
    "Pod": "core.v1",
    "PodTemplate": "core.v1",
    "PodTemplateSpec": "core.v1",
    "ReplicationController": "core.v1",
    "Deployment": "apps.v1",
    "DaemonSet": "apps.v1",
    "StatefulSet": "apps.v1",
    "ReplicaSet": "apps.v1",
    "Job": "batch.v1",
    "CronJob": "batch.v1",
}
"""The types that a document can be, with their API group; every type reached from them is included."""

PREFIXES = ("io.k8s.apimachinery.pkg.apis.", "io.k8s.api.")
SHORT_GROUPS = ("core.v1.", "apps.v1.", "batch.v1.", "meta.v1.")
"""Groups whose types go without their group in the result: no two of the included types then share a name."""

OPAQUE = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "Quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "IntOrString",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "Time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "FieldsV1",
}
"""Definitions that are a value of their own, not an object with fields."""

VERSIONED = ("t", "fmt", "r", "e")
"""Attributes whose change from one version to the next matters to a manifest; of the rest the newest counts."""


class Problem(Exception):
    """What stands in the way of a right result, for the person who runs the script."""


def number(version):
    """"1.29" as (1, 29), to compare by."""
    return tuple(int(part) for part in version.split("."))


def read_wheels(paths):
    """The definitions of every version in the wheels: {"1.29": {definition name: JSON schema}}, oldest first."""
    found = {}
    for path in paths:
        with zipfile.ZipFile(path) as wheel:
            for name in wheel.namelist():
                match = re.search(r"/v(\d+\.\d+)\.\d+-local/_definitions\.json$", name)
                if match and number(match[1]) >= FIRST:
                    found[match[1]] = json.loads(wheel.read(name))["$defs"]
    if not found:
        raise Problem(f"no schemas from Kubernetes {'.'.join(map(str, FIRST))} on in {', '.join(map(str, paths))}")
    versions = sorted(found, key=number)
    gaps = [v for v, w in zip(versions, versions[1:]) if number(w)[1] != number(v)[1] + 1]
    if gaps:
        raise Problem(f"the version after {gaps[0]} is missing: name the wheel that has it too")
    return {version: found[version] for version in versions}


def full_name(reference):
    """The definition's name with its group, "core.v1.Container", from a definition's name or a reference to it."""
    name = reference.rsplit("/", 1)[-1]
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name


def short_name(full):
    """The name in the result: "Container" for "core.v1.Container"; types of other groups keep their group."""
    for group in SHORT_GROUPS:
        full = full.removeprefix(group)
    return full


def scalar(schema):
    """The type's name without the "or null" that the schemas allow for every optional field."""
    kind = schema.get("type")
    return next(k for k in kind if k != "null") if isinstance(kind, list) else kind


def type_of(schema):
    """The type expression, the format and the referenced definition's name of a field's schema."""
    if reference := schema.get("$ref"):
        name = reference.rsplit("/", 1)[-1]
        return (OPAQUE[name], None, None) if name in OPAQUE else (short_name(full_name(name)), None, name)
    kind = scalar(schema)
    if kind == "array":
        inner, form, reference = type_of(schema["items"])
        return "[]" + inner, form, reference
    if kind == "object" and "additionalProperties" in schema:
        inner, form, reference = type_of(schema["additionalProperties"])
        return "map:" + inner, form, reference
    return kind, schema.get("format"), None


def published_field(name, schema, required):
    """What one version's schema says about a field, in our short keys; whether it is required comes from outside."""
    kind, form, _ = type_of(schema)
    values = {
        "n": name,
        "t": kind,
        "fmt": form,
        "r": int(required),
        "lt": schema.get("x-kubernetes-list-type"),
        "lk": schema.get("x-kubernetes-list-map-keys"),
        "mk": schema.get("x-kubernetes-patch-merge-key"),
        "ps": schema.get("x-kubernetes-patch-strategy"),
        "e": schema.get("enum"),
    }
    return {key: value for key, value in values.items() if value}


def reachable(definitions):
    """The names of the definitions that the roots lead to in one version."""
    todo = ["io.k8s.api." + f"{group}.{kind}" for kind, group in ROOTS.items()]
    seen = set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        if name not in definitions:
            raise Problem(f"the schemas have no {name}")
        for schema in definitions[name].get("properties", {}).values():
            if reference := type_of(schema)[2]:
                todo.append(reference)
    return seen


def life(present, versions, bounds):
    """The "s" and "u" of something that exists in the versions `present`, where its owner exists in `bounds`."""
    first, last = present[0], present[-1]
    if [v for v in versions if number(first) <= number(v) <= number(last)] != present:
        raise Problem(f"comes and goes: {present}")
    span = {}
    if first != bounds[0]:
        span["s"] = first
    if last != bounds[-1]:
        span["u"] = last
    return span


def changes(by_version):
    """What older versions said differently: {last version that said so: {key: value}}, newest first."""
    versions = list(by_version)
    result = {}
    newest = by_version[versions[-1]]
    following = newest
    for version in reversed(versions[:-1]):
        told = by_version[version]
        if any(told.get(key) != following.get(key) for key in VERSIONED):
            differing = {
                key: told.get(key, 0 if key == "r" else None)
                for key in VERSIONED
                if told.get(key) != newest.get(key)
            }
            result[version] = differing
        following = told
    return result


def is_required(overlay, key, version, published):
    """Whether one version's server refuses an object without the field: the overlay's word, or else the schema's."""
    match overlay["REQUIRED"].get(key, published):
        case {"since": since}:
            return number(version) >= number(since)
        case {"until": until}:
            return number(version) <= number(until)
        case always:
            return always


def overlay_field(overlay, full, field):
    """What the overlay says about a field, in our short keys."""
    key = f"{full}.{field}"
    said = {}
    if values := overlay["ENUM"].get(key):
        said["e"] = values
    if since := overlay["ENUM_SINCE"].get(key):
        said["es"] = since
    if values := overlay["SUGGEST"].get(key):
        said["o"] = values
    if default := overlay["DEFAULT"].get(key):
        value, kind = default
        said["v"] = value
        if kind != "s":
            said["vk"] = kind
    if gate := overlay["GATE"].get(key):
        said["g"] = gate
    return said


def ordered(overlay, full, names):
    """A type's field names in the order of the Go struct, those that the overlay does not place at the end by name."""
    order = {name: at for at, name in enumerate(overlay["ORDER"].get(full, []))}
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))


def build_type(overlay, versions, present, full, definitions):
    """One type of the result, from its definition in every version that has it."""
    newest = definitions[present[-1]]
    result = {}
    if group_kinds := newest.get("x-kubernetes-group-version-kind"):
        result["gvk"] = [group_kinds[0][part] for part in ("group", "version", "kind")]
    if (group := full.split(".")[0]) != "core":
        result["a"] = group
    result |= life(present, versions, versions)
    if kind := newest.get("x-kubernetes-map-type"):
        result["mt"] = kind
    if union := overlay["UNION"].get(full):
        result["x"] = union

    told = {}
    for version in present:
        required = definitions[version].get("required", [])
        for name, schema in definitions[version].get("properties", {}).items():
            must = is_required(overlay, f"{full}.{name}", version, name in required)
            told.setdefault(name, {})[version] = published_field(name, schema, must)

    fields = []
    for name in ordered(overlay, full, told):
        by_version = told[name]
        field = dict(by_version[list(by_version)[-1]])
        if f"{full}.{name}" in overlay["READ_ONLY"]:
            field["ro"] = 1
        field |= overlay_field(overlay, full, name)
        field |= life(list(by_version), versions, present)
        if earlier := changes(by_version):
            field["ch"] = earlier
        fields.append(field)
    return result | {"f": fields}


def check_overlay(overlay, told):
    """Every overlay entry must speak of a field, a value or a gate that exists, else it is a slip of the pen."""
    types = {full: {f["n"] for f in body["f"]} for full, body in told.items()}
    for section in ("REQUIRED", "ENUM", "ENUM_SINCE", "SUGGEST", "DEFAULT", "GATE", "READ_ONLY"):
        for key in overlay[section]:
            full, _, field = key.rpartition(".")
            if field not in types.get(full, ()):
                raise Problem(f"overlay {section} speaks of {key}, which no version has")
    for key, since in overlay["ENUM_SINCE"].items():
        for value, (_, gate) in since.items():
            if value not in overlay["ENUM"].get(key, ()):
                raise Problem(f"overlay ENUM_SINCE speaks of {key}={value}, which ENUM does not list")
            if gate not in overlay["GATES"]:
                raise Problem(f"overlay ENUM_SINCE names the gate {gate}, which GATES does not list")
    for key, gate in overlay["GATE"].items():
        if gate not in overlay["GATES"]:
            raise Problem(f"overlay GATE names {gate} for {key}, which GATES does not list")
    for full, (_, members, *_) in overlay["UNION"].items():
        if lost := set(members) - types.get(full, set()):
            raise Problem(f"overlay UNION speaks of {full} {sorted(lost)}, which no version has")
    for full, names in overlay["ORDER"].items():
        if lost := set(names) - types.get(full, set()):
            raise Problem(f"overlay ORDER speaks of {full} {sorted(lost)}, which no version has")


def build(overlay, by_version):
    """The whole result as lines of text."""
    versions = list(by_version)
    reached = {version: reachable(definitions) for version, definitions in by_version.items()}
    types = {}
    for name in sorted(set().union(*reached.values()), key=full_name):
        full = full_name(name)
        present = [version for version in versions if name in reached[version]]
        definitions = {version: by_version[version][name] for version in present}
        try:
            types[full] = build_type(overlay, versions, present, full, definitions)
        except Problem as problem:
            raise Problem(f"{full}: {problem}") from problem
    check_overlay(overlay, types)
    short = [short_name(full) for full in types]
    if len(set(short)) != len(short):
        raise Problem("two types share a short name: narrow SHORT_GROUPS")

    def compact(value):
        return json.dumps(value, ensure_ascii=False)

    yield "{"
    yield f'"versions": {compact(versions)},'
    yield f'"newest": {compact(versions[-1])},'
    yield f'"roots": {compact({kind: short_name(f"{group}.{kind}") for kind, group in ROOTS.items()})},'
    yield f'"gates": {compact(overlay["GATES"])},'
    yield '"types": {'
    lines = [f"  {compact(name)}: {compact(body)}" for name, body in zip(short, types.values())]
    yield ",\n".join(lines)
    yield "}"
    yield "}"


def described(field):
    """A field's attributes in one line, but for its name: `t=string g=ImageVolume`."""
    return " ".join(f"{key}={json.dumps(value)}" for key, value in field.items() if key != "n")


def news(before, after):
    """What a result says that the one before did not, as lines for the person who runs the script."""
    added = [version for version in after["versions"] if version not in before["versions"]]
    gone = [version for version in before["versions"] if version not in after["versions"]]
    yield from (f"version {version} is new" for version in added)
    yield from (f"version {version} is gone" for version in gone)
    for part in ("roots", "gates"):
        for name in sorted(before[part].keys() | after[part].keys()):
            if before[part].get(name) != after[part].get(name):
                yield f"{part[:-1]} {name}: {json.dumps(before[part].get(name))} -> {json.dumps(after[part].get(name))}"
    for name in sorted(before["types"].keys() | after["types"].keys()):
        was, now = before["types"].get(name), after["types"].get(name)
        if was is None or now is None:
            yield f"type {name} is {'new' if was is None else 'gone'}"
        if now is None:
            continue
        was = was or {"f": []}
        about = [key for key in ("gvk", "a", "s", "u", "mt", "x") if key in was | now and name in before["types"]]
        for key in about:
            if was.get(key) != now.get(key):
                yield f"type {name}: {key} {json.dumps(was.get(key))} -> {json.dumps(now.get(key))}"
        old, new = ({field["n"]: field for field in body["f"]} for body in (was, now))
        yield from (f"field {name}.{field} is gone" for field in old if field not in new)
        for field, body in new.items():
            if field not in old:
                yield f"field {name}.{field} is new: {described(body)}"
            elif body != old[field]:
                yield f"field {name}.{field} is changed: {described(old[field])} -> {described(body)}"
        if old.keys() == new.keys() and list(old) != list(new):
            yield f"type {name}: its fields stand in another order"


def main(arguments):
    """Writes schema.json beside this script and prints what is new in it; returns the exit code."""
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        overlay = json.loads((HERE / "overlay.json").read_text(encoding="utf-8"))
        text = "\n".join(build(overlay, read_wheels(arguments))) + "\n"
        schema = HERE / "schema.json"
        before = json.loads(schema.read_text(encoding="utf-8"))
        told = list(news(before, json.loads(text)))
        schema.write_text(text, encoding="utf-8")
        print("\n".join(told) if told else "nothing is new")
    except (Problem, OSError, zipfile.BadZipFile, json.JSONDecodeError) as error:
        print(f"build-schema: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
