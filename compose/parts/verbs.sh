# The verbs that put the parts together.

up() {
    [ $# -eq 0 ] || fail "up takes no options"
    install_all
    load_settings
    build_programs
    start_everything
    print_addresses
}

start_everything() {
    step "Starting the suite"
    moved_ports=
    start_servers
    # What is up knows the old addresses.
    [ -z "$moved_ports" ] || stop_suite
    make_suite_database
    start_suite
    add_console_client
}

down() {
    load_settings
    stop_suite
    if [ "${1:-}" = --clean ]; then
        forget_data
        stop_database
        stop_broker
        rm -rf "$state/broker" "$state/logs" "$state/run" "$state/suite.env"
    else
        stop_database
        stop_broker
    fi
    say "stopped"
}

# A fresh start: no tenants, no topics.
forget_data() {
    start_database
    drop_suite_database
    if [ -z "${KAFKA_BOOTSTRAP_SERVERS:-}" ]; then
        stop_broker
        rm -rf "$state/broker"
    else
        programs=${programs:-$(swift build -c release --show-bin-path)}
        "$programs/bridgectl" topics delete --yes >&2 || true
    fi
}

demo() {
    install_all
    load_settings
    build_programs
    run_demo "$@"
}

run_demo() {
    stop_suite
    forget_data
    start_everything
    step "Running the demo"
    "$programs/bridge-demo" \
        --registry "http://127.0.0.1:$REGISTRY_PORT" --registry-key "$BOOTSTRAP_API_KEY" \
        --directory "http://127.0.0.1:$WRITER_PORT" --directory-key "$DIRECTORY_API_KEY" \
        --verifier "http://127.0.0.1:$VERIFIER_PORT" --client-redirect "http://127.0.0.1:$CLIENT_PORT/callback" \
        --simulator "$(simulator_url)" "$@"
    print_addresses
    say "  stop it all             ./compose/local down"
    say
    print_sign_in_link
}

# Ends what the tests started, also when one fails.
end_tests() {
    end_registered
    stop_suite
    stop_database
    stop_broker
    forget_database
}

test_everything() {
    [ $# -eq 0 ] || fail "test takes no options"
    debian_packages+=("${browser_packages[@]}" prometheus)
    prepare_tests
    check_documents
    step "Checking how ports are chosen, a suite is started and tests are attended"
    bash Tests/compose/ports.sh
    bash Tests/compose/suite.sh
    bash Tests/compose/without.sh
    bash Tests/compose/upgrade.sh
    bash Tests/compose/attended.sh
    start_servers
    build_tests
    install_test_packages
    run_tests
    step "Running the demo with 1,000 people"
    run_demo --users 1000 --departments 50 --json
    try_console
    try_operations
    try_requests 300 1
    try_benchmarks
    try_chaos
}

# The administrators' way through the console and an employee's through the logon pages, in every language at every
# width.
browse() {
    [ $# -eq 0 ] || fail "browse takes no options"
    state=$root/.local/browse
    debian_packages+=("${browser_packages[@]}")
    install_all
    load_settings
    trap end_tests EXIT
    build_programs
    run_demo --users 1000 --departments 50 --json
    try_console --every-pair
}

browser_packages=(chromium fonts-noto-cjk)

# try_console [--every-pair]: in a real Chromium, on the suite that the demo left running.
try_console() {
    install_python browser playwright==1.65.2 axe-playwright-python==0.1.8 pytest confluent-kafka
    step "Going through the console and the logon pages in Chromium"
    env CONSOLE_URL="http://127.0.0.1:$CONSOLE_PORT" CONSOLE_KEY="$BOOTSTRAP_API_KEY" \
        SIMULATOR_URL="$(simulator_url)" VERIFIER_URL="http://127.0.0.1:$VERIFIER_PORT" \
        REGISTRY_URL="http://127.0.0.1:$REGISTRY_PORT" CLIENT_REDIRECT="http://127.0.0.1:$CLIENT_PORT/callback" \
        KAFKA_BOOTSTRAP_SERVERS="$brokers" SCREENSHOTS="$root/.local/screenshots" \
        "$python_home/browser/bin/python" -m pytest -q --durations 0 --durations-min 1 -p no:cacheprovider "$@" \
        Tests/Browser >&2
}

# README's other commands, on the suite that the demo left running.
try_operations() {
    step "Operating the suite"
    status
    (logs directory-writer) | tail -n 1 >&2
    (open_database directory -X -c 'select count(*) from directory.users') >&2
    if (open_database directory -X -c 'select count(*) from registry.tenants') >/dev/null 2>&1; then
        fail "the writer's role can read the registry's tables"
    fi
    KAFKA_BOOTSTRAP_SERVERS=$brokers "$programs/bridgectl" topics check >&2
    "$programs/bridgectl" contracts check >&2
    KAFKA_BOOTSTRAP_SERVERS=$brokers "$programs/bridgectl" dead histogram >&2
    try_deployment
    curl -fsS "http://127.0.0.1:$REGISTRY_PORT/api/v1/tenants" -H "Authorization: Bearer $BOOTSTRAP_API_KEY" \
        -H 'Content-Type: application/json' -d '{"name":"Example"}' >&2
    say
}

# The suite is well, what rules and dashboards name is served, and what containers are given is what the programs read.
try_deployment() {
    local service metrics=()
    env KAFKA_BOOTSTRAP_SERVERS="$brokers" DATABASE_URL="$(service_database_url directory)" SEALING_KEYS="$SEALING_KEYS" \
        REGISTRY_URL="http://127.0.0.1:$REGISTRY_PORT" REGISTRY_API_KEY="$BOOTSTRAP_API_KEY" \
        DIRECTORY_URL="http://127.0.0.1:$WRITER_PORT" VERIFIER_URL="http://127.0.0.1:$VERIFIER_PORT" \
        WECOM_API_URL="$(simulator_url)" "$programs/bridgectl" doctor >&2
    for service in "${services[@]}"; do
        metrics+=("$service=http://127.0.0.1:$(health_port "$service")/metrics")
    done
    "$python_home/documents/bin/python" Tests/compose/observability.py scrape "${metrics[@]}"
    "$python_home/documents/bin/python" Tests/compose/deployment.py programs "$programs" "$state/logs"
}

# What the tests show small, in full.
proofs() {
    [ $# -eq 0 ] || fail "proofs takes no options"
    prepare_tests
    start_servers
    build_tests
    install_test_packages
    give_tests
    export BRIDGE_PROOFS=full
    step "Running EndToEndTests in full"
    test_built --experimental-maximum-parallelization-width 3 --filter '^EndToEndTests\.'
}

# Random histories of tenants, with faults in WeCom and services that are killed meanwhile: more than the tests play.
histories() {
    local count=1000 seed=$RANDOM
    while [ $# -gt 0 ]; do
        case $1 in
            --count) count=${2:?--count needs a number} ;;
            --seed) seed=${2:?--seed needs a number} ;;
            *) fail "histories takes --count N and --seed N, not '$1'" ;;
        esac
        shift 2
    done
    prepare_tests
    start_servers
    build_tests
    install_python contracts "${contract_packages[@]}"
    give_tests
    export HISTORIES=$count HISTORY_SEED=$seed
    step "Playing $count histories from seed $seed"
    test_built --filter '^WriterTests\.HistoryTests'
    test_built --no-parallel --filter '^EndToEndTests\.HistoryTests'
}

# A state of the tests' own, so that a suite that is up stays up, with servers whose data are forgotten afterwards.
prepare_tests() {
    state=$root/.local/test
    debian_packages+=("${client_packages[@]}")
    keep_in_memory
    install_all
    load_settings
    trap end_tests EXIT
}

start_servers() {
    start_broker
    start_database
}

# An OpenID Connect client in Apache. It comes with the server's program alone, without what starts it by itself.
client_packages=(libapache2-mod-auth-openidc)

install_test_packages() {
    install_python wechatpy wechatpy==1.8.18 cryptography
    install_python contracts "${contract_packages[@]}"
    install_python openid authlib==1.9.10 idpyoidc==5.0.0 requests==2.34.2
    install_python scim 'scim2-client[httpx2]==0.13.2' scim2-models==0.12.3 scim2-tester==0.5.2 scim-sanity==0.7.4
}

# What tests are told by their environment.
give_tests() {
    mkdir -p "$state/logs" "$state/processes"
    export DATABASE_URL=$database_url KAFKA_BOOTSTRAP_SERVERS=$brokers
    export BRIDGE_PROGRAMS=$programs BRIDGE_LOGS=$state/logs BRIDGE_PROCESSES=$state/processes
    export WECHATPY_PYTHON=$python_home/wechatpy/bin/python
    export CONTRACTS_PYTHON=$python_home/contracts/bin/python CONTRACTS_ROOT=$root
    export OPENID_PYTHON=$python_home/openid/bin/python OPENID_APACHE=/usr/sbin/apache2
    export SCIM_PYTHON=$python_home/scim/bin/python
    # Else the way to each error is kept, also to those that are caught: a fifth of the work of some tests.
    export SWT_SWIFT_ERROR_BACKTRACING_ENABLED=0
}

# Those that mostly wait together, first: members of a group lose what they have where a busy machine keeps them waiting.
# Beside them the histories of grants, which are long and go one after the other. Then all other modules and services,
# twelve tests at a time; at last whole suites three at a time, as each is six processes. Each part runs though one
# before it failed, so that one run tells of all that fails.
run_tests() (
    give_tests
    local failed=0
    rm -f "$state/logs/failures"
    step "Running the tests of modules and services"
    local first='^(KafkaTests\.|FetcherTests\.|RegistryTests\.GrantOrderTests)'
    local whole='^(EndToEndTests\.|ChaosTests\.(Watch|Inspection)Tests)'
    test_attended --experimental-maximum-parallelization-width 6 --filter "$first" || failed=1
    test_attended --experimental-maximum-parallelization-width 12 --skip "$first" --skip "$whole" || failed=1
    step "Running the tests of the whole suite"
    test_attended --experimental-maximum-parallelization-width 3 --filter "$whole" || failed=1
    if [ $failed != 0 ]; then
        step "What failed"
        cat "$state/logs/failures" >&2
        fail "tests failed"
    fi
)

# Rules, dashboards and what is scraped, by Prometheus's own tool, and that each alert fires when it should.
check_observability() {
    promtool check config compose/observability/prometheus.yml >&2
    promtool test rules compose/observability/tests/*.yml >&2
    "$python_home/documents/bin/python" Tests/compose/observability.py files
}

# The committed documents are what their standards ask for.
check_documents() {
    install_python documents check-jsonschema openapi-spec-validator kubernetes-validate==1.37.0 pyyaml
    step "Checking the compose file, the manifests, the alerts and the OpenAPI documents"
    "$python_home/documents/bin/check-jsonschema" --builtin-schema vendor.compose-spec compose/docker-compose.yml >&2
    git ls-files 'Services/*/openapi.json' |
        xargs -r -n 1 "$python_home/documents/bin/openapi-spec-validator" >&2
    "$python_home/documents/bin/python" Tests/compose/deployment.py files
    install_python contracts "${contract_packages[@]}"
    "$python_home/contracts/bin/python" Tests/compose/releases.py
    check_observability
    swift format lint --strict --recursive Package.swift Services Shared Tests >&2
    check_defences
}
