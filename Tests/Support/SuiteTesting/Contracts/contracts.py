"""Judges messages and HTTP answers by the committed documents, with readers that are not ours.

Reads one JSON object a line and answers each with one: {"breach": null} or {"breach": "why"}. A message is
{"kind": "message", "type": …, "value": base64}; an answer is {"kind": "answer", "service": …, "method": …, "path": …,
"status": …, "contentType": …, "body": base64}. The argument is the repository.
"""
import base64
import json
import pathlib
import re
import sys
import urllib.parse

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FORMATS = FormatChecker()


class NotStrict(Exception):
    """Not JSON as RFC 8259 has it."""


def constant(name):
    raise NotStrict(f"{name} is no number")


def members(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise NotStrict(f"a member comes twice among {sorted(set(names))}")
    return dict(pairs)


def read(value):
    """JSON, strictly: UTF-8, no byte more, no member twice, no half of a surrogate pair."""
    text = value.decode("utf-8", "strict")
    content = json.loads(text, parse_constant=constant, object_pairs_hook=members)
    json.dumps(content, ensure_ascii=False).encode("utf-8", "strict")
    return content


def first_error(validator, content):
    error = next(iter(sorted(validator.iter_errors(content), key=lambda one: list(map(str, one.path)))), None)
    # Never the value itself: it may be a person's.
    return error and f"/{'/'.join(map(str, error.path))} breaks {error.validator} at {'/'.join(map(str, error.schema_path))}"


class Messages:
    def __init__(self, folder):
        self.validators = {}
        for path in folder.glob("*.schema.json"):
            schema = json.loads(path.read_text())
            self.validators[path.name.removesuffix(".schema.json")] = Draft202012Validator(schema, format_checker=FORMATS)

    def judge(self, message):
        validator = self.validators.get(message["type"])
        if validator is None:
            return f"there is no schema of {message['type']}"
        return first_error(validator, read(base64.b64decode(message["value"])))


class Document:
    """An OpenAPI document."""

    def __init__(self, path):
        self.content = json.loads(path.read_text())
        resource = Resource(contents=self.content, specification=DRAFT202012)
        self.registry = Registry().with_resource("urn:document", resource)
        self.routes = [(self.pattern(template), template) for template in self.content["paths"]]
        # Whole paths before those with parameters.
        self.routes.sort(key=lambda route: route[1].count("{"))

    @staticmethod
    def pattern(template):
        parts = re.split(r"\{[^}]+\}", template)
        return re.compile("[^/]+".join(map(re.escape, parts)))

    def resolve(self, pointer):
        """What lies at that place, and the place itself, once all references are followed."""
        node = self.content
        for part in pointer:
            node = node[part]
        while isinstance(node, dict) and "$ref" in node:
            pointer = [part.replace("~1", "/").replace("~0", "~") for part in node["$ref"].removeprefix("#/").split("/")]
            node = self.content
            for part in pointer:
                node = node[part]
        return node, pointer

    def judge(self, answer):
        template = next((template for pattern, template in self.routes if pattern.fullmatch(answer["path"])), None)
        if template is None:
            return f"{answer['path']} is not documented"
        method, status = answer["method"].lower(), str(answer["status"])
        operation = self.content["paths"][template].get(method)
        if operation is None:
            return f"{method} {template} is not documented"
        responses = operation["responses"]
        chosen = next((one for one in (status, status[0] + "XX", "default") if one in responses), None)
        if chosen is None:
            return f"{method} {template} answered {status}, which is not documented"
        response, pointer = self.resolve(["paths", template, method, "responses", chosen])
        return self.judge_body(answer, response.get("content", {}), pointer, f"{method} {template} {status}")

    def judge_body(self, answer, content, pointer, what):
        body = base64.b64decode(answer["body"])
        if not content:
            return f"{what} has a body, and none is documented" if body else None
        kind = (answer["contentType"] or "").split(";")[0].strip().lower()
        if kind not in content:
            return f"{what} is {kind or 'of no type'}, and documented are {sorted(content)}"
        if not kind.endswith("json") or "schema" not in content[kind]:
            return None
        where = "/".join(urllib.parse.quote(part.replace("~", "~0").replace("/", "~1")) for part in pointer + ["content", kind, "schema"])
        validator = Draft202012Validator({"$ref": f"urn:document#/{where}"}, registry=self.registry, format_checker=FORMATS)
        error = first_error(validator, read(body))
        return error and f"{what}: {error}"


def main():
    root = pathlib.Path(sys.argv[1])
    messages = Messages(root / "docs/contracts")
    documents = {
        "idp-registry": Document(root / "Services/Registry/openapi.json"),
        "directory-writer": Document(root / "Services/Writer/openapi.json"),
        "auth-verifier": Document(root / "Services/Verifier/openapi.json"),
    }
    for line in sys.stdin:
        subject = json.loads(line)
        try:
            judge = messages.judge if subject["kind"] == "message" else documents[subject["service"]].judge
            breach = judge(subject)
        except (NotStrict, ValueError) as error:
            breach = f"it is no strict JSON: {error if isinstance(error, NotStrict) else type(error).__name__}"
        print(json.dumps({"breach": breach}), flush=True)


if __name__ == "__main__":
    main()
