# An own broker on loopback that speaks the Kafka protocol, unless KAFKA_BOOTSTRAP_SERVERS names one.

start_broker() {
    if [ -n "${KAFKA_BOOTSTRAP_SERVERS:-}" ]; then
        brokers=$KAFKA_BOOTSTRAP_SERVERS
        return
    fi
    local port
    port=$(setting BROKER_PORT)
    mkdir -p "$state/broker"
    # The program itself: the script that pip makes for it would stay in between, and not pass signals on.
    start broker "$python_home"/broker/lib/python3*/site-packages/noida_db/noida-db \
        start --only kafka --kafka-port "$port" --data-dir "$state/broker"
    wait_for "the broker" 30 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" ||
        fail "the broker did not start: see $state/logs/broker.log"
    # Somebody else may listen on that port since it was chosen; then ours has ended.
    sleep 0.2
    is_running broker || fail "the broker did not start: see $state/logs/broker.log"
    brokers=127.0.0.1:$port
}

stop_broker() { stop broker TERM; }
