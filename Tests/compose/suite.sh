#!/usr/bin/env bash
# How compose/local starts a suite, tried with programs that only say that they are ready.
set -euo pipefail

# shellcheck source=/dev/null
source "$(dirname "${BASH_SOURCE[0]}")/scenes.sh"

programs=$state/programs
brokers=nowhere:1
database_url=postgresql://postgres@nowhere/postgres

make_programs() {
    local program
    mkdir -p "$programs"
    cat >"$programs/ready" <<'PYTHON'
#!/usr/bin/env python3
# Answers everything with 200 on the ports that a program of the suite is given.
import http.server, os, sys, threading

class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

ports = [int(os.environ[name]) for name in ("HTTP_PORT", "HEALTH_PORT") if name in os.environ]
if "--port" in sys.argv:
    ports = [int(sys.argv[sys.argv.index("--port") + 1])]
servers = [http.server.ThreadingHTTPServer(("127.0.0.1", port), Ready) for port in ports]
for server in servers[1:]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
servers[0].serve_forever()
PYTHON
    chmod +x "$programs/ready"
    for program in wecom-simulator "${services[@]}"; do ln -sf ready "$programs/$program"; done
    ln -sf "$(type -P true)" "$programs/bridgectl"
}

begin() {
    local name
    make_programs
    # Any ports, so that a suite that is up is not in the way.
    for name in $(awk '{ print $2 }' <<<"$suite_ports"); do
        printf -v "$name" '%s' "$(free_port 0)"
        keep_setting "$name" "${!name}"
    done
}

pids() { for program in wecom-simulator "${services[@]}"; do pid_of "$program" && echo; done; }

starts() {
    expect "a suite starts" start_suite
    expect "and is ready" is_ready idp-registry
    local before
    before=$(pids)
    expect "started again, what is up stays up" start_suite
    expect "as the very same processes" test "$(pids)" = "$before"
    stop directory-writer
    expect "what is not is started" start_suite
    expect "and is ready, too" is_ready directory-writer
}

moves() {
    local taken=$REGISTRY_PORT before
    start_suite
    before=$(pid_of wecom-simulator)
    stop idp-registry
    listen theirs "$taken"
    comes_up theirs 10 "$taken" true
    expect "a suite starts though somebody took a port" start_suite 2>"$state/said"
    expect "which is named" grep -q "port $taken (REGISTRY_PORT of idp-registry)" "$state/said"
    expect "on another" not test "$REGISTRY_PORT" = "$taken"
    expect "what knew the old address is started anew" not test "$(pid_of wecom-simulator)" = "$before"
}

# Somebody takes a port after it was chosen, the first time.
is_late() {
    local taken=$WRITER_PORT
    eval "chosen_$(declare -f claim_suite_ports)"
    claim_suite_ports() {
        chosen_claim_suite_ports
        if ! is_running theirs; then
            listen theirs "$taken"
            comes_up theirs 10 "$taken" true
        fi
    }
    expect "a suite starts though somebody took a port meanwhile" start_suite
    expect "on another" not test "$WRITER_PORT" = "$taken"
    expect "and is ready" is_ready directory-writer
    eval "$(declare -f chosen_claim_suite_ports | sed '1s/chosen_//')"
}

breaks() {
    ln -sf "$(type -P false)" "$programs/auth-verifier"
    (start_suite) 2>"$state/said" && fail "not so: a suite whose verifier ends at once does not start"
    expect "who did not get ready is named" grep -q "auth-verifier did not get ready" "$state/said"
    expect "and nothing is left running" not is_running idp-registry
    ln -sf ready "$programs/auth-verifier"
    expect "the next start works" start_suite
}

run_scenes starts moves is_late breaks
