import Messages
import Replay
import Runtime

extension ReplayRun {
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

    /// - Throws: `ReplayRefusal` where the run is of another kind.
    init(_ json: JSON, of configuration: IdentityProviderConfiguration, in registry: AdminAPI) throws {
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
            registry: DistantRuns(registry: registry)
        )
    }
}

/// How runs stand, asked of the registry's API.
private struct DistantRuns: ReplayRegistry {
    let registry: AdminAPI

    func standing(of run: RunID) async throws -> ReplayStanding {
        let json = try await registry.get("/api/v1/runs/\(run)")
        guard case .object(let fields) = json, case .string(let state)? = fields["state"] else {
            throw ReplayRefusal("The registry's answer is no run.")
        }
        var applied = 0
        if case .object(let progress)? = fields["progress"], case .integer(let pages)? = progress["pagesApplied"] {
            applied = Int(pages)
        }
        return ReplayStanding(isWaiting: state == "waiting", isOver: state == "finished", pagesApplied: applied)
    }
}
