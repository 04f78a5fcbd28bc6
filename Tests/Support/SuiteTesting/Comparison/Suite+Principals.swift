import Postgres

extension Suite {
    /// Keys of people of whom the verifier knows other than the directory has, or whom only one of them knows.
    public func strangePrincipals(of connected: ConnectedTenant) async throws -> [String] {
        try await query(
            """
            select directory_key from directory.users u full join verifier.principals p using (idp_id, directory_key)
            where idp_id = \(connected.provider.id)::uuid and (
                u.id, u.external_id, u.username, u.display_name, u.email, u.removed_at is null and u.status in (1, 4)
            ) is distinct from (p.user_id, p.external_id, p.username, p.name, p.email, p.enabled)
            or idp_id = \(connected.provider.id)::uuid and u.removed_at is null and array(
                select unnest(p.departments) order by 1
            ) is distinct from array(
                select department_id from directory.memberships m
                where (m.idp_id, m.directory_key) = (u.idp_id, u.directory_key) order by 1
            )
            """
        ).map { try $0.decode(String.self) }
    }

    /// Waits until the verifier knows everybody as the directory has them.
    public func waitForPrincipals(of connected: ConnectedTenant) async throws {
        do {
            _ = try await waitFor("the verifier to know what the directory has") {
                try await strangePrincipals(of: connected).isEmpty ? true : nil
            }
        } catch {
            let strange = try await strangePrincipals(of: connected)
            throw SuiteFailure(what: "\(error): \(strange.count) differ", log: "\(strange.prefix(5))")
        }
    }
}
