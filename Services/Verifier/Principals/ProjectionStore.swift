import FoundationEssentials
import Messages
import Postgres

/// `projection` and `incarnations` of ``PrincipalTables``: reading and keeping a ``ProjectionState``.
enum ProjectionStore {
    /// The identity provider's state, locked until the transaction ends.
    ///
    /// - Parameters:
    ///   - tenant: Whose it is: whoever is heard first of an identity provider owns it (architecture.md §4, invariant 6).
    ///   - first: Which incarnation is followed where nothing was known yet.
    /// - Returns: `nil` where it is another tenant's.
    static func lock(
        _ idp: IdentityProviderID,
        of tenant: TenantID,
        first: Incarnation,
        in tables: PrincipalTables = .live,
        on connection: isolated Connection
    ) throws -> ProjectionState? {
        // Updates nothing, but holds the row until the end.
        let held = try connection.run(
            """
            insert into \(tables.projection) as stored (idp_id, tenant_id, incarnation, epoch, sequence)
            values (\(idp.uuid), \(tenant.uuid), \(first.uuid), 0, 0)
            on conflict (idp_id) do update set epoch = stored.epoch where stored.tenant_id = \(tenant.uuid)
            returning incarnation, epoch, sequence, republication, part, gap
            """
        )
        return try held.first.map { try state($0, of: idp, in: tables, on: connection) }
    }

    /// The identity provider's state, locked until the transaction ends; `nil` where nothing is known of it, or it is
    /// another tenant's.
    static func lock(
        _ idp: IdentityProviderID,
        of tenant: TenantID,
        in tables: PrincipalTables = .live,
        on connection: isolated Connection
    ) throws -> ProjectionState? {
        try connection.run(
            """
            select incarnation, epoch, sequence, republication, part, gap
            from \(tables.projection) where idp_id = \(idp.uuid) and tenant_id = \(tenant.uuid) for update
            """
        ).first.map { try state($0, of: idp, in: tables, on: connection) }
    }

    private static func state(
        _ row: Row,
        of idp: IdentityProviderID,
        in tables: PrincipalTables,
        on connection: isolated Connection
    ) throws -> ProjectionState {
        let (incarnation, epoch, sequence, republication, part, gap) = try row.decode(
            UUID.self,
            Int64.self,
            Int64.self,
            Int64.self,
            Int?.self,
            String?.self
        )
        let others = try connection.run(
            "select incarnation, epoch, sequence from \(tables.incarnations) where idp_id = \(idp.uuid)"
        )
        return ProjectionState(
            incarnation: Incarnation(incarnation),
            place: .init(epoch: epoch, sequence: sequence),
            republication: republication,
            part: part,
            gap: gap,
            others: try others.reduce(into: [:]) { places, row in
                let (incarnation, epoch, sequence) = try row.decode(UUID.self, Int64.self, Int64.self)
                places[Incarnation(incarnation)] = .init(epoch: epoch, sequence: sequence)
            }
        )
    }

    /// Keeps what became of a state that was locked in the same transaction.
    static func keep(
        _ state: ProjectionState,
        insteadOf old: ProjectionState,
        of idp: IdentityProviderID,
        in tables: PrincipalTables = .live,
        on connection: isolated Connection
    ) throws {
        guard state != old else { return }
        try connection.run(
            """
            update \(tables.projection) set incarnation = \(state.incarnation.uuid), epoch = \(state.place.epoch),
                sequence = \(state.place.sequence), republication = \(state.republication), part = \(state.part),
                gap = \(state.gap)
            where idp_id = \(idp.uuid)
            """
        )
        for (incarnation, place) in state.others where old.others[incarnation] != place {
            try connection.run(
                """
                insert into \(tables.incarnations) (idp_id, incarnation, epoch, sequence)
                values (\(idp.uuid), \(incarnation.uuid), \(place.epoch), \(place.sequence))
                on conflict (idp_id, incarnation) do update set epoch = excluded.epoch, sequence = excluded.sequence
                """
            )
        }
        for incarnation in old.others.keys where state.others[incarnation] == nil {
            try connection.run(
                "delete from \(tables.incarnations) where idp_id = \(idp.uuid) and incarnation = \(incarnation.uuid)"
            )
        }
    }
}
