import AsyncHTTPClient
import BackgroundWork
import Egress
import Failures
import FoundationEssentials
import Logging
import Messages
import NIOCore
import NIOHTTP1
import Postgres
import Runtime
import WeCom

/// Tells clients that sessions have ended, whatever ended them: at least once, tried for a quarter of an hour.
///
/// The row is written in the transaction that ends the session. Clients that answer late, or not at all, hold up nobody
/// but themselves: each has a lane of its own.
struct LogoutNotices: Sendable {
    let database: Database
    let clients: ClientStore
    let keys: KeyRing
    let http: HTTPClient
    /// Where clients of one tenant may be: nobody may have us call what only we can reach.
    let policy: EgressPolicy
    /// Who tells it: `PUBLIC_URL`.
    let issuer: String
    let logger: Logger

    /// How long a client may take to answer.
    private static let timeout: Duration = .seconds(5)

    private static let table = QueueTable(
        "verifier.logout_notices",
        key: "session_id",
        keyType: "text",
        columns: "session_id, client_id, user_id, created_at < clock_timestamp() - interval '15 minutes'",
        completion: .delete,
        lane: QueueTable.Lane("client_id", width: 2)
    )

    /// The notices as a queue, many at once, since each may wait for a client, and no client has more than its lane's.
    var queue: WorkQueue<LogoutNotice> {
        WorkQueue(
            "logout notices",
            table: Self.table,
            database: database,
            policy: .init(
                concurrency: 16,
                interval: .milliseconds(250),
                backoff: Backoff(first: .seconds(1), limit: .seconds(60)),
                judge: { Self.judge($1, about: $0.item) }
            ),
            logger: logger,
            decode: LogoutNotice.init,
            work: { try await tell($0.item) }
        )
    }

    /// A client did not take the notice.
    enum Failure: Error, Equatable {
        case unreachable(String)
        case status(Int)
    }

    private func tell(_ notice: LogoutNotice) async throws {
        // A client that does not want it any more need not be told.
        guard let client = try await clients.known(notice.client)?.configuration, let uri = client.backchannelLogoutURI
        else { return }
        let token = LogoutToken(
            of: notice,
            issuer: issuer,
            id: UUID().uuidString.lowercased(),
            at: Timestamp.now.millisecondsSince1970 / 1_000
        )
        let signed = try await keys.sign(token, type: LogoutToken.type, by: client.idTokenAlgorithm)
        var request = HTTPClientRequest(url: uri)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(ByteBuffer(string: "logout_token=\(signed)"))
        let status = try await send(request, isTenants: client.tenant != nil)
        guard (200...299).contains(status) else { throw Failure.status(status) }
    }

    private func send(_ request: HTTPClientRequest, isTenants: Bool) async throws -> Int {
        guard !isTenants else {
            return try await ReceiverCall(timeout: Self.timeout, isAllowed: policy.admits).send(request)
        }
        do {
            return Int(try await http.execute(request, timeout: TimeAmount(Self.timeout)).status.code)
        } catch {
            try Task.checkCancellation()
            throw Failure.unreachable((error as? HTTPClientError)?.shortDescription ?? "\(type(of: error))")
        }
    }

    /// A client that says that the notice is wrong will say so again (§2.8).
    private static func judge(_ error: any Error, about notice: LogoutNotice) -> FailureClass {
        switch error {
        case let error as PostgresError: error.failureClass
        case Failure.status(400): .permanent
        default: notice.isOld ? .permanent : .transient
        }
    }
}

/// A session that has ended, of a client that wants to be told.
struct LogoutNotice: Sendable {
    let session: String
    let client: String
    let user: UserID
    /// Whether it was tried for long enough.
    let isOld: Bool

    /// Reads one row of the queue's table.
    init(_ row: Row) throws {
        let (session, client, user, isOld) = try row.decode(String.self, String.self, UUID.self, Bool.self)
        (self.session, self.client, self.user, self.isOld) = (session, client, UserID(user), isOld)
    }
}
