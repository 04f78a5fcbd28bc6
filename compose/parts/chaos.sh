# Attacks: `bridge-chaos` on a broker and a database of its own, which it stops and starts, and which are forgotten
# afterwards.

chaos() {
    local without
    without=$(option_value --without "$@")
    if [ -n "$without" ]; then
        look_without "$without" "$@"
        return
    fi
    prepare_chaos
    build_programs
    run_chaos attack "$@"
}

# A suite at work that nothing befalls.
soak() {
    prepare_chaos
    build_programs
    run_chaos soak "$@"
}

# The fixed seed of the two minutes that `test` attacks for. The broker goes on: after the development one was away a group
# may be without partitions for five minutes.
try_chaos() {
    step "Attacking the suite for two minutes"
    (
        prepare_chaos
        run_chaos attack --seed 20261 --minutes 2 --tenants 6 --shrink 0 --only "$tried_kinds"
    )
}

tried_kinds=kill,terminate,restart,freeze,wecom,moves,events,poison,database,network,database-stop,disk,clock
tried_kinds+=,settings,closing,deletion,reconnection

# prepare_chaos [STATE]: a state of its own, and servers that are nobody else's, as what is stopped and started must
# serve nobody else.
prepare_chaos() {
    state=${1:-$root/.local/chaos}
    unset KAFKA_BOOTSTRAP_SERVERS DATABASE_URL
    debian_packages+=(libfaketime)
    install_all
    install_python contracts "${contract_packages[@]}"
    forget_chaos
    rm -rf "$state/logs"
    trap forget_chaos EXIT
    load_settings
    BROKER_PORT=$(free_port 0) POSTGRES_PORT=$(free_port 0)
}

contract_packages=('jsonschema[format-nongpl]' referencing confluent-kafka)

run_chaos() {
    mkdir -p "$state/processes"
    start_broker
    start_chaos_database
    step "Starting bridge-chaos"
    # What is started anew is ours to end, whatever becomes of the program.
    env DATABASE_URL="$database_url" KAFKA_BOOTSTRAP_SERVERS="$brokers" \
        BRIDGE_PROGRAMS="$programs" BRIDGE_LOGS="$state/logs" BRIDGE_PROCESSES="$state/processes" \
        CHAOS_BROKER_PID="$(own_broker)" CHAOS_POSTGRES_PID="$(own_database)" \
        CHAOS_DISK="$(chaos_disk)" CHAOS_FAKETIME="$(faketime_library)" CHAOS_BROKER_FOLDER="$state/broker" \
        CONTRACTS_PYTHON="$python_home/contracts/bin/python" CONTRACTS_ROOT="$root" \
        "$programs/bridge-chaos" "$@"
}

# What is committed outlives the server, as it does in production; only the machine is trusted not to lose power.
start_chaos_database() {
    local data
    data=$(database_directory)
    [ -s "$data/PG_VERSION" ] || make_database "$data"
    as_postgres tee -a "$data/postgresql.conf" >/dev/null <<'CONF'
synchronous_commit = on
fsync = off
CONF
    start_database
    make_chaos_disk
}

# A small file system for all tables, so that it can be filled, where PostgreSQL's user gets; only root can make one.
chaos_disk() {
    [ -s "$state/postgres.directory" ] || return 0
    local disk
    disk=$(database_directory).disk
    if mountpoint -q "$disk"; then printf '%s' "$disk"; fi
}

make_chaos_disk() {
    local disk
    [ "$(id -u)" -eq 0 ] || return 0
    disk=$(database_directory).disk
    mkdir -p "$disk"
    mount -t tmpfs -o size=512m tmpfs "$disk" 2>/dev/null || return 0
    mkdir "$disk/tables"
    chown postgres "$disk/tables"
    "$(postgres_programs)/psql" -X -q -o /dev/null -v ON_ERROR_STOP=1 "$database_url" >&2 <<SQL
create tablespace small location '$disk/tables';
grant create on tablespace small to public;
alter system set default_tablespace = 'small';
select from pg_reload_conf();
SQL
}

faketime_library() {
    dpkg-query -L libfaketime 2>/dev/null | grep 'libfaketimeMT\.so' | head -n 1 || true
}

forget_chaos() {
    local disk file
    end_registered
    # What libfaketime keeps for a process that was killed.
    for file in /dev/shm/faketime_shm_* /dev/shm/sem.faketime_sem_*; do
        [ -d "/proc/${file##*_}" ] || rm -f "$file"
    done
    stop_database
    disk=$(chaos_disk)
    if [ -n "$disk" ]; then umount "$disk" && rmdir "$disk"; fi
    forget_bench
}
