public import Foundation

/// What is asked of runs.
extension Registry {
    /// Starts a run, by default the one that the settings say.
    ///
    /// - Parameter work: `kind`, and `department`, `includesBelow` or `user`.
    public func startRun(
        of provider: IdentityProvider,
        _ work: JSON = [:],
        key: String = UUID().uuidString
    ) async throws -> Run {
        try await client.json(
            "POST",
            "/api/v1/idps/\(provider.id)/runs",
            work,
            headers: ["Idempotency-Key": key]
        ).decode(Run.self)
    }

    /// Has the registry tell again what the topic of WeCom's records still has of an identity provider.
    ///
    /// - Returns: The run that tells it.
    public func replay(_ provider: IdentityProvider, key: String = UUID().uuidString) async throws -> Run {
        struct Begun: Decodable { let items: [Run] }
        let wish: JSON = ["idpID": .string(provider.id), "rate": 1_000, "why": "a test"]
        let begun = try await client.json(
            "POST",
            "/api/v1/operations/replays",
            wish,
            headers: ["Idempotency-Key": key]
        ).decode(Begun.self)
        guard let run = begun.items.first else { throw NothingBegun() }
        return run
    }

    private struct NothingBegun: Error {}

    /// A run as it stands.
    public func run(_ id: String) async throws -> Run {
        try await client.json("GET", "/api/v1/runs/\(id)").decode(Run.self)
    }

    /// The runs of an identity provider, newest first.
    public func runs(of provider: IdentityProvider) async throws -> [Run] {
        struct Page: Decodable { let items: [Run] }
        return try await client.json("GET", "/api/v1/idps/\(provider.id)/runs").decode(Page.self).items
    }

    /// Waits until a run is over.
    public func waitForEnd(
        of run: Run,
        within limit: Duration = .seconds(300),
        progress: (Run) -> Void = { _ in }
    ) async throws -> Run {
        var last = run
        do {
            return try await waitFor("the end of run \(run.id)", within: limit) {
                last = try await self.run(run.id)
                progress(last)
                return last.state == "finished" ? last : nil
            }
        } catch let error as TimedOut {
            throw TimedOut(
                what: "\(error.what), \(last.kind) by \(last.cause), \(last.state)",
                lastError: error.lastError
            )
        }
    }

    /// Has what a run holds carried out, all of it or the people with these user ids.
    ///
    /// - Parameter reused: `samePerson` or `anotherPerson`, for those whose user ids another human may have.
    /// - Returns: The run that does it.
    public func approve(_ run: Run, users: [String]? = nil, reused: String? = nil) async throws -> Run {
        try await decide("approve", about: run, users: users, reused: reused)
    }

    /// Has what a run holds stay as it is, all of it or the people with these user ids.
    ///
    /// - Returns: The run that does it.
    public func reject(_ run: Run, users: [String]? = nil) async throws -> Run {
        try await decide("reject", about: run, users: users)
    }

    /// Has exactly that done which a dry run has planned.
    ///
    /// - Returns: The run that does it.
    public func apply(_ plan: Run) async throws -> Run {
        try await client.json("POST", "/api/v1/runs/\(plan.id)/apply").decode(Run.self)
    }

    private func decide(
        _ decision: String,
        about run: Run,
        users: [String]?,
        reused: String? = nil
    ) async throws -> Run {
        let objects = users.map { users in
            JSON.array(users.map { ["kind": "user", "externalID": .string($0)] as JSON })
        }
        var fields = objects.map { ["objects": $0] } ?? [:]
        if let reused { fields["reused"] = .string(reused) }
        return try await client.json("POST", "/api/v1/runs/\(run.id)/\(decision)", JSON.object(fields)).decode(Run.self)
    }
}
