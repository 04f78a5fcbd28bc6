import Foundation

/// What is asked of OAuth clients.
extension Registry {
    /// An OAuth client.
    public struct Client: Decodable, Sendable {
        /// Its id.
        public let id: String
        /// What it calls itself.
        public let clientID: String
        /// Its revision.
        public let revision: Int
        /// Its secret, if it has one, where it was made just now.
        public let secret: String?
    }

    /// What the client calls itself by which an employee logs on.
    public static let usualClient = "sase-client"

    /// Makes the client by which employees log on: public, native, of quick signatures, and for all tenants. One that is
    /// there stays.
    ///
    /// - Parameter redirectURI: Where the code arrives.
    public func makeUsualClient(redirectURI: String) async throws {
        let body: JSON = [
            "name": "SASE client", "clientID": .string(Self.usualClient), "authentication": "none", "native": true,
            "idTokenAlgorithm": "ES256", "redirectURIs": [.string(redirectURI)],
        ]
        _ = try await client.json("POST", "/api/v1/clients", body, expecting: [201, 409])
    }

    /// Makes a client.
    public func makeClient(_ settings: JSON) async throws -> Client {
        try await client.json("POST", "/api/v1/clients", settings).decode(Client.self)
    }

    /// Changes a client.
    public func change(_ one: Client, to settings: JSON) async throws -> Client {
        try await client.json("PATCH", "/api/v1/clients/\(one.id)", settings, headers: ["If-Match": "*"])
            .decode(Client.self)
    }

    /// Deletes a client.
    public func delete(_ one: Client) async throws {
        _ = try await client.json("DELETE", "/api/v1/clients/\(one.id)", headers: ["If-Match": "*"])
    }
}
