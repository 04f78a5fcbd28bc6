#!/usr/bin/env bash
# How compose/local lays out another commit beside this tree, but for the building and the tests.
set -euo pipefail

# shellcheck source=/dev/null
source "$(dirname "${BASH_SOURCE[0]}")/scenes.sh"

begin() { :; }

lays_out() {
    local tree=$state/tree
    lay_out HEAD "$tree"
    expect "it is the tree of that commit" test "$(git -C "$tree" rev-parse HEAD)" = "$(git -C "$root" rev-parse HEAD)"
    expect "with its files" test -x "$tree/compose/local"
    mkdir -p "$tree/.build"
    touch "$tree/.build/kept"
    printf 'other\n' >"$tree/README.md"
    lay_out HEAD "$tree"
    expect "what was changed is as it was" git -C "$tree" diff --quiet HEAD
    expect "what was built stays" test -e "$tree/.build/kept"
    git -C "$root" worktree remove --force "$tree"
}

takes_a_commit() {
    (upgrade --from no-such-commit) 2>"$state/said" && fail "not so: an unknown commit is refused"
    expect "which it was is said" grep -q "no-such-commit" "$state/said"
    (upgrade) 2>"$state/said" && fail "not so: a commit has to be named"
    expect "what it takes is said" grep -q -e "--from REF" "$state/said"
}

run_scenes lays_out takes_a_commit
