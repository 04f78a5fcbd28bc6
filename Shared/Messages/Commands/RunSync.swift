/// Asks for a run. Written by the registry, read by the fetcher. Topic `sync.commands.v1`.
public struct RunSync: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("run-sync")

    /// What is synchronised.
    public enum Kind: String, Codable, Equatable, Sendable, CaseIterable {
        /// The structure and the people.
        case full
        /// The structure and the people, all of which travel: what the directory has is compared with it value by value,
        /// whatever the hashes say.
        case repair
        /// The structure only.
        case departments
        /// Single people and departments: the run's ``RunTarget``.
        case objects
        /// Nothing is read: what is held is asked for once more, and whoever is still gone goes (architecture.md §3.6).
        case apply
        /// Nothing is read: what is held stays, and is not asked for again while nothing changes.
        case reject
        /// Nothing is read: what an earlier run did is taken back, but for what later ones changed too. Whom it removed are
        /// there again, with their ids, and stay while nothing changes.
        case undo
        /// Nothing is read from WeCom: what the topics still have is told again, by `bridgectl`. It says of nobody that they
        /// are missing.
        case replay
        /// Nothing is read: everybody of a deleted identity provider is shut out (architecture.md §3.7).
        case delete

        /// Whether it reads the structure and the people.
        public var readsEverything: Bool { self == .full || self == .repair }
    }

    /// Why the run was started.
    public enum Cause: String, Codable, Equatable, Sendable, CaseIterable {
        /// Somebody asked for it.
        case manual
        /// The cycle was over.
        case schedule
        /// The authorization was granted or changed.
        case authorization
        /// The identity provider was reopened, or set to be synchronised by itself.
        case settings
        /// WeCom told of changes.
        case event
        /// Somebody decided about what is held.
        case decision
        /// A run missed people whom WeCom does not let the app ask for: another run has to miss them, too.
        case confirmation
        /// The identity provider was deleted.
        case deletion
    }

    /// Which run.
    public var run: RunID
    /// Which run of the identity provider.
    public var epoch: Epoch
    /// What is synchronised.
    public var kind: Kind
    /// Which objects are read, by a run of kind `objects`.
    public var target: RunTarget?
    /// What is decided about, by a run of kind `apply`, `reject` or `undo`.
    public var selection: HeldSelection?
    /// Whether nothing may be written to the directory.
    public var isDryRun: Bool
    /// The run whose plan is carried out: if this run would do anything else, it does nothing.
    public var plan: Epoch?
    /// What it means to the directory.
    public var terms: RunTerms
    /// The configuration whose credentials and rules, or newer ones, are needed.
    public var configurationRevision: Revision
    /// Why the run was started.
    public var cause: Cause
    /// When it was started; the directory's rows carry this time, so that a replay writes the same.
    public var requestedAt: Timestamp
    /// The last full run, if the directory holds exactly what that one read: pages that are as they were then
    /// need not travel.
    public var basis: Epoch?

    /// All of it at once.
    public init(
        run: RunID,
        epoch: Epoch,
        kind: Kind,
        target: RunTarget? = nil,
        selection: HeldSelection? = nil,
        isDryRun: Bool = false,
        plan: Epoch? = nil,
        terms: RunTerms,
        configurationRevision: Revision,
        cause: Cause,
        requestedAt: Timestamp,
        basis: Epoch? = nil
    ) {
        self.run = run
        self.epoch = epoch
        self.kind = kind
        self.target = target
        self.selection = selection
        self.isDryRun = isDryRun
        self.plan = plan
        self.terms = terms
        self.configurationRevision = configurationRevision
        self.cause = cause
        self.requestedAt = requestedAt
        self.basis = basis
    }
}
