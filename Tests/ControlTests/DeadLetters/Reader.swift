import Failures
import Kafka
import KafkaTesting
import Messages
import Outbox
import Pipeline
import Postgres
import Synchronization

/// Twelve ways in which a reader cannot take a record, and the reason that it has to give for each.
enum Poison: String, CaseIterable {
    case noEnvelope = "no-envelope"
    case noValue = "no-value"
    case unknownType = "unknown-type"
    case notOfItsForm = "not-of-its-form"
    case foreignTenant = "foreign-tenant"
    case noRun = "no-run"
    case noRules = "no-rules"
    case outOfDate = "out-of-date"
    case refusedByDatabase = "refused-by-database"
    case refusedByBrokers = "refused-by-brokers"
    case tooLarge = "too-large"
    case failedForGood = "failed-for-good"

    /// A record that is poisoned in this way.
    func record(_ number: Int, of tenant: TenantID, to topic: String) throws -> OutgoingRecord {
        let envelope = Envelope(type: CancelRun.type, source: "tests/1", tenant: tenant, identityProvider: .make())
        var record = OutgoingRecord(
            topic: topic,
            key: envelope.key,
            value: try CancelRun(run: .make(), epoch: Epoch(rawValue: 1)).encode(),
            headers: envelope.headers.map { Header($0.name, $0.value) } + [
                Header("poison", rawValue), Header("number", "\(number)"),
            ]
        )
        switch self {
        case .noEnvelope: record.headers.removeAll { $0.name == "ce_tenantid" }
        case .noValue: record.value = nil
        case .unknownType:
            record.headers.removeAll { $0.name == "ce_type" }
            record.headers.append(Header("ce_type", "wecombridge.not-yet.v9"))
        case .notOfItsForm: record.value = Array("{\"run\":7}".utf8)
        default: break
        }
        return record
    }
}

/// The reader's own reasons.
enum ReaderRefusal: String, RejectionReason {
    case foreignTenant = "foreign-tenant"
    case noRun = "no-run"
    case noRules = "no-rules"
    case outOfDate = "out-of-date"

    var sentence: String { "Mend it (\(rawValue))." }
}

/// Takes records unless they are poisoned, and all of them once it is mended.
final class Reader: StageHandler {
    struct State {
        var isMended = false
        var taken: [Record] = []
    }

    private struct TooLarge: ExplainedFailure {
        var failureClass: FailureClass { .permanent }
        var cause: RejectionCause { RejectionCause(OutboxRefusal.tooLarge) }
    }

    private struct Hopeless: ClassifiedFailure {
        var failureClass: FailureClass { .permanent }
    }

    private let state = Mutex(State())

    var taken: [Record] { state.withLock { $0.taken } }

    func mend() { state.withLock { $0.isMended = true } }

    func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        guard !state.withLock({ $0.isMended }) else {
            take(batch.records)
            return []
        }
        var rejections: [Rejection] = []
        let (good, unreadable) = try batch.read { message in
            let poison = message.record.header("poison").flatMap(Poison.init)
            if let refusal = poison.flatMap({ ReaderRefusal(rawValue: $0.rawValue) }) {
                rejections.append(
                    Rejection(record: message.record, reason: "the reader's own", cause: RejectionCause(refusal))
                )
                return Record?.none
            }
            switch poison {
            case .refusedByDatabase, .refusedByBrokers, .tooLarge, .failedForGood: return message.record
            default:
                _ = try message.decode(CancelRun.self)
                return message.record
            }
        }
        for record in good { try record.header("poison").flatMap(Poison.init).map(fail) }
        take(good)
        return rejections + unreadable
    }

    private func take(_ records: [Record]) { state.withLock { $0.taken += records } }

    private func fail(_ poison: Poison) throws {
        switch poison {
        case .refusedByDatabase: throw PostgresError(.uniqueViolation, "a row collides")
        case .refusedByBrokers: throw KafkaError(.messageTooLarge, in: "deliver")
        case .tooLarge: throw TooLarge()
        case .failedForGood: throw Hopeless()
        default: break
        }
    }
}
