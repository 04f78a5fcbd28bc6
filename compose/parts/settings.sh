# Secrets and ports of this suite, in .local/suite.env.

# Who listens on what, and the port that is tried first.
suite_ports='
broker           BROKER_PORT           19192
database         POSTGRES_PORT         54320
idp-registry     REGISTRY_PORT         8080
idp-registry     REGISTRY_HEALTH_PORT  9080
auth-verifier    VERIFIER_PORT         8081
auth-verifier    VERIFIER_HEALTH_PORT  9081
directory-writer WRITER_PORT           8082
directory-writer WRITER_HEALTH_PORT    9082
wecom-fetcher    FETCHER_HEALTH_PORT   9083
directory-mapper MAPPER_HEALTH_PORT    9084
admin-console    CONSOLE_PORT          8085
admin-console    CONSOLE_HEALTH_PORT   9085
wecom-simulator  SIMULATOR_PORT        9300
'

load_settings() {
    mkdir -p "$state/logs" "$state/run"
    [ -s "$state/suite.env" ] || choose_settings
    # shellcheck source=/dev/null
    source "$state/suite.env"
    # The development broker is one, and so holds one copy of each topic.
    export TOPIC_REPLICATION=${TOPIC_REPLICATION:-1} TOPIC_MIN_INSYNC_REPLICAS=${TOPIC_MIN_INSYNC_REPLICAS:-1}
}

random_bytes() { head -c "$1" /dev/urandom | base64 -w 0; }

random_letters() { head -c 400 /dev/urandom | base64 -w 0 | tr -dc 'A-Za-z0-9' | head -c "$1"; }

random_hexadecimal() { head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n' | head -c "$1"; }

# Ports are only proposed here: each is claimed when its program is started (ports.sh).
choose_settings() {
    {
        awk 'NF { print $2 "=" $3 }' <<<"$suite_ports"
        cat <<SETTINGS
CLIENT_PORT=9400
SEALING_KEYS=local:$(random_bytes 32)
BOOTSTRAP_API_KEY=wbk_$(random_letters 32)
DIRECTORY_API_KEY=$(random_letters 32)
OPERATOR_API_KEY=$(random_letters 32)
WECOM_PROVIDER_CORPID=ww$(random_hexadecimal 16)
WECOM_PROVIDER_SECRET=$(random_letters 43)
WECOM_TEMPLATE_ID=dk$(random_hexadecimal 16)
WECOM_TEMPLATE_SECRET=$(random_letters 43)
WECOM_CALLBACK_TOKEN=$(random_letters 24)
WECOM_CALLBACK_AES_KEY=$(random_letters 43)
SETTINGS
    } >"$state/suite.env"
    chmod 600 "$state/suite.env"
}

# keep_setting NAME VALUE: in .local/suite.env, in the place of what stood there.
keep_setting() {
    {
        grep -v "^$1=" "$state/suite.env" || true
        printf '%s=%s\n' "$1" "$2"
    } >"$state/suite.env.new"
    chmod 600 "$state/suite.env.new"
    mv "$state/suite.env.new" "$state/suite.env"
}
