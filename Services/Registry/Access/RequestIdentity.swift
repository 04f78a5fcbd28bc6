import Crypto
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Postgres
import Runtime
import Sealing

/// What makes a request that is sent again the same request: who sends it, its `Idempotency-Key` and what it asks for.
///
/// What the first one made is written down in the transaction that makes it, so that either both are there or neither.
struct RequestIdentity: Sendable, Equatable {
    /// Within which a key stands for one request: one caller, or the runs of one identity provider.
    var scope: String
    var key: String
    /// Of all that is asked for.
    var digest: [UInt8]

    init(scope: String, key: String, request: some Sequence<UInt8>) {
        self.scope = scope
        self.key = key
        digest = Array(SHA256.hash(data: Data(request)))
    }

    /// What an earlier request made.
    struct Earlier: Sendable {
        /// Its id.
        var object: String
        /// What was shown once.
        var sealed: SealedSecret?
    }

    /// What an earlier request with this key made; nil when there was none. Another one with the key waits until this
    /// transaction ends.
    ///
    /// Throws 409 when that request asked for something else.
    func earlier(on connection: isolated Connection) throws -> Earlier? {
        try connection.run("select pg_advisory_xact_lock(hashtextextended(\(scope + " " + key), 0))")
        let rows = try connection.run(
            "select digest, object, sealed from registry.request_identities where scope = \(scope) and key = \(key)"
        )
        guard let row = rows.first else { return nil }
        let (digest, object, sealed) = try row.decode([UInt8].self, String.self, String?.self)
        guard digest == self.digest else { throw Problem.keyReused }
        return Earlier(object: object, sealed: try sealed.map { try SealedSecret($0) })
    }

    /// Keeps what the key stands for.
    ///
    /// - Parameters:
    ///   - sealed: What is shown once, where the answer that shows it may be lost.
    ///   - context: What it is sealed for.
    func remember(
        _ object: String,
        sealed: SealedSecret? = nil,
        for context: String? = nil,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            insert into registry.request_identities (scope, key, digest, object, sealed, sealed_for, created_at)
            values (\(scope), \(key), \(digest), \(object), \(sealed?.text), \(context), now())
            """
        )
    }
}

/// Gives each `POST` that comes with an `Idempotency-Key` its identity.
struct RequestIdentification: RouterMiddleware {
    func handle(
        _ request: Request,
        context: RegistryContext,
        next: @concurrent (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        guard request.method == .post, let key = try request.idempotencyKey else {
            return try await next(request, context)
        }
        var request = request
        let body = try await request.collectBody(upTo: context.maxUploadSize)
        let identity = RequestIdentity(
            scope: try context.caller.actor.description,
            key: key,
            request: Array("POST \(request.uri)\n".utf8) + Self.content(of: Data(body.readableBytesView))
        )
        return try await next(request, context.identified(as: identity))
    }

    /// What a body says: a client that sends its request again may write the fields in another order.
    private static func content(of body: Data) -> [UInt8] {
        guard let text = try? JSON(parsing: body).text else { return Array(body) }
        return Array(text.utf8)
    }
}

extension Request {
    /// The header that makes a repeated request the same request; nil when it is not sent.
    ///
    /// Throws 400 unless it is 1 to 200 visible ASCII characters.
    var idempotencyKey: String? {
        get throws {
            guard let name = HTTPField.Name("Idempotency-Key"), let key = headers[name] else { return nil }
            guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw Problem.invalid([FieldError("Idempotency-Key", "Give 1 to 200 visible ASCII characters.")])
            }
            return key
        }
    }
}

extension Problem {
    /// 409: the key belongs to another request.
    static let keyReused = Problem.conflict(
        "idempotency-key-reused",
        "This Idempotency-Key was sent with another request.",
        fix: "Use a new key for a new request."
    )
}
