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

    /// - Parameters:
    ///   - isWaiting: Whether another run of the identity provider is active.
    ///   - isOver: Whether it has ended, however that was.
    ///   - pagesApplied: Pages that the writer has applied.
    public init(isWaiting: Bool, isOver: Bool, pagesApplied: Int) {
        self.isWaiting = isWaiting
        self.isOver = isOver
        self.pagesApplied = pagesApplied
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
    let epoch: Epoch
    let requestedAt: Timestamp
    let isDryRun: Bool
    private(set) var configuration: IdentityProviderConfiguration
    let source: String
    let registry: any ReplayRegistry

    /// - Parameters:
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
    /// it waited must not be taken back by it.
    func waitingForTurn() async throws -> ReplayRun {
        while true {
            let standing = try await registry.standing(of: id)
            guard !standing.isOver else { throw ReplayRefusal("The run \(id) is over before it began.") }
            if !standing.isWaiting { break }
            try await Task.sleep(for: Self.pause)
        }
        var run = self
        run.configuration = try await registry.configuration(of: configuration.id)
        return run
    }

    /// Returns once the writer has applied nearly all that was sent.
    func waitForRoom(after pages: Int) async throws {
        while true {
            let standing = try await registry.standing(of: id)
            guard !standing.isOver else {
                throw ReplayRefusal("The run \(id) was ended by others; nothing more is told.")
            }
            if pages - standing.pagesApplied <= Self.window { return }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Returns once it is over.
    func waitForEnd() async throws {
        while try await !registry.standing(of: id).isOver { try await Task.sleep(for: Self.pause) }
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
