# Processes that we started, each known by the id in .local/run/NAME.pid. Others are never touched.

# start NAME COMMAND...: in the background, logging to .local/logs/NAME.log.
start() {
    local name=$1
    shift
    is_running "$name" && return
    wc -c 2>/dev/null <"$state/logs/$name.log" >"$state/run/$name.log-start" || echo 0 >"$state/run/$name.log-start"
    setsid "$@" </dev/null >>"$state/logs/$name.log" 2>&1 &
    printf '%s %s\n' "$!" "$(birth_of "$!")" >"$state/run/$name.pid"
}

# last_words NAME: how its log ends, of what it has said since it was started last.
last_words() {
    local start
    read -r start 2>/dev/null <"$state/run/$1.log-start" || return 0
    tail -c "+$((start + 1))" "$state/logs/$1.log" | tail -n 20
}

# birth_of PID: when it began, in ticks since the machine did; tells it from another that was given the same id later.
birth_of() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

# pid_of NAME: the id of what we started by that name; fails unless it is still that.
pid_of() {
    local pid birth
    read -r pid birth 2>/dev/null <"$state/run/$1.pid" || return 1
    [ -n "$birth" ] && [ "$(birth_of "$pid")" = "$birth" ] && printf '%s' "$pid"
}

is_running() { pid_of "$1" >/dev/null; }

# stop NAME [SIGNAL]: ends it, and waits until it is gone; after 25 s it is killed.
stop() {
    local name=$1 signal=${2:-TERM} pid tries=0
    if pid=$(pid_of "$name"); then
        kill "-$signal" "$pid" 2>/dev/null || true
        while is_running "$name"; do
            tries=$((tries + 1))
            [ $tries -eq 250 ] && kill -KILL "$pid" 2>/dev/null
            sleep 0.1
        done
    fi
    rm -f "$state/run/$name.pid"
}

# Ends what our programs started as further processes and could not end themselves, as they were killed.
end_registered() {
    local file pid
    for file in "$state"/processes/*; do
        pid=${file##*/}
        # Only if it is still what was started: a program of ours, or of a copy of ours, or one in a Python environment
        # of ours.
        if [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == "$root"/@(.build|.local/*/.build)/* ]] ||
            tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | head -n 1 | grep -qF "$python_home/"; then
            kill -KILL "$pid" 2>/dev/null || true
        fi
        rm -f "$file"
    done
}

# comes_up NAME SECONDS PORT COMMAND...: until it listens on the port and the command succeeds; fails when it has ended.
# That somebody answers is not enough: it may be somebody else, who took the port.
comes_up() {
    local name=$1 deadline=$((SECONDS + $2)) port=$3
    shift 3
    until is_listening "$name" "$port" && "$@" >/dev/null 2>&1; do
        is_running "$name" && [ $SECONDS -lt $deadline ] || return 1
        sleep 0.2
    done
}

# is_listening NAME PORT: whether what we started by that name listens on that port of loopback.
is_listening() {
    local pid
    pid=$(pid_of "$1") || return 1
    python3 - "$pid" "$2" <<'PYTHON'
import glob, os, sys

pid, port = sys.argv[1], int(sys.argv[2])
sockets = set()
for table in ["/proc/net/tcp", "/proc/net/tcp6"]:
    if not os.path.exists(table):
        continue
    for line in open(table).read().splitlines()[1:]:
        columns = line.split()
        # The third column is the state (0A: listening), the tenth the socket's number.
        if columns[3] == "0A" and int(columns[1].rpartition(":")[2], 16) == port:
            sockets.add("socket:[" + columns[9] + "]")
for link in glob.glob("/proc/" + pid + "/fd/*"):
    try:
        if os.readlink(link) in sockets:
            sys.exit(0)
    except OSError:
        pass
sys.exit(1)
PYTHON
}
