# Requests that nobody thought of, drawn by schemathesis from the OpenAPI documents of registry and writer.

fuzz_packages=(schemathesis==4.32.5)
fuzz_checks=not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance
fuzz_checks+=,response_schema_conformance

fuzz() {
    local cases=2000 seed=$RANDOM
    while [ $# -gt 0 ]; do
        case $1 in
            --cases) cases=${2:?--cases needs a number} ;;
            --seed) seed=${2:?--seed needs a number} ;;
            *) fail "fuzz takes --cases N and --seed N, not '$1'" ;;
        esac
        shift 2
    done
    # A state of its own: a suite that is up keeps its data.
    state=$root/.local/fuzz
    install_all
    load_settings
    trap end_tests EXIT
    build_programs
    run_demo --users 50 --departments 5 --json
    try_requests "$cases" "$seed"
}

# try_requests CASES SEED: so many of each API, at least, on the suite that the demo left running.
try_requests() {
    install_python fuzz "${fuzz_packages[@]}"
    local values failed=
    values=$(fuzz_values)
    try_requests_of registry "http://127.0.0.1:$REGISTRY_PORT" "$BOOTSTRAP_API_KEY" "$1" "$2" "$values" || failed=yes
    try_requests_of writer "http://127.0.0.1:$WRITER_PORT" "$DIRECTORY_API_KEY" "$1" "$2" "$values" || failed=yes
    [ -z "$failed" ] || fail "an API does not do what its document says"
}

# try_requests_of API URL KEY CASES SEED VALUES: of some operations there are fewer cases than are asked for, so that more
# are asked for than are needed.
try_requests_of() {
    local url=$2 cases=$4 operations
    operations=$(curl -fsS "$url/openapi.json" | python3 -c '
import json, sys

methods = {"get", "put", "post", "patch", "delete"}
print(sum(method in methods for path in json.load(sys.stdin)["paths"].values() for method in path))')
    step "Sending $cases requests to the $1 (seed $5)"
    # What it keeps of failures, it keeps where it is.
    (cd "$state" && FUZZ_VALUES=$6 SCHEMATHESIS_HOOKS=$root/Tests/Fuzz/hooks.py \
        "$python_home/fuzz/bin/schemathesis" run "$url/openapi.json" --header "Authorization: Bearer $3" \
        --checks "$fuzz_checks" --phases fuzzing --max-examples $((cases * 3 / 2 / operations + 1)) \
        --seed "$5" --continue-on-failure --request-timeout 20 --warnings off >&2)
}

# What there is, by the name of the path's parameter.
fuzz_values() {
    python3 - "http://127.0.0.1:$REGISTRY_PORT" "$BOOTSTRAP_API_KEY" "http://127.0.0.1:$WRITER_PORT" \
        "$DIRECTORY_API_KEY" <<'PYTHON'
import json, sys, urllib.request

registry, key, directory, directory_key = sys.argv[1:]


def ask(url, key, path, body=None):
    request = urllib.request.Request(url + "/api/v1/" + path, body and json.dumps(body).encode())
    request.add_header("Authorization", "Bearer " + key)
    request.add_header("Content-Type", "application/json")
    return json.load(urllib.request.urlopen(request))


def ids(url, key, path, name="id"):
    return [item[name] for item in ask(url, key, path)["items"]]


tenant = ids(registry, key, "tenants")[0]
ask(registry, key, f"tenants/{tenant}/extended-fields", {"key": "room", "titles": {"en": "Room"}})
ask(registry, key, f"tenants/{tenant}/webhooks", {"url": "https://hooks.example.com/x"})
ask(registry, key, "api-keys", {"name": "fuzz", "role": "viewer", "tenantID": tenant})
idps = ids(registry, key, f"tenants/{tenant}/idps")
values = {
    "tenant": [tenant], "idp": idps, "field": ["room"], "revision": [1, 2], "other": [1, 2],
    "run": [run for idp in idps for run in ids(registry, key, f"idps/{idp}/runs")],
    "key": ids(registry, key, "api-keys"), "webhook": ids(registry, key, f"tenants/{tenant}/webhooks"),
    "user": [user for idp in idps for user in ids(directory, directory_key, f"idps/{idp}/users")],
}
print(json.dumps({name: some for name, some in values.items() if some}))
PYTHON
}
