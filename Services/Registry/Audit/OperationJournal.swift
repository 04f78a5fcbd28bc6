import FoundationEssentials
import Messages
import Runtime

/// Writes down what operators do past the tenants' settings, before it is done: what is not written down is not done.
struct OperationJournal: Sendable {
    let ledger: Ledger

    /// Writes it down; returns the operation's number, which is the audit's object.
    ///
    /// - Parameters:
    ///   - why: In the operator's words.
    ///   - details: What else is worth knowing; never a value.
    func begin(
        _ action: OperationRoutes.Action,
        because why: String,
        _ details: [String: JSON],
        by caller: Caller
    ) async throws -> String {
        let id = UUIDv7.make()
        let entry = AuditEntry(action.rawValue, "operation", id, of: nil, by: caller.actor)
            .with(details.merging(["reason": .string(why)]) { $1 })
        try await ledger.change { try entry.append(on: $0) }
        return id.uuidString.lowercased()
    }
}
