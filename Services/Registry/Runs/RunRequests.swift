import FoundationEssentials
import Messages
import Postgres
import Runtime

/// The requests that came with an `Idempotency-Key`, each with the run that it got.
enum RunRequests {
    /// The run that an earlier request with this key got; nil when there was none.
    ///
    /// Throws 409 when that request asked for something else.
    static func earlier(
        _ key: String,
        _ asked: RunRequest,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> Run? {
        let known = try connection.run(
            "select request, run from registry.run_requests where idp = \(id) and key = \(key)"
        )
        guard let row = known.first else { return nil }
        let (request, run) = try row.decode(String.self, RunID.self)
        guard request == (try asked.text) else { throw Problem.keyReused }
        let rows = try connection.run("select \(Run.columns) from registry.runs where id = \(run)")
        return try rows.first.map(Run.init)
    }

    /// Keeps what a key stands for.
    static func remember(
        _ key: String,
        _ asked: RunRequest,
        _ run: Run,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            insert into registry.run_requests (idp, key, request, run, created_at)
            values (\(run.idpID), \(key), \(try asked.text), \(run.id), now())
            """
        )
    }
}

/// What was asked for, so that equal requests are equal texts.
struct RunRequest: Encodable, Sendable {
    private var kind: RunSync.Kind?
    private var target: RunTarget?
    private var selection: HeldSelection?
    private var isDryRun: Bool?

    init(_ form: RunForm) {
        self.init(form.work)
        isDryRun = form.isDryRun ? true : nil
    }

    init(_ work: RunWork?) {
        kind = work?.kind
        target = work?.target
        selection = work?.selection
    }

    fileprivate var text: String {
        get throws { String(decoding: try MessageJSON.encoder.encode(self), as: UTF8.self) }
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
