import Foundation
import Sealing
import Testing

@testable import Runtime

@Suite struct EnvironmentTests {
    @Test("a missing variable is named, with what to give")
    func missing() {
        let error = #expect(throws: ConfigurationError.self) { try Runtime.Environment([:]).kafkaSettings() }
        #expect(error?.description == "KAFKA_BOOTSTRAP_SERVERS is missing: give host:port[,host:port]")
    }

    @Test("an empty variable counts as missing")
    func empty() throws {
        let environment = Runtime.Environment(["A": "", "B": ""])
        #expect(environment.optional("A") == nil)
        #expect(environment.string("B", default: "b") == "b")
        #expect(try environment.integer("B", default: 7) == 7)
        #expect(throws: ConfigurationError.self) { try environment.required("A") }
    }

    @Test("every mistake is reported at once")
    func everyMistake() {
        let environment = Runtime.Environment(["HTTP_PORT": "70000", "WAIT": "soon", "URL": "ftp://x", "FORMAT": "xml"])
        let errors = #expect(throws: ConfigurationErrors.self) {
            try environment.settings { environment in
                _ = try environment.port(default: 8080)
                _ = try environment.duration("WAIT", default: .seconds(1))
                _ = try environment.url("URL")
                _ = try environment.url("OTHER_URL")
                _ = try environment.choice("FORMAT", default: LogFormat.json)
                _ = try environment.secret("TOKEN")
                _ = try environment.sealingKeys()
            }
        }
        let expected = ["HTTP_PORT", "WAIT", "URL", "OTHER_URL", "FORMAT", "TOKEN", "SEALING_KEYS"]
        #expect(errors?.errors.map(\.variable) == expected)
        #expect(errors?.errors.first?.description == "HTTP_PORT is '70000': give a whole number from 0 to 65535")
    }

    @Test("a correct environment gives its settings")
    func correct() throws {
        let environment = Runtime.Environment([
            "PORT": "0", "WAIT": "1.5", "URL": "https://example.com/api/", "FORMAT": "text", "ON": "true",
            "LIST": "a, b,,c",
        ])
        let settings = try environment.settings { environment in
            (
                try environment.port("PORT", default: 1), try environment.duration("WAIT", default: .zero),
                try environment.url("URL"), try environment.choice("FORMAT", default: LogFormat.json),
                try environment.boolean("ON", default: false)
            )
        }
        #expect(settings == (0, .milliseconds(1500), try #require(URL(string: "https://example.com/api")), .text, true))
        #expect(environment.list("LIST") == ["a", "b", "c"])
    }

    @Test("Kafka's variables become librdkafka's properties")
    func kafka() throws {
        let settings = try Runtime.Environment([
            "KAFKA_BOOTSTRAP_SERVERS": "a:1,b:2", "KAFKA_SECURITY_PROTOCOL": "sasl_ssl", "KAFKA_SSL__CA": "pem",
            "INSTANCE_ID": "mapper-1", "OTHER": "x",
        ]).kafkaSettings()
        let expected = [
            "bootstrap.servers": "a:1,b:2", "security.protocol": "sasl_ssl", "ssl_ca": "pem", "client.id": "mapper-1",
        ]
        #expect(settings == expected)
    }

    @Test("what Kubernetes sets beside a service named kafka is no property")
    func kubernetes() throws {
        let settings = try Runtime.Environment([
            "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092", "KAFKA_SERVICE_HOST": "10.0.0.1", "KAFKA_SERVICE_PORT": "9092",
            "KAFKA_SERVICE_PORT_CLIENT": "9092", "KAFKA_PORT": "tcp://10.0.0.1:9092",
            "KAFKA_PORT_9092_TCP": "tcp://10.0.0.1:9092", "KAFKA_PORT_9092_TCP_ADDR": "10.0.0.1",
            "KAFKA_CLIENT_ID": "mapper",
        ]).kafkaSettings()
        #expect(settings == ["bootstrap.servers": "kafka:9092", "client.id": "mapper"])
    }

    @Test("the effective configuration holds no secret")
    func blanked() throws {
        let environment = Runtime.Environment([
            "KAFKA_BOOTSTRAP_SERVERS": "a:1", "KAFKA_SASL_PASSWORD": "hunter2", "WECOM_PROVIDER_SECRET": "hunter2",
            "DATABASE_URL": "postgresql://writer:hunter2@db/directory",
        ])
        _ = try environment.kafkaSettings()
        let secret = try environment.secret("WECOM_PROVIDER_SECRET")
        _ = try environment.required("DATABASE_URL")
        _ = environment.optional("LOG_LEVEL")
        #expect(secret.withValue { $0 } == "hunter2")
        #expect(!"\(environment.effective)".contains("hunter2"))
        #expect(environment.effective["WECOM_PROVIDER_SECRET"] == "<set>")
        #expect(environment.effective["DATABASE_URL"] == "postgresql://writer:***@db/directory")
        #expect(environment.effective["LOG_LEVEL"] == "<not set>")
    }

    @Test("a wrong secret is not quoted in the error")
    func wrongSecret() {
        let environment = Runtime.Environment(["SEALING_KEYS": "hunter2"])
        let error = #expect(throws: ConfigurationError.self) { try environment.sealingKeys() }
        #expect(error?.description.contains("hunter2") == false)
        #expect(error?.variable == "SEALING_KEYS")
    }

    @Test("an instance has a name, given or made up")
    func instance() {
        #expect(Runtime.Environment(["INSTANCE_ID": "a"]).instanceID == "a")
        #expect(!Runtime.Environment([:]).instanceID.isEmpty)
        #expect(Runtime.Environment([:]).fixedInstanceID == nil)
    }
}
