#!/usr/bin/env bash
# What compose/parts promises of ports and processes, tried with programs that only listen.
set -euo pipefail

# shellcheck source=/dev/null
source "$(dirname "${BASH_SOURCE[0]}")/scenes.sh"

begin() {
    suite_ports="ours OURS_PORT $(free_port 0)"
    OURS_PORT=$(preferred_port OURS_PORT)
}

takes_over() {
    local taken=$OURS_PORT
    listen theirs "$taken"
    comes_up theirs 10 "$taken" true
    claim_ports ours 2>"$state/said"
    expect "a port that is taken is named" grep -q "port $taken (OURS_PORT of ours)" "$state/said"
    expect "another is chosen" not test "$OURS_PORT" = "$taken"
    expect "and kept in suite.env" grep -q "^OURS_PORT=$OURS_PORT\$" "$state/suite.env"
    local chosen=$OURS_PORT
    claim_ports ours
    expect "a port that is free stays" test "$OURS_PORT" = "$chosen"
}

# Two ports are left, and another program of ours is to listen on one of them.
leaves_ours_alone() {
    suite_ports="$suite_ports
another ANOTHER_PORT 0"
    local other_ports="$OURS_PORT $((OURS_PORT + 2))" ANOTHER_PORT=$((OURS_PORT + 1))
    listen theirs "$OURS_PORT"
    comes_up theirs 10 "$OURS_PORT" true
    expect "a port that another program of ours is to listen on is not chosen" not claims_another
    ANOTHER_PORT=
    expect "one that nobody has is" claims_another
}

claims_another() { (claim_ports ours) 2>>"$state/said"; }

# The first time, somebody is quicker.
try_ours() {
    if ! is_running theirs; then
        listen theirs "$OURS_PORT"
        comes_up theirs 10 "$OURS_PORT" true
    fi
    listen ours "$OURS_PORT"
    comes_up ours 10 "$OURS_PORT" true && return
    stop ours
    return 1
}

is_quicker() {
    local taken=$OURS_PORT
    expect "what found its port taken starts on another" start_on_free_ports ours try_ours
    expect "which is not the taken one" not test "$OURS_PORT" = "$taken"
    expect "and ours listens there" is_listening ours "$OURS_PORT"
}

never_comes_up() {
    counted=0
    try_in_vain() {
        counted=$((counted + 1))
        return 1
    }
    expect "what fails though its port is free has failed" not start_on_free_ports ours try_in_vain
    expect "and is not tried again" test "$counted" = 1
}

has_the_same_id() {
    listen theirs "$OURS_PORT"
    local theirs
    theirs=$(pid_of theirs)
    echo "$theirs 1" >"$state/run/ours.pid"
    expect "a process that was given the id of ours later is not ours" not is_running ours
    stop ours
    expect "and is not ended" is_running theirs
}

run_scenes takes_over leaves_ours_alone is_quicker never_comes_up has_the_same_id
