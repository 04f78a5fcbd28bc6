# Building. Debug for tests, release for everything else.

build_release() {
    step "Building the services (release)"
    swift build -c release >&2
    programs=$(swift build -c release --show-bin-path)
}

build_debug() {
    step "Building the services and the tests (debug)"
    swift build --build-tests >&2
    programs=$(swift build --show-bin-path)
}
