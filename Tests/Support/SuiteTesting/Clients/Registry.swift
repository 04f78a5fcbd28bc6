import Foundation

/// The registry, by its admin API.
public struct Registry: Sendable {
    /// A tenant.
    public struct Tenant: Decodable, Sendable {
        /// Its id.
        public let id: String
        /// What its employees type.
        public let enterpriseID: String
    }

    /// An identity provider.
    public struct IdentityProvider: Decodable, Sendable {
        /// Its id.
        public let id: String
        /// What administrators call it.
        public let name: String
        /// Its revision.
        public let revision: Int
        /// `enabled` or `closed`.
        public let status: String
    }

    /// How an authorization stands.
    public struct Authorization: Decodable, Sendable {
        /// `pending`, `authorized`, `lapsed` or `revoked`.
        public let state: String
        /// What the QR code says, while pending.
        public let url: String?
        /// The app's id in the corp, once authorized.
        public let agentID: Int?
    }

    /// A run.
    public struct Run: Decodable, Sendable {
        /// Figures for one kind of object.
        public struct Objects: Decodable, Sendable, Equatable {
            /// Distinct objects that WeCom showed.
            public let seen: Int
            /// New ones.
            public let created: Int
            /// Changed ones.
            public let updated: Int
            /// Ones as before.
            public let unchanged: Int
            /// Ones that could not be taken.
            public let rejected: Int
            /// Ones that the directory had before.
            public let known: Int
            /// Ones of those that were not shown.
            public let missing: Int
            /// Missing ones that WeCom shows by themselves.
            public let present: Int
            /// Missing ones that are gone.
            public let removed: Int
            /// Missing ones of which nobody knows.
            public let unknown: Int
            /// Missing ones that somebody has to decide about, or that are kept.
            public let held: Int

            /// Whether the figures add up: seen = created + updated + unchanged + rejected, and missing = present +
            /// removed + unknown + held.
            public var addUp: Bool {
                seen == created + updated + unchanged + rejected && missing == present + removed + unknown + held
            }
        }

        /// Figures for both kinds.
        public struct Counts: Decodable, Sendable, Equatable {
            /// People.
            public let users: Objects
            /// Departments.
            public let departments: Objects
        }

        /// How far it has come.
        public struct Progress: Decodable, Sendable {
            /// Departments of the range.
            public let departmentsExpected: Int
            /// Those whose people are read.
            public let departmentsRead: Int
            /// People seen.
            public let usersSeen: Int
        }

        /// Its id.
        public let id: String
        /// What it does, such as `full` or `objects`.
        public let kind: String
        /// Why it was started, such as `manual` or `event`.
        public let cause: String
        /// `waiting`, `requested`, `running` or `finished`.
        public let state: String
        /// How it ended, once it has.
        public let outcome: String?
        /// Why it did not succeed.
        public let reasons: [String]
        /// Why it ended other than by doing its work.
        public let endCause: String?
        /// WeCom's code, if that was it.
        public let errorCode: Int?
        /// The run that was started at once in its place.
        public let restartedAs: String?
        /// What it did.
        public let counts: Counts
        /// How far it has come.
        public let progress: Progress
    }

    /// Its HTTP interface.
    public let client: TestClient

    /// - Parameters:
    ///   - url: Where it listens.
    ///   - key: An API key that may do everything.
    ///   - patience: How long an answer is waited for.
    public init(_ url: String, key: String, patience: Duration = TestClient.usualPatience) {
        client = TestClient(url, bearer: key, patience: patience)
    }

    /// Makes a tenant.
    public func makeTenant(_ name: String) async throws -> Tenant {
        try await client.json("POST", "/api/v1/tenants", ["name": .string(name)] as JSON).decode(Tenant.self)
    }

    /// Makes an identity provider.
    ///
    /// - Parameters:
    ///   - egress: Its own proxy, as the API takes one.
    ///   - isAutomatic: Whether it is synchronised by itself, and by what WeCom tells; else by hand only.
    public func makeIdentityProvider(
        of tenant: Tenant,
        name: String,
        description: String,
        ownApp: Simulator.Corp? = nil,
        egress: JSON? = nil,
        isAutomatic: Bool = false
    ) async throws -> IdentityProvider {
        var fields: [String: JSON] = [
            "name": .string(name), "description": .string(description),
            "automaticSynchronization": .boolean(isAutomatic),
        ]
        if let egress { fields["egress"] = egress }
        if let corp = ownApp {
            fields["ownApp"] = [
                "corpID": .string(corp.corpID), "agentID": .integer(corp.agentID), "secret": .string(corp.secret),
            ]
        }
        return try await client.json("POST", "/api/v1/tenants/\(tenant.id)/idps", JSON.object(fields))
            .decode(IdentityProvider.self)
    }

    /// Asks for a QR code; waits for the suite ticket that it needs.
    public func requestAuthorization(of provider: IdentityProvider) async throws -> Authorization {
        try await waitFor("the suite ticket", every: .milliseconds(300)) {
            try await client.json("POST", "/api/v1/idps/\(provider.id)/authorization", [:] as JSON)
                .decode(Authorization.self)
        }
    }

    /// How the authorization stands.
    public func authorization(of provider: IdentityProvider) async throws -> Authorization {
        try await client.json("GET", "/api/v1/idps/\(provider.id)/authorization").decode(Authorization.self)
    }

    /// Waits until the authorization is granted.
    public func waitForAuthorization(of provider: IdentityProvider) async throws -> Authorization {
        try await waitFor("the authorization") {
            let authorization = try await authorization(of: provider)
            return authorization.state == "authorized" ? authorization : nil
        }
    }

    /// Changes an identity provider, whatever its revision is now.
    @discardableResult
    public func change(_ provider: IdentityProvider, _ fields: JSON) async throws -> IdentityProvider {
        let current = try await client.json("GET", "/api/v1/idps/\(provider.id)")
        return try await client.json(
            "PATCH",
            "/api/v1/idps/\(provider.id)",
            fields,
            headers: ["If-Match": current.header("ETag") ?? ""]
        ).decode(IdentityProvider.self)
    }

    /// Deletes an identity provider.
    public func delete(_ provider: IdentityProvider) async throws {
        try await client.json("DELETE", Self.deletion(of: provider), headers: ["If-Match": "*"])
    }

    /// The path by which an identity provider is deleted: its name confirms what it is.
    public static func deletion(of provider: IdentityProvider) -> String {
        let name = provider.name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "/api/v1/idps/\(provider.id)?confirm=\(name)"
    }
}
