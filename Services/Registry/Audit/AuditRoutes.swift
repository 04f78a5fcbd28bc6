import FoundationEssentials
import Hummingbird
import Messages
import Postgres
import Runtime

/// `audit`: every change that the caller may know of, newest first.
struct AuditRoutes: Sendable {
    let database: Database

    /// Adds the route.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("audit") { request, context in
            let caller = try context.caller
            let object = try Self.object(request)
            return try Response.json(try await list(try Page(request), about: object, for: caller))
        }
    }

    /// `?object=`: only what was done to one thing.
    private static func object(_ request: Request) throws -> UUID? {
        guard let text = request.uri.queryParameters["object"] else { return nil }
        guard let object = UUID(uuidString: String(text)) else {
            throw Problem.invalid([FieldError("object", "Give the id of an identity provider, run or key.")])
        }
        return object
    }

    private func list(_ page: Page, about object: UUID?, for caller: Caller) async throws -> Listing<AuditItem> {
        let rows = try await database.run(
            """
            select id, \(time: "at"), tenant, actor, action, kind, object, details
            from registry.audit
            where (\(caller.tenant)::uuid is null or tenant = \(caller.tenant)::uuid)
                and (\(object)::uuid is null or object = \(object)::uuid)
                and (\(try page.afterNumber)::bigint is null or id < \(try page.afterNumber)::bigint)
            order by id desc limit \(page.rows)
            """
        )
        return Listing(try rows.map(AuditItem.init), of: page) { String($0.id) }
    }
}

/// An entry as it is shown.
struct AuditItem: Encodable, Sendable {
    /// What it was done to.
    struct Object: Encodable, Sendable {
        var kind: String
        var id: String
    }

    var id: Int64
    var at: Timestamp
    var tenantID: TenantID?
    var actor: String
    var action: String
    var object: Object
    var details: JSON

    init(_ row: Row) throws {
        let (id, at, tenant, actor, action, kind, object, details) = try row.decode(
            Int64.self,
            Timestamp.self,
            TenantID?.self,
            String.self,
            String.self,
            String.self,
            UUID.self,
            JSON.self
        )
        self.id = id
        self.at = at
        tenantID = tenant
        self.actor = actor
        self.action = action
        self.object = Object(kind: kind, id: object.uuidString.lowercased())
        self.details = details
    }
}
