import HTTPTypes
import Hummingbird
import Messages

/// `/api/v1/keys`: which keys sign, and the next one, for operators.
struct KeyRoutes: Sendable {
    let store: KeyStore
    let operators: OperatorAccess

    private struct Item: Encodable {
        let id: String
        let algorithm: SigningAlgorithm
        let phase: KeyRecord.Phase
        let createdAt: Timestamp
        let signsAt: Timestamp
    }

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/api/v1/keys") { request, _ in
            try operators.check(request)
            return try await list(.ok)
        }
        router.post("/api/v1/keys") { request, _ in
            try operators.check(request)
            try await store.rotate()
            return try await list(.created)
        }
    }

    private func list(_ status: HTTPResponse.Status) async throws -> Response {
        let items = try await store.all().map { record in
            Item(
                id: record.id,
                algorithm: record.algorithm,
                phase: record.phase,
                createdAt: record.createdAt,
                signsAt: record.signsAt
            )
        }
        return try JSONAnswer.make(["items": items], status: status)
    }
}
