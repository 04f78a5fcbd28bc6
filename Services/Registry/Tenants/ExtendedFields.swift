import FoundationEssentials
import Messages
import Postgres
import Runtime

/// An extended field as the API shows it.
struct ExtendedFieldItem: Encodable, Sendable {
    var field: ExtendedField
    /// Grows by one with every change.
    var version: Int64
    /// The identity providers whose rules fill it; nil in lists.
    var usedBy: [FieldUse]?

    private enum CodingKeys: CodingKey { case usedBy }

    func encode(to encoder: any Encoder) throws {
        try field.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(usedBy, forKey: .usedBy)
    }
}

/// The fields that a tenant adds to its directory's users, for mapping rules to fill.
struct ExtendedFieldStore: Sendable {
    let ledger: Ledger
    let providers: IdentityProviderStore

    /// More are not taken: each configuration and each person is told with all of them.
    static let mostFields = 100
    /// Of all fields of a tenant together, as they are told.
    static let mostBytes = 65_536

    /// The tenant's fields, by key.
    static func all(of tenant: TenantID, on connection: isolated Connection) throws -> [ExtendedField] {
        try connection.run(select(tenant)).map { try item($0).field }
    }

    /// The tenant's fields, by key.
    func list(of tenant: TenantID) async throws -> [ExtendedFieldItem] {
        try await ledger.database.run(Self.select(tenant)).map(Self.item)
    }

    /// One field, and what fills it. Throws 404 when there is none of this key.
    func find(_ key: String, of tenant: TenantID) async throws -> ExtendedFieldItem {
        try await ledger.change { connection in
            var item = try Self.read(key, of: tenant, on: connection)
            item.usedBy = try uses(of: key, in: tenant, on: connection)
            return item
        }
    }

    /// Adds a field. Throws 409 when there is one of this key, 400 when there are too many or they are too long.
    func add(
        _ field: ExtendedField,
        to tenant: TenantID,
        as identity: RequestIdentity?,
        by caller: Caller
    ) async throws -> Made<ExtendedFieldItem> {
        try await ledger.change { connection in
            if let earlier = try identity?.earlier(on: connection) {
                return Made(try Self.read(earlier.object, of: tenant, on: connection), isRepeated: true)
            }
            try TenantStore.lockForNew(tenant, on: connection)
            let rows = try connection.run(
                """
                insert into registry.extended_fields (tenant, key, definition, created_at)
                values (\(tenant), \(field.key), \(json: try field.storedJSON), now())
                on conflict do nothing returning key
                """
            )
            if rows.isEmpty { throw Problem.fieldExists(field.key) }
            try identity?.remember(field.key, on: connection)
            try spread("field.created", field.key, in: tenant, by: caller, on: connection)
            return Made(ExtendedFieldItem(field: field, version: 1))
        }
    }

    /// Changes a field. Throws 404 when there is none of this key, 412 when somebody else was faster, 409 when rules
    /// fill it that would map otherwise and the key is not given once more, or give it a fixed value that it could not
    /// hold any more: everybody who has that would lose it.
    func change(
        _ key: String,
        of tenant: TenantID,
        by form: ExtendedFieldForm,
        confirmation: String?,
        expecting expected: ExpectedVersion,
        caller: Caller
    ) async throws -> ExtendedFieldItem {
        try await ledger.change { connection in
            try TenantStore.lock(tenant, on: connection)
            let item = try Self.read(key, of: tenant, expecting: expected, on: connection)
            let field = try form.applied(to: item.field)
            guard field != item.field else { return item }
            if !field.takesSameValues(as: item.field) {
                let uses = try uses(of: key, in: tenant, on: connection)
                let voided = uses.compactMap { $0.voided(from: item.field, to: field) }
                guard voided.isEmpty else { throw Problem.fixedValuesInUse(key, voided) }
                guard uses.isEmpty || confirmation == key else {
                    throw Problem.fieldInUse(key, uses, deleting: false)
                }
            }
            try connection.run(
                """
                update registry.extended_fields
                set definition = \(json: try field.storedJSON), version = version + 1
                where tenant = \(tenant) and key = \(key)
                """
            )
            try spread("field.changed", key, in: tenant, by: caller, on: connection)
            return ExtendedFieldItem(field: field, version: item.version + 1)
        }
    }

    /// Deletes a field, and the rules that fill it. Throws as a change does.
    func delete(
        _ key: String,
        of tenant: TenantID,
        confirmation: String?,
        expecting expected: ExpectedVersion,
        caller: Caller
    ) async throws {
        try await ledger.change { connection in
            try TenantStore.lock(tenant, on: connection)
            _ = try Self.read(key, of: tenant, expecting: expected, on: connection)
            if confirmation != key {
                let uses = try uses(of: key, in: tenant, on: connection)
                guard uses.isEmpty else { throw Problem.fieldInUse(key, uses, deleting: true) }
            }
            try connection.run("delete from registry.extended_fields where tenant = \(tenant) and key = \(key)")
            try spread("field.deleted", key, in: tenant, by: caller, on: connection)
        }
    }
}

extension ExtendedFieldStore {
    /// Brings the change into the configuration of each of the tenant's identity providers.
    private func spread(
        _ action: String,
        _ key: String,
        in tenant: TenantID,
        by caller: Caller,
        on connection: isolated Connection
    ) throws {
        let fields = try Self.all(of: tenant, on: connection)
        try Self.requireRoom(for: fields)
        for provider in try lockProviders(of: tenant, on: connection) {
            _ = try providers.revise(provider, by: caller.actor, as: "idp.changed", on: connection) { configuration in
                configuration.extendedFields = fields
                if action == "field.deleted" { configuration.mapping.removeAll { $0.target == key } }
            }
        }
        let entry = AuditEntry(action, "tenant", tenant.uuid, of: tenant, by: caller.actor)
        try entry.with(["field": .string(key)]).append(on: connection)
    }

    private static func requireRoom(for fields: [ExtendedField]) throws {
        guard fields.count <= mostFields else {
            throw Problem.invalid([FieldError("key", "A tenant has at most \(mostFields) extended fields.")])
        }
        let size = try fields.storedJSON.count
        guard size <= mostBytes else {
            let message = "All fields of a tenant together may have \(mostBytes) bytes; these would have \(size)."
            throw Problem.invalid([FieldError("titles", message)])
        }
    }

    private func uses(
        of key: String,
        in tenant: TenantID,
        on connection: isolated Connection
    ) throws -> [FieldUse] {
        try lockProviders(of: tenant, on: connection).compactMap { FieldUse(of: key, by: $0.configuration) }
    }

    private func lockProviders(
        of tenant: TenantID,
        on connection: isolated Connection
    ) throws -> [IdentityProvider] {
        let rows = try connection.run(
            """
            select \(IdentityProvider.columns) from registry.identity_providers
            where tenant = \(tenant) and not is_deleted order by id for no key update
            """
        )
        return ledger.readable(rows)
    }

    private static func read(
        _ key: String,
        of tenant: TenantID,
        expecting expected: ExpectedVersion = .any,
        on connection: isolated Connection
    ) throws -> ExtendedFieldItem {
        let rows = try connection.run(
            "select definition, version from registry.extended_fields where tenant = \(tenant) and key = \(key)"
        )
        guard let item = try rows.first.map(Self.item) else { throw Problem.noField }
        guard expected.admits(item.version) else { throw Problem.stale(at: item.version) }
        return item
    }

    private static func select(_ tenant: TenantID) -> SQL {
        "select definition, version from registry.extended_fields where tenant = \(tenant) order by key"
    }

    private static func item(_ row: Row) throws -> ExtendedFieldItem {
        let (field, version) = try row.decode(ExtendedField.self, Int64.self)
        return ExtendedFieldItem(field: field, version: version)
    }
}

extension ExtendedField: StoredAsJSON {}

extension Problem {
    /// 409: the key is taken.
    static func fieldExists(_ key: String) -> Problem {
        .conflict(
            "field-exists",
            "There is a field \"\(key)\" already.",
            fix: "Choose another key, or PATCH that field."
        )
    }

    /// 404: no field of this key.
    static let noField = Problem.notFound("The tenant has no extended field of this key.")
}
