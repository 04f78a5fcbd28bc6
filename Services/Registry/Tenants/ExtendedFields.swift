import FoundationEssentials
import Messages
import Postgres
import Runtime

/// The fields that a tenant adds to its directory's users, for mapping rules to fill.
struct ExtendedFieldStore: Sendable {
    let ledger: Ledger
    let providers: IdentityProviderStore

    /// The tenant's fields, by key.
    static func all(of tenant: TenantID, on connection: isolated Connection) throws -> [ExtendedField] {
        try connection.run(select(tenant)).map(field)
    }

    /// The tenant's fields, by key.
    func list(of tenant: TenantID) async throws -> [ExtendedField] {
        try await ledger.database.run(Self.select(tenant)).map(Self.field)
    }

    /// More are not taken: each configuration and each person is told with all of them.
    private static let limit = 100

    /// Adds a field. Throws 409 when there is one of this key, 400 when there are too many.
    func add(_ field: ExtendedField, to tenant: TenantID, by caller: Caller) async throws {
        try await ledger.change { connection in
            try TenantStore.lock(tenant, on: connection)
            let rows = try connection.run(
                """
                insert into registry.extended_fields (tenant, key, label, created_at)
                values (\(tenant), \(field.key), \(field.label), now()) on conflict do nothing returning key
                """
            )
            if rows.isEmpty { throw Problem.fieldExists(field.key) }
            let count = try Self.all(of: tenant, on: connection).count
            guard count <= Self.limit else {
                throw Problem.invalid([FieldError("key", "A tenant has at most \(Self.limit) extended fields.")])
            }
            try spread("field.created", field.key, in: tenant, by: caller, on: connection)
        }
    }

    /// Gives a field another label. Throws 404 when there is none of this key.
    func rename(_ field: ExtendedField, of tenant: TenantID, by caller: Caller) async throws {
        try await ledger.change { connection in
            let rows = try connection.run(
                """
                update registry.extended_fields set label = \(field.label)
                where tenant = \(tenant) and key = \(field.key) returning key
                """
            )
            if rows.isEmpty { throw Problem.noField }
            try spread("field.changed", field.key, in: tenant, by: caller, on: connection)
        }
    }

    /// Deletes a field, and the rules that fill it. Throws 404 when there is none of this key.
    func delete(_ key: String, of tenant: TenantID, by caller: Caller) async throws {
        try await ledger.change { connection in
            let rows = try connection.run(
                "delete from registry.extended_fields where tenant = \(tenant) and key = \(key) returning key"
            )
            if rows.isEmpty { throw Problem.noField }
            try spread("field.deleted", key, in: tenant, by: caller, on: connection)
        }
    }

    /// Brings the change into the configuration of each of the tenant's identity providers.
    private func spread(
        _ action: String,
        _ key: String,
        in tenant: TenantID,
        by caller: Caller,
        on connection: isolated Connection
    ) throws {
        let fields = try Self.all(of: tenant, on: connection)
        let rows = try connection.run(
            """
            select \(IdentityProvider.columns) from registry.identity_providers
            where tenant = \(tenant) and not is_deleted order by id for update
            """
        )
        for provider in ledger.readable(rows) {
            _ = try providers.revise(provider, by: caller.name, as: "idp.changed", on: connection) { configuration in
                configuration.extendedFields = fields
                if action == "field.deleted" { configuration.mapping.removeAll { $0.target == key } }
            }
        }
        let entry = AuditEntry(action, "tenant", tenant.uuid, of: tenant, by: caller.name)
        try entry.with(["field": .string(key)]).append(on: connection)
    }

    private static func select(_ tenant: TenantID) -> SQL {
        "select key, label from registry.extended_fields where tenant = \(tenant) order by key"
    }

    private static func field(_ row: Row) throws -> ExtendedField {
        let (key, label) = try row.decode(String.self, String.self)
        return ExtendedField(key: key, label: label)
    }
}

extension Problem {
    /// 409: the key is taken.
    static func fieldExists(_ key: String) -> Problem {
        .conflict(
            "field-exists",
            "There is a field \"\(key)\" already.",
            fix: "Choose another key, or PATCH its label."
        )
    }

    /// 404: no field of this key.
    static let noField = Problem.notFound("The tenant has no extended field of this key.")
}
