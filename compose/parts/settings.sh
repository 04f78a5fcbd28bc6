# Ports and secrets of this suite, chosen once and kept in .local/suite.env.

load_settings() {
    mkdir -p "$state/logs" "$state/run"
    [ -s "$state/suite.env" ] || choose_settings
    # shellcheck source=/dev/null
    source "$state/suite.env"
    # The development broker is one, and so holds one copy of each topic.
    export TOPIC_REPLICATION=${TOPIC_REPLICATION:-1} TOPIC_MIN_INSYNC_REPLICAS=${TOPIC_MIN_INSYNC_REPLICAS:-1}
}

setting() { (source "$state/suite.env" && printf '%s' "${!1}"); }

random_bytes() { head -c "$1" /dev/urandom | base64 -w 0; }

random_letters() { head -c 400 /dev/urandom | base64 -w 0 | tr -dc 'A-Za-z0-9' | head -c "$1"; }

choose_settings() {
    cat >"$state/suite.env" <<SETTINGS
POSTGRES_PORT=$(free_port 54320)
BROKER_PORT=$(free_port 19192)
REGISTRY_PORT=$(free_port 8080)
REGISTRY_HEALTH_PORT=$(free_port 9080)
VERIFIER_PORT=$(free_port 8081)
VERIFIER_HEALTH_PORT=$(free_port 9081)
WRITER_PORT=$(free_port 8082)
WRITER_HEALTH_PORT=$(free_port 9082)
FETCHER_HEALTH_PORT=$(free_port 9083)
MAPPER_HEALTH_PORT=$(free_port 9084)
SIMULATOR_PORT=$(free_port 9300)
CLIENT_PORT=$(free_port 9400)
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
    chmod 600 "$state/suite.env"
}

random_hexadecimal() { head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n' | head -c "$1"; }
