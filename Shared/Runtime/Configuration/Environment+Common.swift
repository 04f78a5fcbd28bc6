import Foundation
public import Sealing

/// The variables that mean the same in every program (architecture.md §7).
extension Environment {
    /// Which of several copies of a program this is: `INSTANCE_ID`, or one made up from host and process.
    public var instanceID: String {
        let process = ProcessInfo.processInfo
        return string("INSTANCE_ID", default: "\(process.hostName)-\(process.processIdentifier)")
    }

    /// `INSTANCE_ID`, if it is set: a name that the copy keeps when it starts again, fit for a
    /// static member of a consumer group.
    public var fixedInstanceID: String? { optional("INSTANCE_ID") }

    /// The address that servers listen on: `HTTP_HOST`, by default loopback.
    public var host: String { string("HTTP_HOST", default: "127.0.0.1") }

    /// A TCP port; 0 lets the system choose.
    ///
    /// - Throws: ``ConfigurationError`` when it is none.
    public func port(_ name: String = "HTTP_PORT", default value: Int) throws -> Int {
        try integer(name, default: value, in: 0...65_535)
    }

    /// What librdkafka is set up with: every `KAFKA_X_Y` as its property `x.y`; a double underscore
    /// stands for the single one of names such as `ssl_ca`.
    ///
    /// What Kubernetes itself sets beside a service named `kafka` (`KAFKA_PORT`, `KAFKA_SERVICE_HOST`,
    /// `KAFKA_PORT_9092_TCP_ADDR` and so on) is no property, and left out.
    ///
    /// `client.id` is the instance's where it is not given.
    ///
    /// - Throws: ``ConfigurationError`` when `KAFKA_BOOTSTRAP_SERVERS` is missing.
    public func kafkaSettings() throws -> [String: String] {
        var settings = ["client.id": instanceID]
        settings["bootstrap.servers"] = try required("KAFKA_BOOTSTRAP_SERVERS", form: "host:port[,host:port]")
        for (name, value) in values where Self.isKafkaProperty(name) && !value.isEmpty {
            let property = name.dropFirst("KAFKA_".count).lowercased()
                .replacing("__", with: "\u{0}").replacing("_", with: ".").replacing("\u{0}", with: "_")
            settings[property] = value
            journal.note(name, Self.isSecret(property) ? Journal.blank : value)
        }
        return settings
    }

    /// The keys that seal secrets at rest: `SEALING_KEYS`.
    ///
    /// - Throws: ``ConfigurationError`` when it is missing or not of its form.
    public func sealingKeys() throws -> SealingKeys {
        let (name, form) = ("SEALING_KEYS", "kid:base64[,kid:base64…], each key 32 random bytes")
        if let keys = try parsed(name, form: form, isSecret: true, { try SealingKeys($0) }) { return keys }
        let reason = text(name) == nil ? "is missing" : "is not of its form"
        throw ConfigurationError(variable: name, reason: reason, remedy: "give \(form)")
    }

    /// The lines of an effective configuration, by variable; secrets are blanked.
    public var effective: [String: String] { journal.entries }

    private static func isKafkaProperty(_ name: String) -> Bool {
        let others = ["KAFKA_SERVICE_HOST", "KAFKA_SERVICE_PORT", "KAFKA_PORT"]
        return name.hasPrefix("KAFKA_") && !others.contains { name == $0 || name.hasPrefix("\($0)_") }
    }

    private static func isSecret(_ property: String) -> Bool {
        ["password", "secret", "ssl.key", "ssl_key", "token", "oauthbearer.config", "jaas"].contains {
            property.contains($0)
        }
    }
}
