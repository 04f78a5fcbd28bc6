import AsyncHTTPClient
import Hummingbird
import NIOCore
import NIOHTTP1
import Runtime
import Web

/// Connecting an identity provider with an enterprise's WeCom: by QR code, or with an app of the enterprise's own.
struct ConnectionPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/idps/{idp}/connect", desk) { visit in try await show(visit) }
        router.action("/idps/{idp}/connect", desk) { visit in
            try await visit.attempt({ try await start(visit) }, otherwise: { try await show($0) })
        }
        router.page("/idps/{idp}/connect/qr.svg", desk) { visit in try await code(visit) }
        router.page("/idps/{idp}/connect/state", desk) { visit in try await state(visit) }
        router.action("/idps/{idp}/connect/own-app", desk) { visit in
            try await visit.attempt({ try await connectOwnApp(visit) }, otherwise: { try await show($0) })
        }
        for (verb, done) in [("confirm", "confirmed"), ("decline", "declined"), ("end", "grantEnded")] {
            router.action(RouterPath("/idps/{idp}/connect/\(verb)"), desk) { visit in
                try await visit.attempt({ try await decide(visit, verb, done) }, otherwise: { try await show($0) })
            }
        }
    }

    private func show(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.connection)
        guard let provider = place.provider else { throw PageError.notFound }
        let authorization = try await authorization(visit, provider.id)
        let content = ConnectionView(provider, authorization, visit)
        return try visit.page(
            "connect",
            title: visit.texts["connect.title"],
            at: place,
            refreshes: content.isWaiting ? 5 : nil,
            content
        )
    }

    private func start(_ visit: Visit) async throws -> Response {
        let id = try visit.id("idp")
        try await visit.registry.send(.POST, "/api/v1/idps/\(id)/authorization", terms: visit.onceTerms)
        return visit.redirect(to: "/idps/\(id)/connect")
    }

    private func code(_ visit: Visit) async throws -> Response {
        let drawing = try await visit.registry.open("/api/v1/idps/\(try visit.id("idp"))/authorization/qr.svg")
        let body = try await drawing.body.collect(upTo: 1 << 20)
        return Response(
            status: .ok,
            headers: [
                .contentType: "image/svg+xml", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
                .contentSecurityPolicy: "default-src 'none'",
            ],
            body: ResponseBody(byteBuffer: body)
        )
    }

    /// What the page's script looks for: a text that changes when the page should.
    private func state(_ visit: Visit) async throws -> Response {
        let id = try visit.id("idp")
        let text = ConnectionView.fingerprint(of: try await authorization(visit, id))
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    private func connectOwnApp(_ visit: Visit) async throws -> Response {
        let id = try visit.id("idp")
        let form = visit.form
        let agent = form["agentID"].flatMap { Int64($0.filter { $0 != " " }) }
        let app: [String: JSON] = [
            "corpID": .string((form["corpID"] ?? "").filter { $0 != " " }),
            "agentID": agent.map(JSON.integer) ?? .string(form["agentID"] ?? ""),
            "secret": .string((form["secret"] ?? "").filter { $0 != " " }),
        ]
        var terms = visit.changeTerms
        terms.patience = .seconds(40)
        try await visit.registry.send(
            .PATCH,
            "/api/v1/idps/\(id)",
            .object(["ownApp": .object(app)]),
            terms: terms
        )
        return visit.redirect(to: "/idps/\(id)/connect", done: "connected")
    }

    private func decide(_ visit: Visit, _ verb: String, _ done: String) async throws -> Response {
        let id = try visit.id("idp")
        try await visit.registry.send(
            .POST,
            "/api/v1/idps/\(id)/authorization/\(verb)",
            .object(["grantID": .string(visit.form["grant"] ?? "")])
        )
        return visit.redirect(to: "/idps/\(id)/connect", done: done)
    }

    private func authorization(_ visit: Visit, _ id: String) async throws -> Authorization {
        try await visit.registry.get("/api/v1/idps/\(id)/authorization")
    }
}
