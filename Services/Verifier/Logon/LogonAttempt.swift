import Egress
import Messages
import Postgres
import Sealing
import WeCom

/// Somebody comes back from WeCom, in a browser or in a native client.
struct LogonAttempt: Sendable {
    /// Through which identity provider.
    let identityProvider: IdentityProviderID
    /// What WeCom gave; `nil` where the person did not agree.
    let code: String?
    /// What marks the attempt once it was made.
    let mark: [UInt8]
    /// Whether it is in time.
    let isInTime: Bool
    /// Where it comes from.
    let address: VisitorAddress
    /// The schema of a native client.
    var schema: String?
    /// Who alone may log on, where the client said so.
    var expected: UserID?
}

/// What is found out about an attempt, question by question, until ``LogonDecision`` has an answer.
struct LogonInquiry: Sendable {
    let logon: Logon
    let attempt: LogonAttempt
    let configuration: IdentityProviderConfiguration
    let connection: WeComConnection
    private let checked: Logon.CheckedCall?
    var situation: LogonSituation
    /// What operators are told if it comes to nothing.
    var evidence: Refusal

    /// - Parameter checked: Whether WeCom may be asked about the code, where that is known.
    init(_ attempt: LogonAttempt, of logon: Logon, _ checked: Logon.CheckedCall?) async throws {
        (configuration, connection) = try await logon.open(attempt.identityProvider)
        self.logon = logon
        self.attempt = attempt
        self.checked = checked
        evidence = Refusal(.internal, configuration: configuration)
        situation = LogonSituation(
            isSchemaRight: attempt.schema.map { [configuration] in Schema.accepts($0, for: configuration) } ?? true,
            answer: attempt.code == nil ? LogonSituation.Answer.none : nil,
            expected: attempt.expected,
            isScopeNarrow: configuration.scope != .all || configuration.filter != nil
        )
        if !situation.isSchemaRight { evidence.detail = Schema.advice(configuration) }
    }

    /// Finds out until it is decided.
    ///
    /// - Throws: ``Refusal``.
    mutating func decide() async throws -> Principal {
        while true {
            switch LogonDecision.of(situation) {
            case .admitted(let principal): return principal
            case .refused(let reason): throw evidence.with(reason)
            case .dependsOn(.answer): try await askWho()
            case .dependsOn(.visibility): try await askWhetherVisible()
            case .dependsOn(.synchronization): try await synchronize()
            }
        }
    }

    private mutating func askWho() async throws {
        let identity: LogonDecision.Identity
        do {
            identity = try await logon.identity(of: attempt.code ?? "", connection, configuration, checked)
        } catch let error as TooManyCalls {
            return refuse(after: error.retryAfter, "\(error)")
        } catch let error as WeComError {
            evidence.wecom = error
            situation.answer = .failed(LogonReason(error))
            return
        }
        situation.answer = .identity(identity)
        guard case .member(let userID) = identity else { return }
        evidence.externalID = userID
        let key = connection.userIDCase.key(of: userID)
        let answers = try await logon.limits.database.pipeline([
            logon.limits.counting(.account, of: LogonLimits.subject(key.text, in: configuration.id)),
            PrincipalStore.find(key, in: configuration.id, configuration.generation),
        ])
        do {
            try LogonLimits.count(.account, answers[0])
        } catch let error as LogonLimits.TooMany {
            return refuse(after: .seconds(error.retryAfter), error.matter.rawValue)
        }
        let principal = try answers[1].first.map(PrincipalStore.principal)
        situation.principal = principal
        if let since = principal?.disabledSince { evidence.add("disabled since \(since)") }
    }

    private mutating func refuse(after wait: Duration, _ detail: String) {
        situation.hasTooManyTries = true
        evidence.retryAfter = max(Int64((wait / .seconds(1)).rounded(.up)), 1)
        evidence.detail = detail
    }

    private mutating func askWhetherVisible() async throws {
        let (sight, error) = try await logon.wecom.visibility(
            of: evidence.externalID ?? "",
            through: connection,
            of: configuration
        )
        situation.visibility = sight.visibility
        evidence.wecom = error
        if let status = sight.status { evidence.add("WeCom's status of the person is \(status)") }
    }

    /// Nobody is looked for in vain for long: an identity provider has so many people brought in a minute only.
    private mutating func synchronize() async throws {
        situation.synchronization = .open
        guard let synchronization = logon.synchronization, let userID = evidence.externalID else { return }
        do {
            try await logon.limits.count(.synchronization, of: configuration.id)
        } catch is LogonLimits.TooMany {
            return evidence.add("too many people were synchronized for logons of late")
        }
        let key = connection.userIDCase.key(of: userID)
        let result = try await synchronization.bring(userID, through: configuration.id) {
            [logon, configuration] in
            try await logon.principals.find(key, in: configuration.id, configuration.generation)
        }
        situation.principal = result.principal
        situation.synchronization = result.synchronization
        evidence.add(result.detail)
    }
}
