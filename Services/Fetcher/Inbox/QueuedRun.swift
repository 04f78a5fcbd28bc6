import FoundationEssentials
import Messages
import Postgres
import Traces

/// A run that the registry asked for, as the inbox keeps it.
struct QueuedRun: Equatable, Sendable {
    let subject: RunSubject
    let kind: RunSync.Kind
    let isDryRun: Bool
    /// The run whose plan is carried out, if it is.
    var plan: Epoch?
    /// What it means to the directory.
    let terms: RunTerms
    /// The configuration whose credentials, or newer ones, are needed.
    let revision: Revision
    let cause: RunSync.Cause
    let requestedAt: Timestamp
    /// Which objects are read, by a run of kind `objects`.
    var target: RunTarget?
    /// What is decided about, by a run of kind `apply` or `reject`.
    var selection: HeldSelection?
    /// The last full run, if the directory holds exactly what that one read.
    var basis: Epoch?

    var run: RunID { subject.run }
    var identityProvider: IdentityProviderID { subject.identityProvider }
    var tenant: TenantID { subject.tenant }
    var epoch: Epoch { subject.epoch }
}

extension QueuedRun {
    init(_ command: RunSync, _ envelope: Envelope) {
        self.init(
            subject: RunSubject(
                run: command.run,
                identityProvider: envelope.identityProvider,
                tenant: envelope.tenant,
                epoch: command.epoch,
                trace: envelope.trace
            ),
            kind: command.kind,
            isDryRun: command.isDryRun,
            plan: command.plan,
            terms: command.terms,
            revision: command.configurationRevision,
            cause: command.cause,
            requestedAt: command.requestedAt,
            target: command.target,
            selection: command.selection,
            basis: command.basis
        )
    }

    /// What ``init(_:_:)-(Row,RunSubject)`` reads after the subject's columns, of `fetcher.inbox i`.
    static let columns: SQL =
        "i.kind, i.is_dry_run, i.terms, i.revision, i.cause, i.requested_at, i.target, i.selection, i.basis, i.plan"
    static let columnCount = 10

    /// Reads a row of ``RunSubject/columns`` and ``columns``.
    ///
    /// - Throws: `PostgresError` or `DecodingError` when it holds what this program does not know.
    init(_ row: Row, _ subject: RunSubject) throws {
        let (kind, isDryRun, terms, revision, cause, requestedAt, target, selection, basis, plan) =
            try row
            .dropFirst(RunSubject.columnCount).decode(
                String.self,
                Bool.self,
                String.self,
                Int64.self,
                String.self,
                Int64.self,
                String?.self,
                String?.self,
                Int64?.self,
                Int64?.self
            )
        guard let kind = RunSync.Kind(rawValue: kind), let cause = RunSync.Cause(rawValue: cause) else {
            throw PostgresError(.decodingFailure, "the run's kind or cause is not known")
        }
        self.init(
            subject: subject,
            kind: kind,
            isDryRun: isDryRun,
            plan: plan.map(Epoch.init(rawValue:)),
            terms: try MessageJSON.decoder.decode(RunTerms.self, from: Data(terms.utf8)),
            revision: Revision(rawValue: revision),
            cause: cause,
            requestedAt: Timestamp(millisecondsSince1970: requestedAt),
            target: try target.map { try MessageJSON.decoder.decode(RunTarget.self, from: Data($0.utf8)) },
            selection: try selection.map { try MessageJSON.decoder.decode(HeldSelection.self, from: Data($0.utf8)) },
            basis: basis.map(Epoch.init(rawValue:))
        )
    }
}
