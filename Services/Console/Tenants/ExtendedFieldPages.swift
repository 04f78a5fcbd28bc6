import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// The fields that a tenant adds to its directory's users.
struct ExtendedFieldPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/tenants/{tenant}/extended-fields", desk) { visit in try await list(visit) }
        router.action("/tenants/{tenant}/extended-fields", desk) { visit in
            try await visit.attempt({ try await make(visit) }, otherwise: { try await list($0) })
        }
        router.page("/tenants/{tenant}/extended-fields/{field}", desk) { visit in try await show(visit) }
        router.action("/tenants/{tenant}/extended-fields/{field}", desk) { visit in
            try await visit.attempt({ try await change(visit) }, otherwise: { try await show($0) })
        }
        router.action("/tenants/{tenant}/extended-fields/{field}/delete", desk) { visit in
            try await visit.attempt({ try await delete(visit) }, otherwise: { try await show($0) })
        }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let tenant = try await visit.tenant
        let fields = try await visit.registry.get(
            "/api/v1/tenants/\(tenant.id)/extended-fields",
            as: Listed<ExtendedField>.self
        )
        return try visit.page(
            "fields",
            title: visit.texts["nav.fields"],
            at: Visit.Place(tenant: tenant, entry: .fields),
            FieldList(tenant, fields.items, visit)
        )
    }

    private func show(_ visit: Visit) async throws -> Response {
        let tenant = try await visit.tenant
        let seen = try await visit.registry.getVersioned(try path(visit), as: ExtendedField.self)
        let field = seen.value
        return try visit.page(
            "field",
            title: field.title(in: visit.language),
            at: Visit.Place(tenant: tenant, entry: .fields),
            FieldForm(field, version: seen.version, tenant, visit)
        )
    }

    private func make(_ visit: Visit) async throws -> Response {
        let id = try visit.id("tenant")
        var body = Self.body(of: visit.form)
        body["key"] = .string(visit.form["key"] ?? "")
        try await visit.registry.send(
            .POST,
            "/api/v1/tenants/\(id)/extended-fields",
            .object(body),
            terms: visit.onceTerms
        )
        return visit.redirect(to: "/tenants/\(id)/extended-fields", done: "made")
    }

    private func change(_ visit: Visit) async throws -> Response {
        try await visit.registry.send(
            .PATCH,
            PercentEncoding.url(try path(visit), [("confirm", visit.form["confirm"])]),
            .object(Self.body(of: visit.form)),
            terms: visit.changeTerms
        )
        return visit.redirect(to: "/tenants/\(try visit.id("tenant"))/extended-fields", done: "saved")
    }

    private func delete(_ visit: Visit) async throws -> Response {
        try await visit.registry.send(
            .DELETE,
            PercentEncoding.url(try path(visit), [("confirm", visit.form["confirm"])]),
            terms: visit.changeTerms
        )
        return visit.redirect(to: "/tenants/\(try visit.id("tenant"))/extended-fields", done: "deleted")
    }

    private func path(_ visit: Visit) throws -> String {
        guard let key = visit.context.parameters.get("field"), key.utf8.allSatisfy({ $0 != UInt8(ascii: "/") }) else {
            throw PageError.notFound
        }
        return "/api/v1/tenants/\(try visit.id("tenant"))/extended-fields/\(PercentEncoding.encode(key))"
    }

    private static func body(of form: FormFields) -> [String: JSON] {
        var titles: [String: JSON] = [:]
        titles["zh"] = form["title.zh"].map(JSON.string)
        titles["en"] = form["title.en"].map(JSON.string)
        let type = form["type"] ?? "text"
        var body: [String: JSON] = [
            "titles": .object(titles), "type": .string(type), "isRequired": .boolean(form["required"] != nil),
            "isVisible": .boolean(form["visible"] != nil),
        ]
        if type == "choice" {
            let options = (form["options"] ?? "").split(whereSeparator: \.isNewline).map { $0.trimming }
            body["options"] = .array(options.filter { !$0.isEmpty }.map(JSON.string))
        }
        return body
    }
}
