#!/usr/bin/env bash
# How tests are attended, tried with programs that tell of tests as a run of Swift Testing does.
set -euo pipefail

# shellcheck source=/dev/null
source "$(dirname "${BASH_SOURCE[0]}")/scenes.sh"

begin() { :; }

# attend SECONDS PROGRAM: the program, with what it says in $state/said; its last options name the file for events.
attend() {
    printf '#!/usr/bin/env bash\nevents=$2\n%s\n' "$2" >"$state/program"
    chmod +x "$state/program"
    python3 "$root/Tests/compose/attended.py" "$1" "$state/attended" "$state/program" >"$state/said" 2>&1
}

ends_as_the_tests_do() {
    expect "tests that pass pass" attend 60 'echo well'
    expect "and what they say is handed on" grep -qx well "$state/said"
    local code=0
    attend 60 'exit 3' || code=$?
    expect "tests that fail fail alike" test "$code" = 3
}

tells_what_failed_at_the_end() {
    rm -f "$state/attended/failures"
    local issue='{"kind":"issueRecorded","testID":"Some/it()","messages":[{"text":"Expectation failed: 1 == 2"}]}'
    for _ in 1 2; do
        expect "a run in which something fails" not attend 60 "echo '{\"kind\":\"event\",\"payload\":$issue}' >\"\$events\"; exit 1"
    done
    expect "is told beside those before it" test "$(grep -c 'Some/it(): Expectation failed: 1 == 2' "$state/attended/failures")" = 2
    attend 60 'echo well'
    expect "and one that passes adds nothing" test "$(wc -l <"$state/attended/failures")" = 2
}

# A pipe holds 64 KiB: who looked only now and then would have these written for a minute.
holds_nobody_up() {
    local begun=$SECONDS
    expect "much that is said at once" attend 60 'head -c 4000000 /dev/zero | tr "\\0" x'
    expect "holds nobody up" test $((SECONDS - begun)) -lt 20
    expect "and arrives whole" test "$(wc -c <"$state/said")" = 4000000
}

tells_of_a_standstill() {
    local still
    still=$(
        cat <<'BASH'
tell() { printf '{"kind":"%s","payload":%s}\n' "$1" "$2" >>"$events"; }
for name in done waits; do
    tell test "{\"id\":\"Some/$name()\",\"displayName\":\"it $name\"}"
    tell event "{\"kind\":\"testStarted\",\"testID\":\"Some/$name()\"}"
done
tell event '{"kind":"testEnded","testID":"Some/done()"}'
echo $$ >"$events.pid"
exec sleep 600
BASH
    )
    local begun=$SECONDS
    expect "tests that stand still fail" not attend 3 "$still"
    expect "soon" test $((SECONDS - begun)) -lt 60
    expect "and the one that has not ended is named" grep -q "Some/waits(): it waits" "$state/said"
    expect "not the one that has" not grep -q "it done" "$state/said"
    expect "and nothing of them is left" test ! -d "/proc/$(cat "$state/attended/tests.jsonl.pid")"
}

run_scenes ends_as_the_tests_do tells_what_failed_at_the_end holds_nobody_up tells_of_a_standstill
