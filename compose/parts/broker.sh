# An own broker on loopback that speaks the Kafka protocol, unless KAFKA_BOOTSTRAP_SERVERS names one.

start_broker() {
    if [ -n "${KAFKA_BOOTSTRAP_SERVERS:-}" ]; then
        brokers=$KAFKA_BOOTSTRAP_SERVERS
        return
    fi
    if ! is_running broker; then
        mkdir -p "$state/broker"
        start_on_free_ports broker try_broker || fail "the broker did not start: see $state/logs/broker.log"
    fi
    brokers=127.0.0.1:$BROKER_PORT
    # It does not wait for records, as Apache Kafka does: clients that ask without pause would keep a core busy.
    export KAFKA_DEVELOPMENT_BROKER=true
}

try_broker() {
    # The program itself: the script that pip makes for it would stay in between, and not pass signals on.
    start broker "$python_home"/broker/lib/python3*/site-packages/noida_db/noida-db \
        start --only kafka --kafka-port "$BROKER_PORT" --data-dir "$state/broker"
    comes_up broker 30 "$BROKER_PORT" true && return
    stop_broker
    return 1
}

stop_broker() { stop broker TERM; }
