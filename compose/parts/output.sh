# What is said to the person at the terminal. Everything goes to standard error, so that standard output
# holds results only.

say() { printf '%s\n' "$*" >&2; }

step() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }

fail() {
    printf 'compose/local: %s\n' "$*" >&2
    exit 1
}
