"""What was released goes on being understood, as readers that are not ours see it.

Each sample of every release and of today is of the schemas of its own release and of every other that has the message:
so old records are of the form that today's readers ask for, and today's of the form that released readers ask for. That a
breach would be found is tried first, on copies that are spoiled.
"""

import base64
import json
import pathlib
import re
import shutil
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Support" / "SuiteTesting" / "Contracts"))

# Nothing is left beside what is imported.
sys.dont_write_bytecode = True

import contracts  # noqa: E402

SUFFIX = ".schema.json"


def releases(root):
    """Name, schemas and samples of each release, and of what would be released now."""
    folder = root / "docs" / "contracts" / "releases"
    found = [one for one in folder.glob("*") if re.fullmatch(r"\d+\.\d+", one.name)]
    for one in sorted(found, key=lambda one: tuple(map(int, one.name.split(".")))):
        yield one.name, one, one / "samples"
    yield "present", root / "docs" / "contracts", root / "Tests" / "MessagesTests" / "Samples"


def judge(root):
    breaches, count = [], 0
    known = [(name, contracts.Messages(schemas), samples) for name, schemas, samples in releases(root)]
    for writer, own, folder in known:
        samples = {file.name.removesuffix(".json"): file.read_bytes() for file in sorted(folder.glob("*.json"))}
        breaches += [f"{writer}: {one} has no sample" for one in sorted(set(own.validators) - set(samples))]
        for kind, sample in samples.items():
            for reader, messages, _ in known:
                # A release before the message came has no reader of it; today's has to read every one.
                if kind not in messages.validators and reader not in (writer, "present"):
                    continue
                count += 1
                try:
                    breach = messages.judge({"type": kind, "value": base64.b64encode(sample)})
                except (contracts.NotStrict, ValueError) as error:
                    breach = f"it is no strict JSON: {type(error).__name__}"
                if breach:
                    breaches.append(f"{kind} of {writer}, read by {reader}: {breach}")
    return breaches, count, len(known) - 1


def spoil(path, change):
    """Changes what is in a file of JSON."""
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def prove():
    """Each way in which a release and today can part is found, on a copy with one release."""
    schema, sample = f"wecombridge.cancel-run.v1{SUFFIX}", "wecombridge.cancel-run.v1.json"
    spoilings = {
        "a member that released readers need is no longer written":
            lambda now, then: spoil(then / schema, lambda it: it["required"].append("reason")),
        "a member that was never written is needed":
            lambda now, then: spoil(now / "docs/contracts" / schema, lambda it: it["required"].append("reason")),
        "a released sample is of another form": lambda now, then: (then / "samples" / sample).write_text("[]"),
        "a released sample is no JSON": lambda now, then: (then / "samples" / sample).write_text("{"),
        "a released message is gone": lambda now, then: (
            (now / "docs/contracts" / schema).unlink(), (now / "Tests/MessagesTests/Samples" / sample).unlink()
        ),
        "a release lacks a sample": lambda now, then: (then / "samples" / sample).unlink(),
    }
    for what, change in spoilings.items():
        with tempfile.TemporaryDirectory() as place:
            root = pathlib.Path(place)
            release = root / "docs" / "contracts" / "releases" / "1.0"
            _, schemas, samples = list(releases(ROOT))[-1]
            shutil.copytree(samples, root / "Tests" / "MessagesTests" / "Samples")
            for folder in (root / "docs" / "contracts", release):
                folder.mkdir(parents=True, exist_ok=True)
                for file in schemas.glob(f"*{SUFFIX}"):
                    shutil.copy(file, folder)
            shutil.copytree(samples, release / "samples")
            if judge(root)[0]:
                sys.exit(f"releases: a release like today's has breaches: {judge(root)[0]}")
            change(root, release)
            if not judge(root)[0]:
                sys.exit(f"releases: it is not found that {what}")
    return len(spoilings)


def main():
    proven = prove()
    breaches, count, released = judge(ROOT)
    for breach in breaches:
        print(f"releases: {breach}", file=sys.stderr)
    if breaches:
        sys.exit(1)
    print(
        f"releases: {released} and today's read each other, by {count} samples; {proven} ways not to are found",
        file=sys.stderr,
    )


main()
