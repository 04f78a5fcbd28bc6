# What the machine must have. Each is installed only if it is missing.

debian_packages=(librdkafka-dev libpq-dev libqrencode-dev libjs-bootstrap5 postgresql pkg-config python3 python3-venv curl)
broker_package=noida-db==0.2.3

install_packages() {
    local missing=() package
    for package in "${debian_packages[@]}"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    step "Installing ${missing[*]}"
    command -v apt-get >/dev/null || fail "install these yourself, there is no apt-get here: ${missing[*]}"
    as_root apt-get update -qq >&2
    # A server that the package starts by itself would only be in the way.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# install_python NAME PACKAGE...: a virtual environment of that name under .local, with those packages.
install_python() {
    local environment=$python_home/$1
    shift
    if [ "$(cat "$environment/installed" 2>/dev/null)" != "$*" ]; then
        step "Installing $* for Python"
        python3 -m venv "$environment" >&2
        "$environment/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
        printf '%s' "$*" >"$environment/installed"
    fi
}

require_swift() {
    command -v swift >/dev/null || fail "there is no Swift toolchain on the path: install Swift 6.3 from swift.org"
}

install_all() {
    require_swift
    mkdir -p "$state/logs" "$state/run"
    install_packages
    [ -n "${KAFKA_BOOTSTRAP_SERVERS:-}" ] || install_python broker "$broker_package"
}
