import Messages
import Replay
import Runtime

extension ReplayRun {
    /// Asks the registry for a run.
    static func start(
        of configuration: IdentityProviderConfiguration,
        isDryRun: Bool,
        in registry: AdminAPI,
        _ configurations: ConfigurationReading
    ) async throws -> ReplayRun {
        let body: [String: JSON] = ["kind": .string("replay"), "dryRun": .boolean(isDryRun)]
        let answer = try await registry.post("/api/v1/idps/\(configuration.id)/runs", .object(body))
        return try ReplayRun(answer, of: configuration, in: registry, configurations)
    }

    /// - Throws: `ReplayRefusal` where the run is of another kind.
    init(
        _ json: JSON,
        of configuration: IdentityProviderConfiguration,
        in registry: AdminAPI,
        _ configurations: ConfigurationReading
    ) throws {
        guard case .object(let fields) = json, case .string(let text)? = fields["id"], let id = RunID(text),
            case .integer(let epoch)? = fields["epoch"], case .string(let time)? = fields["requestedAt"],
            let requestedAt = Timestamp(time)
        else { throw ReplayRefusal("The registry's answer is no run.") }
        guard fields["kind"] == .string("replay") else {
            throw ReplayRefusal("The run \(id) is not one that tells again: only such runs are gone on with.")
        }
        self.init(
            id: id,
            epoch: Epoch(rawValue: epoch),
            requestedAt: requestedAt,
            isDryRun: fields["dryRun"] == .boolean(true),
            configuration: configuration,
            source: "bridgectl/replay",
            registry: DistantRuns(registry: registry, configurations: configurations)
        )
    }
}

/// How runs stand, asked of the registry's API, and what it published of their identity providers.
private struct DistantRuns: ReplayRegistry {
    let registry: AdminAPI
    let configurations: ConfigurationReading

    func configuration(of identityProvider: IdentityProviderID) async throws -> IdentityProviderConfiguration {
        guard let found = try await configurations.latest().first(where: { $0.id == identityProvider }) else {
            throw ReplayRefusal("The identity provider \(identityProvider) was deleted meanwhile.")
        }
        return found
    }

    func standing(of run: RunID) async throws -> ReplayStanding {
        let json = try await registry.get("/api/v1/runs/\(run)")
        guard case .object(let fields) = json, case .string(let state)? = fields["state"] else {
            throw ReplayRefusal("The registry's answer is no run.")
        }
        var applied = 0
        if case .object(let progress)? = fields["progress"], case .integer(let pages)? = progress["pagesApplied"] {
            applied = Int(pages)
        }
        var epoch: Epoch?
        if case .integer(let number)? = fields["epoch"] { epoch = Epoch(rawValue: number) }
        var isAskedToEnd = false
        if case .string? = fields["cancelRequestedAt"] { isAskedToEnd = true }
        return ReplayStanding(
            isWaiting: state == "waiting",
            isOver: state == "finished",
            pagesApplied: applied,
            epoch: epoch,
            isAskedToEnd: isAskedToEnd
        )
    }
}
