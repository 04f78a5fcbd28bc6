extension Suite {
    /// Compares the directory with what the corp's app shows.
    public func differences(of connected: ConnectedTenant) async throws -> [Difference] {
        let truth = try await simulator.truth(of: connected.corp, agentID: connected.agentID)
        let users = try await directory.users(of: connected.provider)
        let departments = try await directory.departments(of: connected.provider)
        return Comparison(of: users, and: departments, with: truth).differences
    }
}
