# Ports are chosen when what listens on them is started, and chosen anew when somebody else has taken them meanwhile.

# ports_of PROGRAM: the names of its ports.
ports_of() { awk -v program="$1" '$1 == program { print $2 }' <<<"$suite_ports"; }

preferred_port() { awk -v name="$1" '$2 == name { print $3 }' <<<"$suite_ports"; }

# claim_ports PROGRAM: keeps those of its ports that are free, and chooses others for those that are not.
# Sets moved_ports where an address is another one now.
claim_ports() {
    local name port
    for name in $(ports_of "$1"); do
        is_port_free "${!name}" && continue
        port=$(free_port "$(preferred_port "$name")") || fail "no port is free for $name"
        say "port ${!name} ($name of $1) is taken by somebody else: $port is used instead"
        printf -v "$name" '%s' "$port"
        keep_setting "$name" "$port"
        moved_ports=yes
    done
}

# are_ports_free PROGRAM: whether nobody listens on any of its ports, as is so once it has ended.
are_ports_free() {
    local name
    for name in $(ports_of "$1"); do is_port_free "${!name}" || return 1; done
}

# lost_a_port PROGRAM: whether somebody was quicker to listen on one of its ports, who may be gone again.
lost_a_port() { ! are_ports_free "$1" || grep -q "Address already in use" <<<"$(last_words "$1")"; }

is_port_free() { [ "$(free_port "$1" only)" = "$1" ]; }

# Below those that the kernel gives to outgoing connections, which could take one before it is listened on.
other_ports="20000 32000"

# free_port PREFERRED [only]: that port if nobody has it, else or for 0 another, unless only that one is asked for. Another
# is none that a program of ours is to listen on: it may not be up yet.
free_port() {
    python3 - "$1" "${2:-}" "$other_ports" "$(chosen_ports)" <<'PYTHON'
import random, socket, sys

preferred, only = int(sys.argv[1]), sys.argv[2]
first, end = map(int, sys.argv[3].split())
others = set(range(first, end)) - set(map(int, sys.argv[4].split()))
others = [] if only else random.sample(sorted(others), min(200, len(others)))
for port in [preferred, *others] if preferred else others:
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(port)
        sys.exit()
sys.exit(1)
PYTHON
}

# chosen_ports: those of all programs.
chosen_ports() {
    local name
    for name in $(awk '{ print $2 }' <<<"$suite_ports"); do echo "${!name:-}"; done
}

# start_on_free_ports PROGRAM COMMAND...: has COMMAND start it on its ports; again on others where somebody took one
# between choosing and listening. COMMAND returns 1, with nothing left running, when it did not come up.
start_on_free_ports() {
    local program=$1 tries
    shift
    for tries in 1 2 3; do
        claim_ports "$program"
        "$@" && return
        # Nobody took its port: something else is wrong, and would be again.
        lost_a_port "$program" || return 1
    done
    return 1
}
