# Building. Debug for tests, release for everything else.

# Where the release build is, once this command has made it.
release_programs=

build_release() {
    if [ -z "$release_programs" ]; then
        step "Building the services (release)"
        swift build -c release >&2
        release_programs=$(swift build -c release --show-bin-path)
    fi
    programs=$release_programs
}

build_debug() {
    step "Building the services and the tests (debug)"
    swift build --build-tests >&2
    programs=$(swift build --show-bin-path)
}
