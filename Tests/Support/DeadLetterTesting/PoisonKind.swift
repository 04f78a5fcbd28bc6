public import Failures
public import Kafka
public import Messages

/// Twelve ways in which a reader cannot take a record, and the reason that it has to give for each.
public enum PoisonKind: String, CaseIterable, Sendable {
    /// It lacks a header.
    case noEnvelope = "no-envelope"
    /// It is a tombstone.
    case noValue = "no-value"
    /// Its type is of a later version.
    case unknownType = "unknown-type"
    /// Its JSON says something else.
    case notOfItsForm = "not-of-its-form"
    /// The reader's own: another tenant's.
    case foreignTenant = "foreign-tenant"
    /// The reader's own: of no run.
    case noRun = "no-run"
    /// The reader's own: there are no rules for it.
    case noRules = "no-rules"
    /// The reader's own: too late.
    case outOfDate = "out-of-date"
    /// A row collides.
    case refusedByDatabase = "refused-by-database"
    /// What it leads to is refused.
    case refusedByBrokers = "refused-by-brokers"
    /// What it leads to is too large.
    case tooLarge = "too-large"
    /// It fails for good, and nobody says why.
    case failedForGood = "failed-for-good"

    /// A record that is poisoned in this way.
    public func record(_ number: Int, of tenant: TenantID, to topic: String) throws -> OutgoingRecord {
        var record = try Self.record(number, [Header("poison", rawValue)], of: tenant, to: topic)
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

    /// A record with which nothing is wrong.
    ///
    /// - Parameter round: Tells it from those of another round.
    public static func good(
        _ number: Int,
        _ round: String,
        of tenant: TenantID,
        to topic: String
    ) throws -> OutgoingRecord {
        try record(number, [Header("round", round)], of: tenant, to: topic)
    }

    private static func record(
        _ number: Int,
        _ headers: [Header],
        of tenant: TenantID,
        to topic: String
    ) throws -> OutgoingRecord {
        let envelope = Envelope(type: CancelRun.type, source: "tests/1", tenant: tenant, identityProvider: .make())
        return OutgoingRecord(
            topic: topic,
            key: envelope.key,
            value: try CancelRun(run: .make(), epoch: Epoch(rawValue: 1)).encode(),
            headers: envelope.headers.map { Header($0.name, $0.value) } + headers + [Header("number", "\(number)")]
        )
    }
}

/// The reader's own reasons.
public enum ReaderRefusal: String, RejectionReason {
    /// Another tenant's.
    case foreignTenant = "foreign-tenant"
    /// Of no run.
    case noRun = "no-run"
    /// Without rules.
    case noRules = "no-rules"
    /// Too late.
    case outOfDate = "out-of-date"

    /// What mends it.
    public var sentence: String { "Mend it (\(rawValue))." }
}
