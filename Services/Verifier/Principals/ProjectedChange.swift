import Kafka
import Messages
import Pipeline

/// One message of `directory.changes.v1`, read.
struct ProjectedChange: Sendable {
    let envelope: Envelope
    let epoch: Epoch
    let message: DirectoryChanges
    /// The message as it came.
    let record: Record

    /// - Throws: `UndecodableMessage`.
    init(_ incoming: IncomingMessage) throws {
        guard let position = incoming.envelope.position else {
            throw incoming.undecodable(VerifierRefusal.noEpoch, "the header ce_epoch is missing")
        }
        envelope = incoming.envelope
        epoch = position.epoch
        message = try incoming.decode(DirectoryChanges.self)
        record = incoming.record
    }

    /// Whether it can be written together with one before it: neither shuts anybody out or ends anything, and people
    /// are known by the same rules.
    func joins(_ earlier: ProjectedChange) -> Bool {
        isOfNewPeople && earlier.isOfNewPeople
            && envelope.identityProvider == earlier.envelope.identityProvider
            && envelope.tenant == earlier.envelope.tenant
            && message.incarnation == earlier.message.incarnation
            && message.generation == earlier.message.generation
            && message.userIDCase == earlier.message.userIDCase
    }

    private var isOfNewPeople: Bool {
        message.snapshot == nil && message.users.allSatisfy { $0.kind == .created && $0.isEnabled }
    }
}
