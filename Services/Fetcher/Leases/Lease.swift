import Messages

/// Who works on an identity provider, and on what: what a row of `fetcher.leases` says of its holder.
struct Tenure: Equatable, Sendable {
    let identityProvider: IdentityProviderID
    let run: RunID
    /// Grows by one with each new holder.
    let fence: Fence
    /// When the claim was asked for; the lease holds for its duration from then on, at least.
    let claimedAt: ContinuousClock.Instant
}

/// The right to work on a run, and by it on its identity provider, for as long as it is renewed.
struct Lease: Equatable, Sendable {
    let run: QueuedRun
    /// Grows by one with each new holder.
    let fence: Fence
    /// Whether somebody had asked to end the run when it was claimed.
    var isCancelled = false
    /// Earlier runs that a deletion has overtaken, and that have to be ended in the log.
    var overtaken: [QueuedRun] = []
    /// When the claim was asked for; the lease holds for its duration from then on, at least.
    let claimedAt: ContinuousClock.Instant

    var position: RunPosition { RunPosition(epoch: run.epoch, fence: fence) }

    var tenure: Tenure {
        Tenure(identityProvider: run.identityProvider, run: run.run, fence: fence, claimedAt: claimedAt)
    }
}

/// Somebody else holds the run by now; what this holder does counts no more.
struct LeaseLost: Error, Equatable {}
