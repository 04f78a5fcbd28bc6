extension DirectoryUser {
    /// One of an identity provider's people, by the id that WeCom knows.
    ///
    /// - Throws: ``PageError/notFound`` without an id, ``APIProblem`` where there is nobody.
    static func find(
        _ externalID: String?,
        of provider: IdentityProvider,
        _ directory: ServiceAPI
    ) async throws -> DirectoryUser {
        guard let externalID else { throw PageError.notFound }
        let page = try await directory.get(
            "/api/v1/idps/\(provider.id)/users",
            [("externalID", externalID), ("limit", "1")],
            as: Listed<DirectoryUser>.self
        )
        guard let user = page.items.first else { throw APIProblem.notFound(.directory) }
        return user
    }
}
