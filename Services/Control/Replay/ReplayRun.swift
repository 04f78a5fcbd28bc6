import Kafka
import Logging
import Messages
import Pipeline
import Runtime

/// A run that tells again, as the registry has it, and who holds it here.
///
/// The registry gives the run its number and lets no other of the identity provider be active beside it; nobody but this
/// program holds it. Whoever goes on with it does so with the next fence and shuts the earlier holder out at the brokers.
/// Should it end meanwhile, be it that the registry gave it up, what comes late of it is passed over by its number.
struct ReplayRun: Sendable {
    /// Pages that may be on their way to the writer.
    private static let window = 64
    private static let pause = Duration.milliseconds(500)

    let id: RunID
    let epoch: Epoch
    let requestedAt: Timestamp
    let isDryRun: Bool
    let configuration: IdentityProviderConfiguration
    let registry: AdminAPI

    /// How it stands.
    struct Standing {
        let state: String
        let pagesApplied: Int
        let json: JSON

        var isOver: Bool { state == "finished" }
    }

    /// Asks the registry for a run.
    static func start(
        of configuration: IdentityProviderConfiguration,
        isDryRun: Bool,
        in registry: AdminAPI
    ) async throws -> ReplayRun {
        let body: [String: JSON] = ["kind": .string("replay"), "dryRun": .boolean(isDryRun)]
        let answer = try await registry.post("/api/v1/idps/\(configuration.id)/runs", .object(body))
        return try ReplayRun(answer, of: configuration, in: registry)
    }

    /// - Throws: ``ReplayRefusal`` where the run is of another kind, or is over.
    init(_ json: JSON, of configuration: IdentityProviderConfiguration, in registry: AdminAPI) throws {
        guard case .object(let fields) = json, case .string(let text)? = fields["id"], let id = RunID(text),
            case .integer(let epoch)? = fields["epoch"], case .string(let time)? = fields["requestedAt"],
            let requestedAt = Timestamp(time)
        else { throw ReplayRefusal("The registry's answer is no run.") }
        guard fields["kind"] == .string("replay") else {
            throw ReplayRefusal("The run \(id) is not one that tells again: only such runs are gone on with.")
        }
        self.id = id
        self.epoch = Epoch(rawValue: epoch)
        self.requestedAt = requestedAt
        isDryRun = fields["dryRun"] == .boolean(true)
        self.configuration = configuration
        self.registry = registry
    }

    /// Asks the registry how it stands.
    func standing() async throws -> Standing {
        let json = try await registry.get("/api/v1/runs/\(id)")
        guard case .object(let fields) = json, case .string(let state)? = fields["state"] else {
            throw ReplayRefusal("The registry's answer is no run.")
        }
        var applied = 0
        if case .object(let progress)? = fields["progress"], case .integer(let pages)? = progress["pagesApplied"] {
            applied = Int(pages)
        }
        return Standing(state: state, pagesApplied: applied, json: json)
    }

    /// Returns once no other run of the identity provider is active.
    func waitForTurn() async throws {
        while true {
            let standing = try await standing()
            guard !standing.isOver else { throw ReplayRefusal("The run \(id) is over before it began.") }
            if standing.state != "waiting" { return }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Returns once the writer has applied nearly all that was sent.
    func waitForRoom(after pages: Int) async throws {
        while true {
            let standing = try await standing()
            guard !standing.isOver else {
                throw ReplayRefusal("The run \(id) was ended by others; nothing more is told.")
            }
            if pages - standing.pagesApplied <= Self.window { return }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Returns the run once it is over.
    func waitForEnd() async throws -> JSON {
        while true {
            let standing = try await standing()
            if standing.isOver { return standing.json }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// The envelope of a message of the run.
    func envelope(_ type: MessageType, _ fence: Fence) -> Envelope {
        Envelope(
            type: type,
            source: "bridgectl/replay",
            tenant: configuration.tenant,
            identityProvider: configuration.id,
            run: id,
            position: RunPosition(epoch: epoch, fence: fence)
        )
    }
}
