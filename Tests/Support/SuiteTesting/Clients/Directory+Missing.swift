extension Directory {
    /// Something that the directory has and runs do not show.
    public struct MissingObject: Decodable, Sendable {
        /// `user` or `department`.
        public let kind: String
        /// WeCom's name of it.
        public let externalID: String
        /// `open`, `asked`, `waiting`, `held` or `kept`.
        public let state: String
        /// Why it is held or kept.
        public let hold: String?
        /// Why it is gone, as far as that is known.
        public let reason: String?
        /// The user id that the person may have now.
        public let renamedTo: String?
    }

    /// All that the directory has and runs do not show.
    ///
    /// - Parameter state: Only those in this state.
    public func missing(of provider: Registry.IdentityProvider, _ state: String? = nil) async throws -> [MissingObject]
    {
        let filter = state.map { ["state": $0] } ?? [:]
        return try await all("/api/v1/idps/\(provider.id)/missing", filter, of: MissingObject.self)
    }
}
