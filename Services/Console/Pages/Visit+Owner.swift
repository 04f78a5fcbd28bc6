extension Visit {
    /// Lets only owners of all tenants go on, by the registry's word of this moment: other services take the console's word,
    /// and what concerns all tenants is nobody else's.
    func requireOwnerOfAll() async throws {
        let current = try await caller()
        guard current.tenantID == nil else { throw PageError.notFound }
        guard current.role >= .owner else { throw PageError.roleTooLow }
    }
}
