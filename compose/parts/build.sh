# Building. Debug for tests, release for everything else.

# Where the programs are, once this command has made them: what it tries then, it tries with those.
built_programs=

build_programs() {
    if [ -z "$built_programs" ]; then
        step "Building the services (release)"
        swift build -c release >&2
        built_programs=$(swift build -c release --show-bin-path)
    fi
    programs=$built_programs
}

# A folder of its own, as other options than those by hand would have all built anew each time. A module at once is less
# work than in parts, and debuggers do not come here.
test_build=(
    --scratch-path "$root/.local/tests/.build" -debug-info-format none
    -Xswiftc -whole-module-optimization -Xswiftc -disable-batch-mode -Xswiftc -num-threads -Xswiftc 2
)
# The linker that comes with the toolchain is the quicker one.
if command -v ld.lld >/dev/null; then test_build+=(-Xswiftc -use-ld=lld); fi

build_tests() {
    step "Building the services and the tests (debug)"
    swift build --build-tests "${test_build[@]}" >&2
    built_programs=$(swift build --show-bin-path "${test_build[@]}")
    programs=$built_programs
}

# test_built OPTIONS...: runs what build_tests made.
test_built() { swift test --skip-build "${test_build[@]}" "$@"; }

# test_attended OPTIONS...: the same, ended with a report where nothing is heard of any test for eleven minutes,
# longer than any test of `test` takes.
test_attended() {
    python3 Tests/compose/attended.py 660 "$state/logs" swift test --skip-build "${test_build[@]}" "$@"
}
