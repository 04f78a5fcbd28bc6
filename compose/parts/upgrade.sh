# One release beside another: the tests of the whole suite with programs of both (docs/operations.md, Upgrades).

# upgrade --from REF: services of that commit run, and are replaced by those of this tree while runs go on.
upgrade() {
    local from commit
    from=$(option_value --from "$@")
    if [ -z "$from" ] || [ $# -gt 2 ]; then fail "upgrade takes --from REF: a tag, a branch or a commit"; fi
    commit=$(git -C "$root" rev-parse --verify --quiet "$from^{commit}") || fail "there is no commit '$from'"
    prepare_tests
    start_servers
    build_tests
    build_before "$commit"
    give_tests
    export BRIDGE_PROGRAMS_BEFORE=$programs_before
    step "Replacing the services of $from"
    test_built --filter '^EndToEndTests\.UpgradeTests'
}

# build_before COMMIT: the services of that commit, in a work tree of their own; where they are, in programs_before.
build_before() {
    local source=$root/.local/before/source service
    lay_out "$1" "$source"
    # The same libraries as here, where that commit does not ask for others.
    if [ -f Package.resolved ]; then cp Package.resolved "$source/"; fi
    step "Building the services of $1 (debug)"
    for service in "${services[@]}"; do
        swift build --package-path "$source" -debug-info-format none --product "$service" >&2
    done
    programs_before=$(swift build --package-path "$source" --show-bin-path)
}

# lay_out COMMIT DIRECTORY: the tree of that commit. What was built there before stays, so that little is built anew.
lay_out() {
    git -C "$root" worktree prune
    if [ -e "$2/.git" ]; then
        git -C "$2" checkout --quiet --force --detach "$1"
    else
        mkdir -p "$(dirname "$2")"
        git -C "$root" worktree add --quiet --force --detach "$2" "$1"
    fi
}
