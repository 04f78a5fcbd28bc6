extension Directory {
    /// What a run would do, in figures.
    public struct Plan: Decodable, Sendable {
        /// `ready`, `expired`, `carriedOut` or `tooLarge`.
        public let state: String
        /// People by what would become of them.
        public let users: [String: Int]
        /// Of how many objects the run would have made something else than the plan says that it was to carry out.
        public let differences: Int?
    }

    /// What would become of an object, or what differs of it.
    public struct PlannedObject: Decodable, Sendable {
        /// `user` or `department`.
        public let kind: String
        /// WeCom's name of it.
        public let externalID: String
    }

    /// What a run would do.
    public func plan(of run: Registry.Run) async throws -> Plan {
        try await client.json("GET", "/api/v1/runs/\(run.id)/plan").decode(Plan.self)
    }

    /// What a run would do to which object.
    public func plannedObjects(of run: Registry.Run) async throws -> [PlannedObject] {
        try await all("/api/v1/runs/\(run.id)/plan/objects", of: PlannedObject.self)
    }

    /// Of which objects a run would have made something else than the plan says that it was to carry out.
    public func planDifferences(of run: Registry.Run) async throws -> [PlannedObject] {
        try await all("/api/v1/runs/\(run.id)/plan/differences", of: PlannedObject.self)
    }
}
