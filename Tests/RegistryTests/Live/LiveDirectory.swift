import Hummingbird
import Messages
import Runtime
import Sealing

@testable import Registry

/// Runs a test with an identity provider that is connected, a WeCom, and a directory.
///
/// - Parameter people: Whom the directory has, as its API shows them; nil where nobody has said where it is.
func withLiveDirectory(
    of people: [JSON]?,
    _ test: @escaping @Sendable (TestRegistry, WeComStub, IdentityProviderID) async throws -> Void
) async throws {
    try await WeComStub.run { wecom, url in
        try await withNeighbour(directory(of: people ?? [])) { peer in
            try await withRegistry({ settings in
                Provider.configure(&settings, wecomURL: url)
                if people != nil { settings.directory = PeerAddress(url: peer, key: Secret("dir")) }
            }) { registry in
                try await test(registry, wecom, try await registry.makeConnectedProvider())
            }
        }
    }
}

/// Finds people by their ids whatever the case, as the writer does.
private func directory(of people: [JSON]) -> Router<BasicRequestContext> {
    let router = Router()
    router.get("api/v1/idps/{idp}/users") { request, _ in
        let id = request.uri.queryParameters["externalID"].map { $0.lowercased() }
        let found = people.filter { $0["externalID"].string?.lowercased() == id }
        return try Response.json(JSON.object(["items": .array(found)]))
    }
    return router
}

extension TestRegistry {
    /// Tries a mapping with live people.
    func preview(_ id: IdentityProviderID, _ body: JSON) async throws -> Answer {
        try await send(.post, "idps/\(id)/mapping/preview", body)
    }
}
