import FoundationEssentials
import Messages
import Postgres
import Traces

/// `verifier.principals`, as logons and tokens read it.
struct PrincipalStore: Sendable {
    let database: Database

    /// The person under a key; `nil` when no run has brought them.
    ///
    /// - Parameter generation: Which corp stands behind the identity provider now: nobody of an earlier one is found.
    func find(
        _ key: DirectoryKey,
        in identityProvider: IdentityProviderID,
        _ generation: Generation
    ) async throws -> Principal? {
        try await database.run(Self.find(key, in: identityProvider, generation)).first.map(Self.principal)
    }

    /// The statement of ``find(_:in:_:)``.
    static func find(_ key: DirectoryKey, in identityProvider: IdentityProviderID, _ generation: Generation) -> SQL {
        """
        select \(columns) from verifier.principals as principal
        where idp_id = \(identityProvider.uuid) and generation = \(generation.rawValue)
            and directory_key = \(key.text)
        """
    }

    /// The identity providers whose people are known.
    func identityProviders() async throws -> [IdentityProviderID] {
        try await database.run("select idp_id from verifier.projection").decode(UUID.self)
            .map { IdentityProviderID($0) }
    }

    /// Takes hold of the person's row until the transaction ends, so that who is disabled meanwhile is either seen
    /// here or loses the session that begins here; no row for who is gone. Before the columns of ``principal(_:)`` it
    /// says what time it is in the transaction, in seconds since 1970.
    static func hold(_ user: UserID, in identityProvider: IdentityProviderID) -> SQL {
        """
        select floor(extract(epoch from now()))::bigint, \(Self.columns) from verifier.principals as principal
        where idp_id = \(identityProvider.uuid) and user_id = \(user.uuid)
        for share
        """
    }

    /// What ``principal(_:)`` reads of `verifier.principals as principal`.
    static let columns: SQL = """
        principal.idp_id, principal.user_id, principal.tenant_id, principal.generation, principal.external_id,
        principal.name, principal.email, principal.username, principal.departments, principal.enabled,
        (extract(epoch from principal.disabled_at) * 1000)::bigint, principal.traceparent, principal.phone_number,
        principal.address
        """

    /// The person of a row that begins with ``columns``.
    static func principal(_ row: Row) throws -> Principal {
        let (
            idp, id, tenant, generation, externalID, name, email, username, departments, isOn, since, trace, phone,
            address
        ) =
            try row.decode(
                UUID.self,
                UUID.self,
                UUID.self,
                Int64.self,
                String.self,
                String?.self,
                String?.self,
                String?.self,
                [Int64].self,
                Bool.self,
                Int64?.self,
                String?.self,
                String?.self,
                String?.self
            )
        return Principal(
            id: UserID(id),
            identityProvider: IdentityProviderID(idp),
            tenant: TenantID(tenant),
            generation: Generation(rawValue: generation),
            externalID: externalID,
            name: name,
            email: email,
            username: username,
            departments: departments,
            isEnabled: isOn,
            disabledSince: since.map { Timestamp(millisecondsSince1970: $0) },
            trace: trace.flatMap(TraceContext.init(_:)),
            phoneNumber: phone,
            address: address
        )
    }
}
