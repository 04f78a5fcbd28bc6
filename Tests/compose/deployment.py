"""What containers are given, held against what the programs are.

deployment.py files                  manifests fit their schemas and each other, and scaling names what there is
deployment.py programs FOLDER LOGS   every variable is one that its program reads, and the program takes them all

FOLDER has the programs, LOGS what they logged when the whole suite was started, each line as JSON.
"""

import json
import pathlib
import re
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "compose" / "docker-compose.yml"
MANIFESTS = ROOT / "compose" / "kubernetes"
CONTRACTS = ROOT / "docs" / "contracts" / "asyncapi.yaml"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
ACCESS = ROOT / "compose" / "kafka-acls.txt"
IMAGE = "wecom-bridge"
# Whose outbox is in which schema.
OUTBOXES = {"idp-registry": "registry", "directory-writer": "directory", "auth-verifier": "verifier"}

# What a secret that is only named here could be.
STAND_INS = {
    "SEALING_KEYS": "k1:" + "A" * 43 + "=",
    "WECOM_PROVIDER_CORPID": "ww0123456789abcdef",
    "WECOM_TEMPLATE_ID": "dk0123456789abcdef",
    "WECOM_CALLBACK_TOKEN": "a" * 32,
    "WECOM_CALLBACK_AES_KEY": "a" * 43,
    "DATABASE_URL": "postgresql://service:password@postgres/wecombridge",
}
STAND_IN = "wbk_" + "a" * 32
# Of a scaled object, what is used here; its schema is not among those of Kubernetes itself.
SCALED = {
    "": {"scaleTargetRef", "minReplicaCount", "maxReplicaCount", "cooldownPeriod", "triggers"},
    "kafka": {"bootstrapServers", "consumerGroup", "topic", "lagThreshold"},
    "prometheus": {"serverAddress", "query", "threshold"},
}


def documents():
    for file in sorted(MANIFESTS.glob("*.yaml")):
        for document in yaml.safe_load_all(file.read_text()):
            if file.name != "kustomization.yaml":
                yield file, document


def compose_containers():
    """Where each stands, its command, and its variables with defaults and stand-ins in the place of ${…}."""
    for name, service in yaml.safe_load(COMPOSE.read_text())["services"].items():
        if service["image"] != IMAGE:
            continue
        variables = {}
        for variable, value in service["environment"].items():
            filled = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
            variables[variable] = STAND_INS.get(variable, STAND_IN) if re.search(r"\$\{\w+:\?", filled) else filled
        # What the example leaves empty and one variable calls for in another.
        if variables.get("DIRECTORY_URL") and not variables.get("DIRECTORY_API_KEY"):
            variables["DIRECTORY_API_KEY"] = STAND_IN
        if variables.get("VERIFIER_URL") and not variables.get("OPERATOR_API_KEY"):
            variables["OPERATOR_API_KEY"] = STAND_IN
        yield f"docker-compose.yml: {name}", service["command"], variables


def manifest_containers():
    kept = {(document["kind"], document["metadata"]["name"]): document for _, document in documents()}

    def value(kind, reference, variable):
        holder = kept[(kind, reference["name"])]
        found = holder["data" if kind == "ConfigMap" else "stringData"][reference["key"]]
        return found if kind == "ConfigMap" else STAND_INS.get(variable, STAND_IN)

    for file, document in documents():
        if document["kind"] not in ("Deployment", "Job"):
            continue
        for container in document["spec"]["template"]["spec"]["containers"]:
            variables = {}
            for source in container.get("envFrom", []):
                variables |= kept[("ConfigMap", source["configMapRef"]["name"])]["data"]
            for variable in container.get("env", []):
                name, source = variable["name"], variable.get("valueFrom", {})
                if "secretKeyRef" in source:
                    variables[name] = value("Secret", source["secretKeyRef"], name)
                elif "configMapKeyRef" in source:
                    variables[name] = value("ConfigMap", source["configMapKeyRef"], name)
                else:
                    variables[name] = variable["value"]
            yield f"{file.name}: {container['name']}", container["command"], variables


def check_files():
    mistakes = []
    known = [file for file in MANIFESTS.glob("*.yaml") if file.name not in ("kustomization.yaml", "scaling.yaml")]
    validator = pathlib.Path(sys.executable).with_name("kubernetes-validate")
    answer = subprocess.run([validator, "--strict", "--quiet", *known], capture_output=True, text=True)
    if answer.returncode:
        mistakes.append(answer.stdout + answer.stderr)

    resources = yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text())["resources"]
    files = {file.name for file in MANIFESTS.glob("*.yaml")} - {"kustomization.yaml", "secret.example.yaml"}
    if set(resources) != files:
        mistakes.append(f"kustomization.yaml names {sorted(set(resources) ^ files)} or leaves them out")

    deployments = {document["metadata"]["name"]: document for _, document in documents() if document["kind"] == "Deployment"}
    compose = [command[0] for _, command, _ in compose_containers() if command[0] != "bridgectl"]
    if sorted(compose) != sorted(deployments):
        mistakes.append(f"docker-compose.yml starts {sorted(compose)}, the manifests {sorted(deployments)}")
    for name, document in deployments.items():
        (container,) = document["spec"]["template"]["spec"]["containers"]
        if container["image"] != IMAGE:
            mistakes.append(f"{name} has another image")
        security = container["securityContext"] | document["spec"]["template"]["spec"]["securityContext"]
        if not (security["readOnlyRootFilesystem"] and security["runAsNonRoot"]) or security["allowPrivilegeEscalation"]:
            mistakes.append(f"{name} may do more than it needs to")
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            port = container[kind]["httpGet"]["port"]
            if port not in [one["name"] for one in container["ports"]]:
                mistakes.append(f"{name}: {kind} asks a port that it does not have")
        budget = [d for _, d in documents() if d["kind"] == "PodDisruptionBudget" and d["metadata"]["name"] == name]
        if not budget or budget[0]["spec"]["selector"] != document["spec"]["selector"]:
            mistakes.append(f"{name} has no disruption budget of its own")
    mistakes += check_scaling(deployments) + check_access()
    return mistakes, f"{len(list(documents()))} manifests, and who may do what on the brokers"


def dead_letters():
    """Who reads which topic as a group, as the contracts tell it: the topic of its dead letters."""
    told = [channel["description"] for channel in yaml.safe_load(CONTRACTS.read_text())["channels"].values()]
    return {topic for text in told for topic in re.findall(r"goes to (\S+\.dead)", text)}


def check_access():
    """The brokers let each service do what architecture.md and the contracts say that it does."""
    topics = set(yaml.safe_load(CONTRACTS.read_text())["channels"])
    expected = set()
    for line in ARCHITECTURE.read_text().splitlines():
        found = re.match(r"\| `([a-z-]+)` \| `Services/\w+` \|.*\|(.*)\|(.*)\|$", line)
        if not found or found[1] == "bridgectl":
            continue
        for operation, cell in (("Read", found[2]), ("Write", found[3])):
            expected |= {(found[1], operation, "topic", name) for name in re.findall(r"`([a-z.]+\.v\d+)`", cell)}
    for topic in dead_letters():
        consumer = topic.split(".")[-2]
        expected |= {(consumer, "Write", "topic", topic), (consumer, "Read", "group", consumer)}
        # Operators look after dead letters by the registry: each is redriven to its own topic.
        expected |= {("idp-registry", operation, "topic", topic) for operation in ("Read", "Write")}
        expected.add(("idp-registry", "Write", "topic", topic.rsplit(".", 2)[0]))
        # How far a service is behind is read at the end of its topic.
        expected.add(("idp-registry", "Read", "topic", topic.rsplit(".", 2)[0]))
        if consumer != "idp-registry":
            expected.add(("idp-registry", "Describe", "group", consumer))
    expected |= {
        ("idp-registry", "Write", "transactional-id", "bridgectl.dead"),
        # And they have the registry tell again what a topic of records still has.
        ("idp-registry", "Write", "transactional-id", "bridgectl.replay."),
        ("idp-registry", "Describe", "topic", "auth.events.v1"),
    }
    expected |= {(service, "Write", "transactional-id", f"outbox.{schema}.") for service, schema in OUTBOXES.items()}

    granted = set()
    for line in ACCESS.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            service, operations, kind, name, _ = line.split()
            granted |= {(service, operation, kind, name) for operation in operations.split(",")}
    granted = {one for one in granted if one[0] != "bridgectl" and one[1] != "DescribeConfigs"}
    mistakes = [f"kafka-acls.txt does not let {' '.join(one)}" for one in sorted(expected - granted)]
    mistakes += [f"kafka-acls.txt lets {' '.join(one)}, which nobody does" for one in sorted(granted - expected)]
    named = {name for _, _, kind, name in granted if kind == "topic"}
    return mistakes + [f"nobody may do anything with {name}" for name in sorted(topics - named)]


def check_scaling(deployments):
    scaled = [document for _, document in documents() if document["kind"] == "ScaledObject"]
    mistakes = []
    for document in scaled:
        name, spec = document["metadata"]["name"], document["spec"]
        if set(spec) - SCALED[""]:
            mistakes.append(f"{name}: {sorted(set(spec) - SCALED[''])} is not known of a scaled object")
        if spec["scaleTargetRef"]["name"] not in deployments:
            mistakes.append(f"{name} scales what is no deployment")
        for trigger in spec["triggers"]:
            metadata = trigger["metadata"]
            if set(metadata) != SCALED[trigger["type"]]:
                mistakes.append(f"{name}: a trigger by {trigger['type']} has {sorted(SCALED[trigger['type']])}")
            if trigger["type"] == "kafka":
                # Whoever reads a topic as a group has its dead letters there.
                dead = f"{metadata['topic']}.{metadata['consumerGroup']}.dead"
                if dead not in dead_letters():
                    mistakes.append(f"{name}: nobody reads {metadata['topic']} as {metadata['consumerGroup']}")
    fixed = {name for name, document in deployments.items() if "replicas" in document["spec"]}
    both = fixed & {document["spec"]["scaleTargetRef"]["name"] for document in scaled}
    return mistakes + [f"{name} has a number of copies, and is scaled" for name in both]


def read_variables(logs, program):
    """What the program read of its environment when it last started."""
    lines = (logs / f"{program}.log").read_text().splitlines()
    starts = [line for line in lines if '"message":"starting"' in line]
    return set(json.loads(starts[-1])["metadata"]["configuration"])


def refused_variables(program, variables):
    """What the program refuses of an environment. It goes no further, as the port is none."""
    answer = subprocess.run(
        [program], env=variables | {"HTTP_PORT": "none"}, capture_output=True, text=True, timeout=30
    )
    refusals = {}
    for line in answer.stderr.splitlines():
        entry = json.loads(line)
        if "variable" in entry.get("metadata", {}):
            refusals[entry["metadata"]["variable"]] = entry["message"]
    if refusals.pop("HTTP_PORT", None) is None:
        sys.exit(f"deployment: {program} takes a port that is none:\n{answer.stderr}")
    return refusals


def check_programs(folder, logs):
    mistakes, count = [], 0
    for place, command, variables in [*compose_containers(), *manifest_containers()]:
        program = folder / command[0]
        if not program.exists():
            mistakes.append(f"{place}: {command[0]} is no program")
            continue
        count += len(variables)
        if command[0] == "bridgectl":
            # A command line that ends by itself: with these alone it gets as far as to ask the brokers.
            if set(variables) != {"KAFKA_BOOTSTRAP_SERVERS"}:
                mistakes.append(f"{place}: has other variables than KAFKA_BOOTSTRAP_SERVERS")
            continue
        unread = set(variables) - read_variables(logs, command[0])
        mistakes += [f"{place}: {command[0]} does not read {name}" for name in sorted(unread)]
        mistakes += [f"{place}: {refusal}" for refusal in refused_variables(program, variables).values()]
        without = refused_variables(program, {})
        mistakes += [f"{place}: {name} is needed and not given" for name in sorted(set(without) - set(variables))]
    return mistakes, f"{count} variables, all of them read and taken"


def main():
    match sys.argv[1:]:
        case ["files"]:
            mistakes, summary = check_files()
        case ["programs", folder, logs]:
            mistakes, summary = check_programs(pathlib.Path(folder), pathlib.Path(logs))
        case _:
            sys.exit(__doc__)
    for mistake in mistakes:
        print(f"deployment: {mistake}", file=sys.stderr)
    if mistakes:
        sys.exit(1)
    print(f"deployment: {summary}", file=sys.stderr)


main()
