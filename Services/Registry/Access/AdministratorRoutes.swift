import FoundationEssentials
import HTTPTypes
import Hummingbird
import Messages
import Runtime

/// `administrators`: for owners.
struct AdministratorRoutes: Sendable {
    let administrators: AdministratorStore

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("administrators") { request, context in
            let caller = try owner(context)
            return try Response.json(try await administrators.list(try Page(request), for: caller))
        }
        group.post("administrators") { request, context in
            let caller = try owner(context)
            let form = try await request.form(NewAdministrator.rule, context: context)
            guard let tenant = form.tenant ?? caller.tenant else { throw Problem.administratorOfNobody }
            let made = try await administrators.create(form, of: tenant, as: context.identityOfRequest, by: caller)
            let path = "/api/v1/administrators/\(made.value.id.uuidString.lowercased())"
            return try answer(made.value, made.isRepeated ? .ok : .created, location: path)
        }
        group.get("administrators/{administrator}") { _, context in
            let caller = try owner(context)
            return try answer(try await administrators.find(try context.administratorID, for: caller))
        }
        group.patch("administrators/{administrator}") { request, context in
            let caller = try owner(context)
            let id = try context.administratorID
            let expected = try EntityTag.expected(by: request)
            let form = try await request.form(AdministratorChange.rule, context: context)
            return try answer(try await administrators.change(id, by: form, expecting: expected, caller: caller))
        }
        group.delete("administrators/{administrator}") { request, context in
            let caller = try owner(context)
            let id = try context.administratorID
            try await administrators.remove(id, expecting: try EntityTag.expected(by: request), by: caller)
            return HTTPResponse.Status.noContent
        }
    }

    private func owner(_ context: RegistryContext) throws -> Caller {
        let caller = try context.caller
        try caller.require(.owner)
        return caller
    }

    private func answer(
        _ administrator: Administrator,
        _ status: HTTPResponse.Status = .ok,
        location: String? = nil
    ) throws -> Response {
        var headers: HTTPFields = [.eTag: EntityTag.text(administrator.version)]
        headers[.location] = location
        return try Response.json(administrator, status, headers: headers)
    }
}

extension RegistryContext {
    /// The path's administrator. Throws 404 when it is no id.
    fileprivate var administratorID: UUID {
        get throws {
            guard let id = parameters.get("administrator").flatMap({ UUID(uuidString: $0) }) else {
                throw Problem.noAdministrator
            }
            return id
        }
    }
}

extension Problem {
    /// 400: administrators are of one tenant; for all tenants there are keys.
    fileprivate static let administratorOfNobody = Problem.invalid([
        FieldError("tenantID", "Give the tenant whose employee this is: administrators see that tenant alone.")
    ])
}
