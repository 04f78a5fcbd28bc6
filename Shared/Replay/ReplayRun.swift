public import Messages

/// Says how runs stand, and on which terms: the registry, from inside or from without.
public protocol ReplayRegistry: Sendable {
    /// How the run stands now.
    func standing(of run: RunID) async throws -> ReplayStanding

    /// How the identity provider is configured now.
    func configuration(of identityProvider: IdentityProviderID) async throws -> IdentityProviderConfiguration
}

/// How a run that tells again stands.
public struct ReplayStanding: Sendable {
    let isWaiting: Bool
    let isOver: Bool
    let pagesApplied: Int
    let epoch: Epoch?
    let isAskedToEnd: Bool

    /// - Parameters:
    ///   - isWaiting: Whether another run of the identity provider is active.
    ///   - isOver: Whether it has ended, however that was.
    ///   - pagesApplied: Pages that the writer has applied.
    ///   - epoch: Its number, which may become another while it waits; nil where it is the one that it began with.
    ///   - isAskedToEnd: Whether somebody wants it told no further.
    public init(
        isWaiting: Bool,
        isOver: Bool,
        pagesApplied: Int,
        epoch: Epoch? = nil,
        isAskedToEnd: Bool = false
    ) {
        self.isWaiting = isWaiting
        self.isOver = isOver
        self.pagesApplied = pagesApplied
        self.epoch = epoch
        self.isAskedToEnd = isAskedToEnd
    }
}

/// A run that tells again, as the registry has it, and who holds it here.
///
/// The registry gives the run its number and lets no other of the identity provider be active beside it; nobody but this
/// program holds it. Whoever goes on with it does so with the next fence and shuts the earlier holder out at the brokers.
/// Should it end meanwhile, be it that the registry gave it up, what comes late of it is passed over by its number.
public struct ReplayRun: Sendable {
    /// Pages that may be on their way to the writer.
    private static let window = 64
    private static let pause = Duration.milliseconds(500)

    /// The run's id.
    public let id: RunID
    private(set) var epoch: Epoch
    let requestedAt: Timestamp
    let isDryRun: Bool
    private(set) var configuration: IdentityProviderConfiguration
    let source: String
    let registry: any ReplayRegistry

    /// - Parameters:
    ///   - epoch: Its number now. Another that it has when its turn has come is asked for then.
    ///   - configuration: The terms that hold now. Those that hold when its turn has come are asked for then.
    ///   - source: What envelopes say of whoever holds it.
    public init(
        id: RunID,
        epoch: Epoch,
        requestedAt: Timestamp,
        isDryRun: Bool,
        configuration: IdentityProviderConfiguration,
        source: String,
        registry: any ReplayRegistry
    ) {
        self.id = id
        self.epoch = epoch
        self.requestedAt = requestedAt
        self.isDryRun = isDryRun
        self.configuration = configuration
        self.source = source
        self.registry = registry
    }

    /// Returns once no other run of the identity provider is active, with the terms that hold then: what was changed while
    /// it waited must not be taken back by it. Its number is the one of then, too: under an earlier one nobody listens.
    func waitingForTurn() async throws -> ReplayRun {
        while true {
            let standing = try await registry.standing(of: id)
            guard !standing.isOver else { throw ReplayRefusal("The run \(id) is over before it began.") }
            guard standing.isWaiting else {
                var run = self
                run.epoch = standing.epoch ?? epoch
                run.configuration = try await registry.configuration(of: configuration.id)
                return run
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Throws where others have ended it.
    func requireUnended() async throws { try require(try await registry.standing(of: id)) }

    /// Returns once the writer has applied nearly all that was sent. Throws ``ReplayCancelled`` where it is asked to end.
    func waitForRoom(after pages: Int) async throws {
        while true {
            let standing = try await registry.standing(of: id)
            try require(standing)
            if standing.isAskedToEnd { throw ReplayCancelled() }
            if pages - standing.pagesApplied <= Self.window { return }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Returns once it is over.
    ///
    /// - Parameter abort: Is called once, if it is asked to end meanwhile.
    func waitForEnd(abort: () async throws -> Void) async throws {
        var isAborted = false
        while true {
            let standing = try await registry.standing(of: id)
            if standing.isOver { return }
            if standing.isAskedToEnd, !isAborted {
                try await abort()
                isAborted = true
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    private func require(_ standing: ReplayStanding) throws {
        guard !standing.isOver else {
            throw ReplayRefusal("The run \(id) was ended by others; nothing more is told.")
        }
    }

    /// The envelope of a message of the run.
    func envelope(_ type: MessageType, _ fence: Fence) -> Envelope {
        Envelope(
            type: type,
            source: source,
            tenant: configuration.tenant,
            identityProvider: configuration.id,
            run: id,
            position: RunPosition(epoch: epoch, fence: fence)
        )
    }
}

/// Somebody asked that the run be ended.
struct ReplayCancelled: Error {}
