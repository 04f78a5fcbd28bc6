import Messages
import Runtime

/// Who makes a request: an API key's holder.
struct Caller: Sendable, Equatable {
    /// What the audit calls the caller.
    var actor: AuditActor
    /// What the caller may do.
    var role: Role
    /// The only tenant that the caller sees; nil for all.
    var tenant: TenantID?

    /// Whether the tenant exists as far as the caller can know.
    func sees(_ tenant: TenantID) -> Bool { self.tenant == nil || self.tenant == tenant }

    /// Throws 403 unless the caller has the role.
    func require(_ role: Role) throws {
        guard self.role >= role else { throw Problem.roleTooLow(has: self.role, needs: role) }
    }

    /// Throws 403 unless the caller has the role for all tenants.
    func requireEverywhere(_ role: Role) throws {
        try require(role)
        guard tenant == nil else { throw Problem.boundToTenant }
    }
}
