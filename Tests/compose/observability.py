"""What Prometheus and Grafana are given, held against what there is.

observability.py files                   alerts have tests and a page, expressions are such, every service is scraped
observability.py scrape SERVICE=URL...   every metric, label and value that rules, dashboards and scaling name exists
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "compose" / "observability"
OPERATIONS = ROOT / "docs" / "operations.md"

# What Prometheus itself adds to each series, or makes.
OWN_METRICS = {"up", "ALERTS"}
OWN_LABELS = {"job", "instance"}
# Labels of which all values are there from the start, so that also those in a pattern are looked for.
COMPLETE = {("logons_total", "outcome"), ("sessions_ended_total", "reason"), ("registry_runs_finished_total", "outcome")}

WORDS = {"and", "or", "unless", "bool", "offset", "on", "ignoring", "by", "without", "group_left", "group_right"}
STRING = r'"(?:[^"\\]|\\.)*"'
SELECTOR = re.compile(r"([a-zA-Z_:][\w:]*)\s*(\{(?:" + STRING + r'|[^}"])*\})?')
MATCHER = re.compile(r"([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*(" + STRING + ")")
GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")


def rules():
    for file in sorted((FOLDER / "rules").glob("*.yml")):
        for group in yaml.safe_load(file.read_text())["groups"]:
            for rule in group["rules"]:
                yield f"{file.name}: {rule['alert']}", rule


def expressions():
    """Where each stands, and what it is."""
    for place, rule in rules():
        yield place, rule["expr"]
    for file in sorted((FOLDER / "grafana" / "dashboards").glob("*.json")):
        for panel in json.loads(file.read_text())["panels"]:
            for target in panel.get("targets", []):
                yield f"{file.name}: {panel['title']}", target["expr"]
    for scaled in yaml.safe_load_all((ROOT / "compose" / "kubernetes" / "scaling.yaml").read_text()):
        for trigger in scaled["spec"]["triggers"]:
            if trigger["type"] == "prometheus":
                yield f"scaling.yaml: {scaled['metadata']['name']}", trigger["metadata"]["query"]


def selectors(expression):
    """The metrics that an expression names, each with its matchers; and the labels that it groups by."""
    labels = {name.strip() for found in GROUPING.findall(expression) for name in found.split(",") if name.strip()}
    text = GROUPING.sub(" ", re.sub(r"\[[^\]]*\]", " ", expression))
    metrics = []
    for found in SELECTOR.finditer(text):
        name, braces = found.group(1), found.group(2) or ""
        before = text[: found.start()]
        is_within_number = bool(re.search(r"[\w.]$", before))
        is_function = not braces and text[found.end() :].lstrip().startswith("(")
        if name in WORDS or is_function or is_within_number:
            continue
        metrics.append((name, [(label, sign, json.loads(value)) for label, sign, value in MATCHER.findall(braces)]))
    return metrics, labels


def check_files():
    found = list(rules())
    names = [rule["alert"] for _, rule in found]
    mistakes = [f"{name} stands twice" for name in set(names) if names.count(name) > 1]

    expected = set()
    for file in (FOLDER / "tests").glob("*.yml"):
        for test in yaml.safe_load(file.read_text())["tests"]:
            for look in test["promql_expr_test"]:
                for sample in look["exp_samples"]:
                    expected.update(re.findall(r'alertname="(\w+)"', sample["labels"]))
    mistakes += [f"no test has {name} fire" for name in names if name not in expected]

    headings = re.findall(r"^### (\w+)$", OPERATIONS.read_text(), re.MULTILINE)
    mistakes += [f"docs/operations.md says nothing of {name}" for name in names if name not in headings]
    mistakes += [f"docs/operations.md tells of {name}, which is no alert" for name in headings if name not in names]
    for _, rule in found:
        if rule["annotations"]["runbook"] != f"docs/operations.md#{rule['alert'].lower()}":
            mistakes.append(f"{rule['alert']} leads to another page")

    compose = yaml.safe_load((ROOT / "compose" / "docker-compose.yml").read_text())["services"]
    ports = {name: service["healthcheck"]["test"][-1] for name, service in compose.items() if service.get("image") == "wecom-bridge" and "healthcheck" in service}
    scraped = {}
    for job in yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]:
        (target,) = job["dns_sd_configs"]
        if target["names"] != [job["job_name"]]:
            mistakes.append(f"{job['job_name']} is looked for by another name")
        scraped[job["job_name"]] = str(target["port"])
    if ports != scraped:
        mistakes.append(f"services have their health at {ports}, and are scraped at {scraped}")

    uids = [json.loads(file.read_text())["uid"] for file in (FOLDER / "grafana" / "dashboards").glob("*.json")]
    if len(set(uids)) != len(uids):
        mistakes.append("two dashboards have one uid")
    # Prometheus's own parser: each expression as a rule.
    records = [{"record": f"x:{number}", "expr": expression} for number, (_, expression) in enumerate(expressions())]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        yaml.safe_dump({"groups": [{"name": "expressions", "rules": records}]}, file)
        file.flush()
        answer = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True)
        if answer.returncode:
            mistakes.append(answer.stdout + answer.stderr)
    return mistakes, f"{len(names)} alerts, each with a test and a page, and {len(records)} expressions"


def scrape(addresses):
    """Each metric's series, as the labels that each has, and its value."""
    series = {}
    for address in addresses:
        service, url = address.split("=", 1)
        with urllib.request.urlopen(url, timeout=10) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith("#"):
                    continue
                name, labels, value = re.match(r"([^\s{]+)(?:\{(.*)\})? (\S+)$", line).groups()
                found = {label: json.loads(text) for label, _, text in MATCHER.findall(labels or "")}
                series.setdefault(name, []).append(found | {"job": service, "instance": service, "": float(value)})
    return series


def check_scrape(addresses):
    series = scrape(addresses)
    mistakes, count = set(), 0
    for one in series.get("background_steps_total", []):
        if one["task"] == "figures" and one["outcome"] == "failed" and one[""]:
            mistakes.add(f"{one['job']}: {one['step']} could not be looked up")
    for place, expression in expressions():
        metrics, grouped = selectors(expression)
        count += len(metrics)
        if not metrics:
            mistakes.add(f"{place}: names no metric")
        known = set(OWN_LABELS)
        for name, matchers in metrics:
            if name in OWN_METRICS:
                continue
            if name not in series:
                mistakes.add(f"{place}: nobody serves {name}")
                continue
            known |= {label for one in series[name] for label in one}
            for label, sign, value in matchers:
                values = {one[label] for one in series[name] if label in one}
                wanted = value.split("|") if (name, label) in COMPLETE and sign == "=~" else [value]
                if not values:
                    mistakes.add(f"{place}: {name} has no label {label}")
                elif sign == "=" or (name, label) in COMPLETE:
                    mistakes |= {f"{place}: no {name} has {label}={one!r}" for one in wanted if one not in values}
        served = [name for name, _ in metrics if name not in OWN_METRICS]
        if served:
            mistakes |= {f"{place}: no metric has the label {label}" for label in grouped - known}
    return sorted(mistakes), f"{count} mentions of metrics, all of them served"


def main():
    match sys.argv[1:]:
        case ["files"]:
            mistakes, summary = check_files()
        case ["scrape", *addresses] if addresses:
            # Some figures are looked up every half minute.
            deadline = time.monotonic() + 60
            mistakes, summary = check_scrape(addresses)
            while mistakes and time.monotonic() < deadline:
                time.sleep(1)
                mistakes, summary = check_scrape(addresses)
        case _:
            sys.exit(__doc__)
    for mistake in mistakes:
        print(f"observability: {mistake}", file=sys.stderr)
    if mistakes:
        sys.exit(1)
    print(f"observability: {summary}", file=sys.stderr)


main()
