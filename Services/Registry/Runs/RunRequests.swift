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
        guard let earlier = try identity(key, asked, of: id).earlier(on: connection) else { return nil }
        guard let run = RunID(earlier.object) else { throw StoredDataError(what: "the id of a run") }
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
        try identity(key, asked, of: run.idpID).remember(run.id.description, on: connection)
    }

    /// Whoever sends the key, it stands for one run of the identity provider.
    private static func identity(
        _ key: String,
        _ asked: RunRequest,
        of id: IdentityProviderID
    ) throws -> RequestIdentity {
        RequestIdentity(scope: "runs of \(id)", key: key, request: try MessageJSON.encoder.encode(asked))
    }
}

/// What was asked for, so that equal requests are equal texts.
struct RunRequest: Encodable, Sendable {
    private var kind: RunSync.Kind?
    private var target: RunTarget?
    private var selection: HeldSelection?
    private var isDryRun: Bool?
    private var plan: RunID?

    init(_ form: RunForm) {
        self.init(form.work, isDryRun: form.isDryRun)
    }

    /// - Parameter isDryRun: Whether it is only planned.
    init(_ work: RunWork?, isDryRun: Bool) {
        self.init(work)
        self.isDryRun = isDryRun ? true : nil
    }

    /// - Parameter plan: The run whose plan is carried out.
    init(planOf plan: RunID) {
        self.plan = plan
    }

    init(_ work: RunWork?) {
        kind = work?.kind
        target = work?.target
        selection = work?.selection
    }
}
