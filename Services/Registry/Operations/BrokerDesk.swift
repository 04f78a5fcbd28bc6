import Kafka
import Logging
import Messages
import Pipeline
import Runtime

/// What the brokers say of topics and of those who read them.
struct BrokerDesk: Sendable {
    let settings: StageSettings
    let logger: Logger

    /// How far each service is behind.
    ///
    /// - Throws: ``Problem`` 503 where the brokers do not answer.
    func lag() async throws -> [GroupLag] {
        do {
            let reading = LagReading(namespace: settings.namespace)
            return try await withAdmin { try await reading.groups(by: $0) }
        } catch let error as KafkaError {
            logger.warning(
                "the brokers were asked in vain how far services are behind",
                metadata: ["error": "\(error)"]
            )
            throw Problem.unavailable("The brokers do not answer at present.")
        }
    }

    /// What is wrong with brokers, topics and groups, each with its fix.
    func findings() async -> [CheckResult] {
        let topics = TopicCatalogue.all.map {
            $0.specification(in: settings.namespace, durability: settings.durability)
        }
        // How many partitions an installation has beyond the usual is its own matter.
        let examination = BrokerExamination(topics: topics, namespace: settings.namespace, takesMorePartitions: true)
        do {
            return try await withAdmin { try await examination.findings(by: $0) }
        } catch {
            return [BrokerExamination.unreached(error)]
        }
    }

    private func withAdmin<Value>(_ body: (Admin) async throws -> Value) async throws -> Value {
        let admin = try Admin(settings: settings.kafka, logger: logger)
        let value: Value
        do {
            value = try await body(admin)
        } catch {
            try? await admin.close()
            throw error
        }
        try await admin.close()
        return value
    }
}
