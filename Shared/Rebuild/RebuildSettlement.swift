public import Postgres

/// What a rebuild came to for one identity provider, and what follows from it.
public struct RebuildSettlement<Comparison: Codable & Equatable & Sendable>: Sendable {
    let result: RebuildResult<Comparison>
    let lastly: @Sendable (isolated Connection) throws -> Void
    let afterwards: @Sendable () -> Void

    /// - Parameters:
    ///   - result: What is kept of it.
    ///   - lastly: What the transaction does last, such as what makes others wait.
    ///   - afterwards: Called once the transaction has committed.
    public init(
        _ result: RebuildResult<Comparison>,
        lastly: @escaping @Sendable (isolated Connection) throws -> Void = { _ in },
        afterwards: @escaping @Sendable () -> Void = {}
    ) {
        self.result = result
        self.lastly = lastly
        self.afterwards = afterwards
    }
}
