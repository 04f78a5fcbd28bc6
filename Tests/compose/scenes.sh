# What the tests of compose/parts share: a state of their own, and programs that only listen.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
state=$(mktemp -d)
for part in "$root"/compose/parts/*.sh; do
    # shellcheck source=/dev/null
    source "$part"
done

# Ends what a scene started, by name.
end_scene() {
    local file
    for file in "$state"/run/*.pid; do
        [ -e "$file" ] || continue
        file=${file##*/}
        stop "${file%.pid}"
    done
}

trap 'end_scene; rm -rf "$state"' EXIT

# expect WHAT COMMAND...: the command succeeds.
expect() {
    local what=$1
    shift
    "$@" || fail "not so: $what"
    say "  $what"
}

not() { ! "$@"; }

listen() { start "$1" python3 -m http.server --bind 127.0.0.1 "$2"; }

# run_scenes SCENE...: each after everything of the one before has ended, and with settings of its own.
run_scenes() {
    local scene
    for scene in "$@"; do
        end_scene
        rm -f "$state/suite.env"
        load_settings
        begin
        "$scene"
    done
}
