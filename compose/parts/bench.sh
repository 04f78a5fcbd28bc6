# Benchmarks: `bridge-bench` on a broker and a database of its own, which forget everything afterwards.

peer_packages=(aiohttp orjson 'psycopg[binary]')
provider_packages=(authlib==1.9.10 flask uvicorn 'psycopg[binary,pool]' requests)

bench() {
    # A state of its own: a suite that is up stays up, though nothing else should run while something is measured.
    state=$root/.local/bench
    local peer
    peer=$(peer_program "$@")
    install_all
    if [ "${1:-}" = micro ]; then
        # Pieces of code alone need neither a broker nor a database.
        build_programs
        step "Measuring"
        "$programs/bridge-bench" "$@"
        return
    fi
    build_programs
    start_bench
    run_bench "$peer" "$@"
}

# A broker and a database that nobody else has.
start_bench() {
    forget_bench
    rm -rf "$state/logs"
    trap forget_bench EXIT
    load_settings
    # Any ports, and not the usual ones: a suite that comes up meanwhile has those.
    BROKER_PORT=$(free_port 0) POSTGRES_PORT=$(free_port 0)
    start_broker
    start_database
}

# run_bench PEER SUBCOMMAND OPTIONS...: on the broker and the database that are up; PEER is a whole path, or empty.
run_bench() {
    local peer=$1
    shift
    if [ -n "$peer" ]; then
        # The last one counts.
        set -- "$@" --peer "$peer"
        install_python peer "${peer_packages[@]}"
        export BENCH_PYTHON=$python_home/peer/bin/python
    fi
    if [ "${1:-}" = logon ]; then
        install_python provider "${provider_packages[@]}"
        export BENCH_PROVIDER_PYTHON=$python_home/provider/bin/python BENCH_PROVIDER_FOLDER=$root/Tests/Benchmarks/Logon
    fi
    mkdir -p "$state/processes"
    step "Measuring"
    env DATABASE_URL="$database_url" KAFKA_BOOTSTRAP_SERVERS="$brokers" \
        BRIDGE_PROGRAMS="$programs" BRIDGE_LOGS="$state/logs" BRIDGE_PROCESSES="$state/processes" \
        BENCH_BROKER_PID="$(own_broker)" BENCH_POSTGRES_PID="$(own_database)" \
        "$programs/bridge-bench" "$@"
}

# tables [TENANTS [DAYS]]: what the registry's tables come to (docs/retention.md), on a database of its own.
tables() {
    state=$root/.local/bench
    keep_no_data
    install_all
    forget_bench
    trap forget_bench EXIT
    load_settings
    POSTGRES_PORT=$(free_port 0)
    start_database
    build_tests
    step "Living through the days"
    DATABASE_URL=$database_url TABLE_TENANTS=${1:-10000} TABLE_DAYS=${2:-90} \
        test_built --filter '^RegistryTests\.TableGrowthTests'
}

# README's benchmarks, as small as they come: the first as a user has it, the others on one broker and database.
try_benchmarks() {
    step "Trying the benchmarks"
    (bench sync --users 1000 --departments 20 --rounds 1 --set FETCHER_WINDOW_SECONDS=0.2)
    (bench micro --seconds 0.02)
    (
        state=$root/.local/bench
        start_bench
        run_bench "" tenants --tenants 5 --giant 1000 --seconds 2
        run_bench "" troubles --tenants 5 --troubled 1 --seconds 2
        run_bench "" scale --sizes 500,1000 --json
        run_bench "" pages --users 500 --departments 20 --runs 50 --visits 3
        run_bench "" stages --users 500 --departments 20 --rounds 1
        run_bench "" revoke --sessions 200 --watched 10 --refreshes 100
        run_bench "" strangers --requests 200 --seconds 2
        run_bench "" dead --poisoned 65 --good 5000 --least-share 0
    )
    (bench logon --users 50 --logons 100)
}

# peer_program ARGUMENTS...: the whole path of the program that --peer names, or nothing.
peer_program() {
    local program
    program=$(option_value --peer "$@")
    [ -n "$program" ] || return 0
    # The user's folder is no longer the one we are in.
    [ "${program#/}" != "$program" ] || program=$called_from/$program
    [ -f "$program" ] || fail "--peer: there is no file $program"
    printf '%s' "$program"
}

# option_value NAME ARGUMENTS...: what follows that option, or nothing.
option_value() {
    local name=$1
    shift
    while [ $# -gt 0 ]; do
        case $1 in
            "$name") printf '%s' "${2:-}" ;;
            "$name"=*) printf '%s' "${1#*=}" ;;
        esac
        shift
    done
}

# The process ids of servers that are our own, so that what they use can be told; nothing of others.
own_broker() { [ -n "${KAFKA_BOOTSTRAP_SERVERS:-}" ] || pid_of broker; }

own_database() { [ -n "${DATABASE_URL:-}" ] || head -n 1 "$(database_directory)/postmaster.pid"; }

# Ends what was started, also by a benchmark that was killed in the middle, and leaves no data behind.
forget_bench() {
    end_registered
    stop_database
    stop_broker
    forget_database
    rm -rf "$state/broker" "$state/suite.env"
}
