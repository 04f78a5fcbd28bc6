/// The properties that a client is made with: our defaults, then what is given, then what correctness rests on.
struct ClientSettings {
    /// Not librdkafka's: makes up for what the development broker does otherwise than Apache Kafka.
    private static let developmentBroker = "development.broker"
    private static let isolation = "isolation.level"

    /// After a broker's restart its clients are back within seconds, not the library's ten. A broker that swallows
    /// what it is sent is given up after 10 s, not after a minute.
    private static let defaults = [
        "reconnect.backoff.max.ms": "2000",
        "socket.keepalive.enable": "true",
        "socket.timeout.ms": "10000",
    ]

    /// Names of one and the same property (librdkafka's CONFIGURATION.md), by the one that is used here.
    private static let aliases = [
        "metadata.broker.list": "bootstrap.servers",
        "max.in.flight": "max.in.flight.requests.per.connection",
        "sasl.mechanism": "sasl.mechanisms",
        "max.partition.fetch.bytes": "fetch.message.max.bytes",
        "queue.buffering.max.ms": "linger.ms",
        "retries": "message.send.max.retries",
        "compression.type": "compression.codec",
        "request.required.acks": "acks",
        "message.timeout.ms": "delivery.timeout.ms",
        "auto.commit.enable": "enable.auto.commit",
    ]

    /// By librdkafka's own names, each property by one name alone.
    let properties: [String: String]
    /// Whether ``FetchPacing`` applies, and transactions are read as they are written.
    let isForDevelopmentBroker: Bool

    /// - Parameters:
    ///   - defaults: This kind of client's own.
    ///   - given: Win over the defaults.
    ///   - required: Win over everything; `nil` where the property must not be set.
    /// - Throws: ``KafkaError`` when one property is given in two ways, or other than it has to be.
    init(
        defaults: [String: String] = [:],
        given: [String: String],
        required: [String: String?] = [:]
    ) throws(KafkaError) {
        var given = try Self.canonical(given)
        isForDevelopmentBroker = given.removeValue(forKey: Self.developmentBroker).map(Self.plain) == "true"
        var properties = Self.defaults.merging(defaults) { $1 }.merging(given) { $1 }
        for (name, value) in required {
            if let other = given[name], value.map(Self.plain) != Self.plain(other) {
                let reason = value.map { "has to be '\($0)'" } ?? "is not for the environment to say"
                throw KafkaError(.invalidConfiguration, in: "configure \(name)", reason: reason)
            }
            properties[name] = value
        }
        // The broker that has to be paced names transactions that were aborted before a fetch's beginning, too, and
        // librdkafka then drops what the same producer wrote since. What relays abort they write again.
        if isForDevelopmentBroker, properties[Self.isolation] != nil { properties[Self.isolation] = "read_uncommitted" }
        self.properties = properties
    }

    subscript(name: String) -> String? { properties[name] }

    /// A number of milliseconds.
    func duration(_ name: String) -> Duration? {
        properties[name].flatMap(Int.init).map { .milliseconds($0) }
    }

    private static func canonical(_ given: [String: String]) throws(KafkaError) -> [String: String] {
        var canonical: [String: String] = [:]
        for (name, value) in given {
            let property = aliases[name] ?? name
            if let other = canonical[property], other != value {
                let reason = "is given twice, under different names, as '\(other)' and '\(value)'"
                throw KafkaError(.invalidConfiguration, in: "configure \(property)", reason: reason)
            }
            canonical[property] = value
        }
        return canonical
    }

    /// One spelling of yes, and one of no.
    private static func plain(_ value: String) -> String {
        switch value.lowercased() {
        case "true", "t", "1": "true"
        case "false", "f", "0": "false"
        case let value: value
        }
    }
}
