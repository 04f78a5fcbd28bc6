import Messages

/// How far an identity provider has come, as far as the writer has read.
struct SourceState {
    let identityProvider: IdentityProviderID
    let tenant: TenantID
    /// The newest run begun, and its newest holder.
    var position: RunPosition
    /// The newest run that is over.
    var finishedEpoch: Epoch
    /// Whether the database has a row of it.
    var isStored: Bool
    /// The run under way that the database knows of, until its messages have been read again.
    var interrupted: InterruptedRun?
    /// The run under way.
    var run: ActiveRun?

    /// A run that was under way when the partition changed hands.
    struct InterruptedRun: Equatable {
        let startOffset: Int64
        let counts: RunCounts
    }

    /// An identity provider of which nothing is stored yet.
    init(identityProvider: IdentityProviderID, tenant: TenantID) {
        self.identityProvider = identityProvider
        self.tenant = tenant
        position = RunPosition(epoch: Epoch(rawValue: 0), fence: Fence(rawValue: 0))
        finishedEpoch = Epoch(rawValue: 0)
        isStored = false
    }

    /// Whether messages of `position` still count: not of a run that is over, nor of a holder that was
    /// replaced (architecture.md §3).
    func accepts(_ position: RunPosition) -> Bool {
        guard let run else { return false }
        return position.epoch == self.position.epoch && position.epoch > finishedEpoch && position.fence == run.fence
    }
}

/// What is put back when a segment could not be committed.
struct SourceMark {
    let position: RunPosition
    let finishedEpoch: Epoch
    let isStored: Bool

    init(_ source: SourceState) {
        position = source.position
        finishedEpoch = source.finishedEpoch
        isStored = source.isStored
    }
}
