# An own PostgreSQL on loopback, unless DATABASE_URL names one. Its superuser URL is then in $database_url.

postgres_programs() { ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1; }

# PostgreSQL refuses to run as root, so root lends it the user that Debian made for it.
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

start_database() {
    if [ -n "${DATABASE_URL:-}" ]; then
        database_url=$DATABASE_URL
        return
    fi
    local data
    data=$(database_directory)
    if ! is_database_up "$data"; then
        [ -s "$data/PG_VERSION" ] || make_database "$data"
        start_on_free_ports database try_database "$data" || fail "PostgreSQL did not start: see $data/server.log"
    fi
    database_url=postgresql://postgres@127.0.0.1:$POSTGRES_PORT/postgres
}

# What is passed to PostgreSQL beside its configuration.
database_options=

# For data that live as long as a test: a database that is dropped waits a second and more for the disk otherwise.
keep_no_data() { database_options='-c fsync=off -c full_page_writes=off'; }

# Set where the data may lie in memory.
fits_memory=

# For many small databases, of which tests make some by the second: most of what that takes is the file system's work.
keep_in_memory() {
    keep_no_data
    fits_memory=yes
    database_options+=' -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=1GB'
}

# has_memory DIRECTORY: whether it is a file system in memory with 6 GiB to spare, on a machine with as much for the rest.
has_memory() {
    [ "$(stat -f -c %T "$1" 2>/dev/null)" = tmpfs ] &&
        [ "$(df --output=avail -B 1M "$1" | tail -n 1)" -gt 6144 ] &&
        [ "$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)" -gt 12288 ]
}

try_database() {
    as_postgres "$(postgres_programs)/pg_ctl" -D "$1" -s -w -t 60 -l "$1/server.log" \
        -o "-p $POSTGRES_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories= $database_options" start >&2
}

is_database_up() {
    as_postgres "$(postgres_programs)/pg_ctl" -D "$1" status >/dev/null 2>&1
}

# Where the data lies: under .local where the server's user can get there, else in a directory of its own.
database_directory() {
    [ -s "$state/postgres.directory" ] || choose_database_directory >"$state/postgres.directory"
    cat "$state/postgres.directory"
}

choose_database_directory() {
    local directory=$state/postgres
    if [ -n "$fits_memory" ] && has_memory /dev/shm; then
        as_postgres mktemp -d /dev/shm/wecom-bridge-postgres.XXXXXX
        return
    fi
    mkdir -p "$directory"
    if [ "$(id -u)" -eq 0 ]; then
        chown postgres "$directory"
        if ! as_postgres test -x "$directory"; then
            directory=$(as_postgres mktemp -d /var/tmp/wecom-bridge-postgres.XXXXXX)
        fi
    fi
    printf '%s' "$directory"
}

# Leaves nothing of the data behind; the server is stopped.
forget_database() {
    if [ -s "$state/postgres.directory" ]; then rm -rf "$(database_directory)" "$state/postgres.directory"; fi
}

# Durable enough for a machine that does not lose power; much faster on a slow disk.
make_database() {
    step "Making a PostgreSQL cluster"
    as_postgres "$(postgres_programs)/initdb" -D "$1" -A trust -U postgres -E UTF8 --locale=C.UTF-8 >/dev/null
    as_postgres tee -a "$1/postgresql.conf" >/dev/null <<'CONF'
max_connections = 500
shared_buffers = 512MB
max_wal_size = 4GB
checkpoint_timeout = 30min
synchronous_commit = off
wal_init_zero = off
CONF
}

stop_database() {
    [ -s "$state/postgres.directory" ] || return 0
    local data
    data=$(database_directory)
    is_database_up "$data" || return 0
    as_postgres "$(postgres_programs)/pg_ctl" -D "$data" -s -m fast stop >&2 || true
}

# make_schemas URL: the schemas and roles of the services, in that database.
make_schemas() { "$(postgres_programs)/psql" -X -q -v ON_ERROR_STOP=1 "$1" -f "$root/compose/postgres-init.sql" >&2; }

# service_database_url ROLE: the suite's database, as that role.
service_database_url() {
    printf '%s' "$database_url" | python3 -c '
import sys, urllib.parse
url = urllib.parse.urlsplit(sys.stdin.read())
host = url.netloc.rpartition("@")[2]
print(urllib.parse.urlunsplit((url.scheme, sys.argv[1] + ":" + sys.argv[1] + "@" + host, "/" + sys.argv[2], url.query, "")))
' "$1" "$suite_database"
}

suite_database=wecombridge

make_suite_database() {
    local psql
    psql=$(postgres_programs)/psql
    if [ "$("$psql" -X -At "$database_url" -c "select 1 from pg_database where datname = '$suite_database'")" != 1 ]; then
        "$psql" -X -q "$database_url" -c "create database $suite_database" \
            -c "comment on database $suite_database is '$suite_mark'" >&2
    fi
    make_schemas "$(suite_database_url)"
}

# The suite's database, as the superuser.
suite_database_url() {
    printf '%s' "$database_url" | python3 -c '
import sys, urllib.parse
url = urllib.parse.urlsplit(sys.stdin.read())
print(urllib.parse.urlunsplit((url.scheme, url.netloc, "/" + sys.argv[1], url.query, "")))
' "$suite_database"
}

# What tells a database that is ours to drop from one that somebody has, where DATABASE_URL names a server.
suite_mark='made by compose/local'

drop_suite_database() {
    local others
    others=$("$(postgres_programs)/psql" -X -At "$database_url" -c "select count(*) from pg_database
        where datname = '$suite_database' and shobj_description(oid, 'pg_database') is distinct from '$suite_mark'")
    if [ -n "${DATABASE_URL:-}" ] && [ "$others" != 0 ]; then
        fail "the database $suite_database at DATABASE_URL is not ours to drop: drop it yourself, or name another server"
    fi
    "$(postgres_programs)/psql" -X -q "$database_url" -c "drop database if exists $suite_database with (force)" >&2
}

open_database() {
    load_settings
    start_database
    if [ $# -gt 0 ]; then
        local role
        role=$(role_of "$1")
        shift
        exec "$(postgres_programs)/psql" "$(service_database_url "$role")" "$@"
    fi
    exec "$(postgres_programs)/psql" "$(suite_database_url)"
}
