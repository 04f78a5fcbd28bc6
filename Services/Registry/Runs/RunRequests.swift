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
        _ work: RunWork?,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> Run? {
        let known = try connection.run(
            "select request, run from registry.run_requests where idp = \(id) and key = \(key)"
        )
        guard let row = known.first else { return nil }
        let (request, run) = try row.decode(String.self, RunID.self)
        guard request == (try text(of: work)) else { throw Problem.keyReused }
        let rows = try connection.run("select \(Run.columns) from registry.runs where id = \(run)")
        return try rows.first.map(Run.init)
    }

    /// Keeps what a key stands for.
    static func remember(
        _ key: String,
        _ work: RunWork?,
        _ run: Run,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            insert into registry.run_requests (idp, key, request, run, created_at)
            values (\(run.idpID), \(key), \(try text(of: work)), \(run.id), now())
            """
        )
    }

    private struct Request: Encodable {
        var kind: RunSync.Kind?
        var target: RunTarget?
        var selection: HeldSelection?
    }

    /// What was asked for, so that equal requests are equal texts.
    private static func text(of work: RunWork?) throws -> String {
        let request = Request(kind: work?.kind, target: work?.target, selection: work?.selection)
        return String(decoding: try MessageJSON.encoder.encode(request), as: UTF8.self)
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
