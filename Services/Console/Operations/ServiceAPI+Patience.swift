import NIOCore
import NIOHTTP1
import Runtime

extension ServiceAPI {
    /// How long is waited for what the brokers are asked for, which takes longer than a look into a database.
    static let brokerPatience = TimeAmount.seconds(60)

    /// Reads something that the brokers are asked for.
    ///
    /// - Throws: ``APIProblem``.
    func getPatiently<Value: Decodable & Sendable>(
        _ path: String,
        _ query: [(name: String, value: String?)] = [],
        as type: Value.Type
    ) async throws -> Value {
        let terms = Terms(patience: Self.brokerPatience)
        return try await send(.GET, PercentEncoding.url(path, query), terms: terms, as: type)
    }
}
