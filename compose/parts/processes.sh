# Processes that we started, each known by the id in .local/run/NAME.pid. Others are never touched.

# start NAME COMMAND...: in the background, logging to .local/logs/NAME.log.
start() {
    local name=$1
    shift
    is_running "$name" && return
    setsid "$@" </dev/null >>"$state/logs/$name.log" 2>&1 &
    echo $! >"$state/run/$name.pid"
}

is_running() {
    local pid
    pid=$(cat "$state/run/$1.pid" 2>/dev/null) || return 1
    [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null
}

# stop NAME [SIGNAL]: ends it, and waits until it is gone; after 25 s it is killed.
stop() {
    local name=$1 signal=${2:-TERM} pid tries=0
    if is_running "$name"; then
        pid=$(cat "$state/run/$name.pid")
        kill "-$signal" "$pid" 2>/dev/null || true
        while kill -0 "$pid" 2>/dev/null; do
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
        # Only if it is still what was started: a program of ours, or one in a Python environment of ours.
        if [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == "$root"/.build/* ]] ||
            tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | head -n 1 | grep -qF "$python_home/"; then
            kill -KILL "$pid" 2>/dev/null || true
        fi
        rm -f "$file"
    done
}

# wait_for WHAT SECONDS COMMAND...: until the command succeeds.
wait_for() {
    local what=$1 deadline=$((SECONDS + $2))
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.2
    done
}

# free_port PREFERRED: that port if nobody has it, else another.
free_port() {
    python3 - "$1" <<'PYTHON'
import socket, sys
for port in [int(sys.argv[1]), 0]:
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(s.getsockname()[1])
        break
PYTHON
}
