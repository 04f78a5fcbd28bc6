# The product with one of its defences taken out: whether an attack finds what it should. What is taken out is a change
# to the source in Tests/Chaos/Defences, which says by which seed, and if so by which kinds of faults alone, it is looked
# for; it is made to a copy of the tree alone.

defences=$root/Tests/Chaos/Defences

defence_names() { (cd "$defences" && printf '%s\n' *.patch | sed 's/\.patch$//'); }

# Each change can still be made.
check_defences() {
    local name
    for name in $(defence_names); do
        [ -n "$(seed_of "$name")" ] || fail "Tests/Chaos/Defences/$name.patch does not say its seed"
        git -C "$root" apply --check "$defences/$name.patch" ||
            fail "Tests/Chaos/Defences/$name.patch does not fit any more: make it anew from what it says"
    done
}

# look_without NAME|all OPTIONS...: succeeds if a figure is above 0 without each of them; the options are those of chaos.
look_without() {
    local names=$1 name missed=
    if [ "$names" = all ]; then
        names=$(defence_names)
    elif [ ! -f "$defences/$names.patch" ]; then
        fail "--without is all or one of $(defence_names | paste -sd ' '), and '$names' is none of them"
    fi
    shift
    drop_option --without "$@"
    for name in $names; do
        step "Looking for what is wrong without $name"
        what_told "$name" "$(attack_without "$name" "${rest[@]}" || true)" || missed+=" $name"
    done
    [ -z "$missed" ] || fail "nothing was found without$missed"
}

# drop_option NAME ARGUMENTS...: the arguments but for that option and what follows it, in $rest.
drop_option() {
    local name=$1
    shift
    rest=()
    while [ $# -gt 0 ]; do
        case $1 in
            "$name") shift ;;
            "$name"=*) ;;
            *) rest+=("$1") ;;
        esac
        shift || true
    done
}

# attack_without NAME OPTIONS...: says what chaos says.
attack_without() (
    name=$1
    shift
    source=$root/.local/without/source
    prepare_chaos "$root/.local/without"
    copy_tree "$source" || exit
    # It is no part of the repository around it.
    GIT_CEILING_DIRECTORIES=$(dirname "$source") git -C "$source" apply "$defences/$name.patch" || exit
    step "Building the services without $name (release)"
    swift build -c release --package-path "$source" >&2 || exit
    programs=$(swift build -c release --package-path "$source" --show-bin-path)
    kinds=$(kinds_of "$name")
    run_chaos attack --seed "$(seed_of "$name")" --until-found ${kinds:+--only "$kinds"} "$@"
)

seed_of() { sed -n 's/^Seed: //p' "$defences/$1.patch"; }

kinds_of() { sed -n 's/^Kinds: //p' "$defences/$1.patch"; }

# copy_tree DIRECTORY: all that git does not ignore, as it is. Only what differs is touched, so that little is built anew.
copy_tree() {
    mkdir -p "$1"
    git -C "$root" ls-files --cached --others --exclude-standard -z | python3 -c '
import os, pathlib, shutil, sys

root, copy = map(pathlib.Path, sys.argv[1:])
names = {os.fsdecode(name) for name in sys.stdin.buffer.read().split(b"\0") if name}
names = {name for name in names if (root / name).is_file()}


def seen(path):
    return (path.stat().st_mtime_ns, path.stat().st_size) if path.is_file() else None


for name in names:
    if seen(root / name) != seen(copy / name):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, copy / name)
for folder, folders, files in os.walk(copy):
    folders[:] = [name for name in folders if name != ".build"]
    for file in files:
        path = pathlib.Path(folder, file)
        if str(path.relative_to(copy)) not in names | {"Package.resolved"}:
            path.unlink()
' "$root" "$1"
}

# what_told NAME RESULT: says which figures are above 0 and after how long, in a line; fails where none is.
what_told() {
    python3 -c '
import json, sys

name, seed, result = sys.argv[1:]
figures = json.loads(result.splitlines()[-1]) if result else {}
done = ["seed", "minutes", "faults", "rounds", "runs", "logons"]
found = ", ".join(f"{figure} {count}" for figure, count in figures.items() if count and figure not in done)
when = f"after {figures[done[1]]:.1f} minutes, in round {figures[done[3]]}, seed {figures[done[0]]}" if figures else "it ended"
print(f"{name:12} {found or str(None)}; {when}")
sys.exit(0 if found else 1)
' "$1" "$(seed_of "$1")" "$2"
}
