#!/usr/bin/env bash
# How compose/local looks for what is wrong without a defence, but for the building and the attack.
set -euo pipefail

# shellcheck source=/dev/null
source "$(dirname "${BASH_SOURCE[0]}")/scenes.sh"

begin() { :; }

seen() { stat -c '%Y %i' "$1"; }

copies() {
    local copy=$state/copy file=compose/local before
    copy_tree "$copy"
    expect "what is tracked is copied" cmp -s "$root/$file" "$copy/$file"
    before=$(seen "$copy/$file")
    mkdir -p "$copy/.build"
    touch "$copy/.build/kept" "$copy/compose/strange"
    printf 'other\n' >"$copy/README.md"
    copy_tree "$copy"
    expect "what is the same is left alone" test "$(seen "$copy/$file")" = "$before"
    expect "what was changed is as it was" cmp -s "$root/README.md" "$copy/README.md"
    expect "what is not in the tree goes" not test -e "$copy/compose/strange"
    expect "what was built stays" test -e "$copy/.build/kept"
}

takes_options() {
    drop_option --without --seed 7 --without fence --minutes 2
    expect "the other options are the attack's" test "${rest[*]}" = "--seed 7 --minutes 2"
    drop_option --without --without=fence --json
    expect "however it is written" test "${rest[*]}" = "--json"
    (look_without nothing) 2>"$state/said" && fail "not so: an unknown defence is refused"
    expect "what there is to take out is said" grep -q "relay-lease" "$state/said"
}

tells() {
    local none='{"seed":7,"minutes":9.5,"faults":60,"rounds":20,"runs":400,"logons":90,"differences":0,"stuck":0}'
    expect "a figure above 0 is told" grep -q "stuck 2; after 9.5 minutes, in round 20, seed 7" \
        <(what_told fence "${none/\"stuck\":0/\"stuck\":2}")
    expect "nothing found is a failure" not what_told fence "$none"
    expect "and so is an attack that did not come about" not what_told fence ""
}

expect "each defence can be taken out" check_defences
run_scenes copies takes_options tells
