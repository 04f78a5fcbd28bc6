import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// Looking after an identity provider: its preflight, its egress proxy and its WeCom messages.
struct CarePages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/idps/{idp}/preflight", desk) { visit in try await preflight(visit, nil) }
        router.action("/idps/{idp}/preflight", desk) { visit in
            try await visit.attempt({ try await look(visit) }, otherwise: { try await preflight($0, nil) })
        }
        router.page("/idps/{idp}/egress", desk) { visit in try await egress(visit) }
        router.action("/idps/{idp}/egress", desk) { visit in
            try await visit.attempt({ try await saveEgress(visit) }, otherwise: { try await egress($0) })
        }
        router.page("/idps/{idp}/messages", desk) { visit in try await messages(visit) }
        router.action("/idps/{idp}/messages", desk) { visit in
            try await visit.attempt({ try await saveMessages(visit) }, otherwise: { try await messages($0) })
        }
    }

    /// Nothing is kept of a preflight, so that its findings stand on the page that asked for it.
    private func look(_ visit: Visit) async throws -> Response {
        let id = try visit.id("idp")
        let found = try await visit.registry.send(
            .POST,
            "/api/v1/idps/\(id)/preflight",
            terms: ServiceAPI.Terms(patience: .seconds(40)),
            as: Preflight.self
        )
        return try await preflight(visit, found)
    }

    private func preflight(_ visit: Visit, _ found: Preflight?) async throws -> Response {
        let place = try await visit.place(.preflight)
        guard let provider = place.provider else { throw PageError.notFound }
        return try visit.page(
            "preflight",
            title: visit.texts["nav.preflight"],
            at: place,
            PreflightView(provider, found, visit)
        )
    }

    private func egress(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.egress)
        guard let provider = place.provider else { throw PageError.notFound }
        return try visit.page(
            "egress",
            title: visit.texts["nav.egress"],
            at: place,
            EgressForm(provider, visit)
        )
    }

    private func saveEgress(_ visit: Visit) async throws -> Response {
        let id = try visit.id("idp")
        let form = visit.form
        var egress = JSON.null
        if form["go"] != "remove" {
            var proxy: [String: JSON] = ["host": .string(form["host"] ?? "")]
            proxy["port"] = form["port"].flatMap { Int64($0) }.map(JSON.integer) ?? .string(form["port"] ?? "")
            if let user = form["user"] {
                proxy["credentials"] = .object(["user": .string(user), "password": .string(form["password"] ?? "")])
            }
            if form["open"] != nil { proxy["credentials"] = .null }
            egress = .object(proxy)
        }
        var terms = visit.changeTerms
        terms.patience = .seconds(40)
        try await visit.registry.send(
            .PATCH,
            "/api/v1/idps/\(id)",
            .object(["egress": egress]),
            terms: terms
        )
        return visit.redirect(to: "/idps/\(id)/egress", done: "saved")
    }

    private func messages(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.messages)
        guard let provider = place.provider else { throw PageError.notFound }
        let settings = try await visit.registry.get(
            "/api/v1/idps/\(provider.id)/notifications",
            as: MessageSettings.self
        )
        return try visit.page(
            "messages",
            title: visit.texts["nav.messages"],
            at: place,
            MessageForm(provider, settings, visit)
        )
    }

    private func saveMessages(_ visit: Visit) async throws -> Response {
        let id = try visit.id("idp")
        try await visit.registry.send(
            .PATCH,
            "/api/v1/idps/\(id)/notifications",
            .object([
                "enabled": .boolean(visit.form["enabled"] != nil),
                "recipients": .array((visit.form["recipients"] ?? "").entries.map(JSON.string)),
                "kinds": .array(visit.form.all("kind").map(JSON.string)),
            ]),
            terms: visit.changeTerms
        )
        return visit.redirect(to: "/idps/\(id)/messages", done: "saved")
    }
}
