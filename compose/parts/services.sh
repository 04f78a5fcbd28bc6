# The suite's services, with the variables of architecture.md §7.

services=(idp-registry wecom-fetcher directory-mapper directory-writer auth-verifier admin-console)
# What the console is called as a client of the verifier.
console_client=console

# role_of SERVICE: its role and schema in the database.
role_of() {
    case $1 in
        idp-registry | registry) echo registry ;;
        wecom-fetcher | fetcher) echo fetcher ;;
        directory-writer | writer | directory) echo directory ;;
        auth-verifier | verifier) echo verifier ;;
        *) fail "'$1' keeps nothing in the database" ;;
    esac
}

simulator_url() { echo "http://127.0.0.1:$SIMULATOR_PORT"; }

# common_variables SERVICE: what every service is given, one NAME=value a line.
common_variables() {
    cat <<VARIABLES
KAFKA_BOOTSTRAP_SERVERS=$brokers
INSTANCE_ID=$1-1
LOG_FORMAT=json
LOG_LEVEL=${LOG_LEVEL:-info}
SEALING_KEYS=$SEALING_KEYS
WECOM_API_URL=$(simulator_url)
WECOM_OAUTH_URL=$(simulator_url)
WECOM_LOGIN_URL=$(simulator_url)
WECOM_RATE_LIMIT_PAUSE_SECONDS=${WECOM_RATE_LIMIT_PAUSE_SECONDS:-60}
VARIABLES
}

# variables SERVICE: what a service is given, one NAME=value a line.
variables() {
    common_variables "$1"
    case $1 in
        idp-registry)
            cat <<VARIABLES
DATABASE_URL=$(service_database_url registry)
HTTP_PORT=$REGISTRY_PORT
HEALTH_PORT=$REGISTRY_HEALTH_PORT
PUBLIC_URL=http://127.0.0.1:$REGISTRY_PORT
BOOTSTRAP_API_KEY=$BOOTSTRAP_API_KEY
DIRECTORY_URL=http://127.0.0.1:$WRITER_PORT
DIRECTORY_API_KEY=$DIRECTORY_API_KEY
VERIFIER_URL=http://127.0.0.1:$VERIFIER_PORT
OPERATOR_API_KEY=$OPERATOR_API_KEY
WECOM_PROVIDER_CORPID=$WECOM_PROVIDER_CORPID
WECOM_PROVIDER_SECRET=$WECOM_PROVIDER_SECRET
WECOM_TEMPLATE_ID=$WECOM_TEMPLATE_ID
WECOM_TEMPLATE_SECRET=$WECOM_TEMPLATE_SECRET
WECOM_CALLBACK_TOKEN=$WECOM_CALLBACK_TOKEN
WECOM_CALLBACK_AES_KEY=$WECOM_CALLBACK_AES_KEY
VARIABLES
            ;;
        wecom-fetcher)
            cat <<VARIABLES
DATABASE_URL=$(service_database_url fetcher)
HEALTH_PORT=$FETCHER_HEALTH_PORT
VARIABLES
            ;;
        directory-mapper) echo "HEALTH_PORT=$MAPPER_HEALTH_PORT" ;;
        directory-writer)
            cat <<VARIABLES
DATABASE_URL=$(service_database_url directory)
HTTP_PORT=$WRITER_PORT
HEALTH_PORT=$WRITER_HEALTH_PORT
DIRECTORY_API_KEYS=$DIRECTORY_API_KEY
REGISTRY_URL=http://127.0.0.1:$REGISTRY_PORT
VARIABLES
            ;;
        auth-verifier)
            cat <<VARIABLES
DATABASE_URL=$(service_database_url verifier)
HTTP_PORT=$VERIFIER_PORT
HEALTH_PORT=$VERIFIER_HEALTH_PORT
PUBLIC_URL=http://127.0.0.1:$VERIFIER_PORT
OPERATOR_API_KEY=$OPERATOR_API_KEY
TRUSTED_PROXIES=127.0.0.1
REGISTRY_URL=http://127.0.0.1:$REGISTRY_PORT
REGISTRY_API_KEY=$BOOTSTRAP_API_KEY
VARIABLES
            ;;
        admin-console)
            cat <<VARIABLES
HTTP_PORT=$CONSOLE_PORT
HEALTH_PORT=$CONSOLE_HEALTH_PORT
PUBLIC_URL=http://127.0.0.1:$CONSOLE_PORT
REGISTRY_URL=http://127.0.0.1:$REGISTRY_PORT
DIRECTORY_URL=http://127.0.0.1:$WRITER_PORT
DIRECTORY_API_KEY=$DIRECTORY_API_KEY
VERIFIER_URL=http://127.0.0.1:$VERIFIER_PORT
OPERATOR_API_KEY=$OPERATOR_API_KEY
SIGN_IN_CLIENT_ID=$console_client
VARIABLES
            ;;
    esac
}

start_service() {
    local service=$1 given=()
    mapfile -t given < <(variables "$service")
    start "$service" env "${given[@]}" "$programs/$service"
}

health_port() {
    case $1 in
        idp-registry) echo "$REGISTRY_HEALTH_PORT" ;;
        wecom-fetcher) echo "$FETCHER_HEALTH_PORT" ;;
        directory-mapper) echo "$MAPPER_HEALTH_PORT" ;;
        directory-writer) echo "$WRITER_HEALTH_PORT" ;;
        auth-verifier) echo "$VERIFIER_HEALTH_PORT" ;;
        admin-console) echo "$CONSOLE_HEALTH_PORT" ;;
    esac
}

is_ready() { curl -fsS -o /dev/null --max-time 2 "http://127.0.0.1:$(health_port "$1")/readyz"; }

start_simulator() {
    start wecom-simulator env \
        WECOM_PROVIDER_CORPID="$WECOM_PROVIDER_CORPID" WECOM_PROVIDER_SECRET="$WECOM_PROVIDER_SECRET" \
        WECOM_TEMPLATE_ID="$WECOM_TEMPLATE_ID" WECOM_TEMPLATE_SECRET="$WECOM_TEMPLATE_SECRET" \
        WECOM_CALLBACK_TOKEN="$WECOM_CALLBACK_TOKEN" WECOM_CALLBACK_AES_KEY="$WECOM_CALLBACK_AES_KEY" \
        WECOM_CALLBACK_URL="http://127.0.0.1:$REGISTRY_PORT/wecom/callback/command" \
        "$programs/wecom-simulator" --port "$SIMULATOR_PORT"
}

is_simulator_up() { curl -fsS -o /dev/null --max-time 2 "$(simulator_url)/control/statistics"; }

# What is up stays up. What is not is started on ports that are free; where somebody takes one meanwhile, all is started
# anew on others, since the programs know each other by address.
start_suite() {
    local tries program
    KAFKA_BOOTSTRAP_SERVERS=$brokers "$programs/bridgectl" topics apply >&2
    for tries in 1 2 3; do
        claim_suite_ports
        try_suite && return
        program=$failed_program
        stop_suite
        lost_a_port "$program" || break
    done
    last_words "$program" >&2
    fail "$program did not get ready: its log ends as above, see $state/logs/$program.log"
}

claim_suite_ports() {
    local program moved_ports=
    for program in wecom-simulator "${services[@]}"; do
        is_running "$program" || claim_ports "$program"
    done
    # Those that are up know the old addresses.
    [ -z "$moved_ports" ] || stop_suite
}

# Starts what is not up; fails, with its name in failed_program, when one does not get ready.
try_suite() {
    local program
    start_simulator
    for program in "${services[@]}"; do start_service "$program"; done
    failed_program=wecom-simulator
    comes_up wecom-simulator 30 "$SIMULATOR_PORT" is_simulator_up || return 1
    for program in "${services[@]}"; do
        failed_program=$program
        comes_up "$program" 60 "$(health_port "$program")" is_ready "$program" || return 1
    done
}

# The console as a client of the verifier, by which employees who are administrators sign in. It stays the same on other
# ports: an address of the own machine is registered without one (RFC 8252 §7.3).
add_console_client() {
    local status
    status=$(curl -sS -o /dev/null -w '%{http_code}' --max-time 10 "http://127.0.0.1:$REGISTRY_PORT/api/v1/clients" \
        -H "Authorization: Bearer $BOOTSTRAP_API_KEY" -H 'Content-Type: application/json' -d '{
            "name": "Console", "clientID": "'"$console_client"'", "authentication": "none",
            "redirectURIs": ["http://127.0.0.1/sign-in/wecom/callback"],
            "scopes": ["openid", "offline_access", "registry"]
        }') || fail "the registry does not answer"
    case $status in
        201 | 409) ;;
        *) fail "the registry does not take the console as a client: $status" ;;
    esac
}

stop_suite() {
    local service
    for service in "${services[@]}" wecom-simulator; do stop "$service"; done
}

print_addresses() {
    cat >&2 <<TEXT

  console                 http://127.0.0.1:$CONSOLE_PORT
  admin API               http://127.0.0.1:$REGISTRY_PORT/api/v1
  logon pages and OIDC    http://127.0.0.1:$VERIFIER_PORT/logon
  directory API           http://127.0.0.1:$WRITER_PORT/api/v1
  WeCom simulator         $(simulator_url)
  keys and secrets        .local/suite.env
TEXT
}

# A link that signs its first follower in to the console, as an owner of everything.
print_sign_in_link() {
    local link
    link=$(curl -fsS --max-time 10 -X POST "http://127.0.0.1:$CONSOLE_PORT/sign-in/links" \
        -H "Authorization: Bearer $BOOTSTRAP_API_KEY" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["url"])') || return 0
    say "  sign in once, within half an hour:"
    say "  $link"
    say
}

status() {
    load_settings
    local service
    for service in broker wecom-simulator "${services[@]}"; do
        if ! is_running "$service"; then
            printf '%-18s stopped\n' "$service"
        elif [ -n "$(health_port "$service")" ] && ! is_ready "$service"; then
            printf '%-18s running, not ready   pid %s\n' "$service" "$(pid_of "$service")"
        else
            printf '%-18s running   pid %s\n' "$service" "$(pid_of "$service")"
        fi
    done
    print_addresses
}

logs() {
    [ $# -gt 0 ] || fail "name a service: ${services[*]} wecom-simulator broker"
    local log=$state/logs/$1.log
    [ -f "$log" ] || fail "there is no log of '$1'"
    if [ "${2:-}" = -f ]; then exec tail -n 100 -f "$log"; else cat "$log"; fi
}
