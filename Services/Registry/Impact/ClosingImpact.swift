import Messages
import Runtime

/// What closing or deleting an identity provider would do, shown before it is done.
struct ClosingImpact: Encodable, Sendable {
    /// Who is in the directory.
    struct Directory: Encodable, Sendable, Equatable {
        var people: Int64
        var departments: Int64
    }

    /// Who logs on, and when that was last.
    struct Logon: Encodable, Sendable, Equatable {
        /// Who may log on now, and could not any more.
        var people: Int64
        /// Sessions that would end.
        var sessions: Int64
        /// Whose sessions they are.
        var peopleLoggedOn: Int64
        var lastLogonAt: Timestamp?
        var logonsInLastDay: Int64
        var logonsInLastWeek: Int64
    }

    var idpID: IdentityProviderID
    var name: String
    var description: String
    var status: IdentityProviderConfiguration.Status
    var revision: Revision
    /// Nil where it is not known.
    var directory: Directory?
    var logon: Logon?
    /// Why something is not known: a sentence by member.
    var unknown: [String: String] = [:]
}

/// Asks the services that know what closing an identity provider would do.
struct ImpactSurvey: Sendable {
    /// The directory's API; nil where nobody has said where it is.
    let directory: Peer?
    /// The verifier's.
    let verifier: Peer?

    /// What is known; what is not is said with its reason.
    func impact(on provider: IdentityProvider) async -> ClosingImpact {
        let id = provider.id
        async let people = Self.ask(
            directory,
            "/api/v1/idps/\(id)/summary",
            hint: "DIRECTORY_URL and DIRECTORY_API_KEY"
        )
        async let logons = Self.ask(verifier, "/api/v1/idps/\(id)/logons", hint: "VERIFIER_URL and OPERATOR_API_KEY")
        var impact = ClosingImpact(
            idpID: id,
            name: provider.configuration.name.description,
            description: provider.configuration.description,
            status: provider.configuration.status,
            revision: provider.configuration.revision
        )
        switch await people {
        case .success(let answer): impact.directory = ClosingImpact.Directory(answer)
        case .failure(let silence): impact.unknown["directory"] = silence.reason
        }
        switch await logons {
        case .success(let answer): impact.logon = ClosingImpact.Logon(answer)
        case .failure(let silence): impact.unknown["logon"] = silence.reason
        }
        return impact
    }

    private static func ask(
        _ peer: Peer?,
        _ path: String,
        hint: String
    ) async -> Result<[String: JSON], Peer.Silence> {
        guard let peer else {
            return .failure(Peer.Silence(reason: "The registry is not told whom to ask: set \(hint)."))
        }
        do throws(Peer.Silence) {
            // Nothing is known of an identity provider that was never synchronised: nobody is in it.
            return .success(try await peer.get(path) ?? [:])
        } catch {
            return .failure(error)
        }
    }
}

extension ClosingImpact.Directory {
    fileprivate init(_ answer: [String: JSON]) {
        self.init(people: answer.count("users"), departments: answer.count("departments"))
    }
}

extension ClosingImpact.Logon {
    fileprivate init(_ answer: [String: JSON]) {
        var last: Timestamp?
        if case .string(let text) = answer["lastLogonAt"] { last = Timestamp(text) }
        self.init(
            people: answer.count("people"),
            sessions: answer.count("sessions"),
            peopleLoggedOn: answer.count("peopleLoggedOn"),
            lastLogonAt: last,
            logonsInLastDay: answer.count("logonsInLastDay"),
            logonsInLastWeek: answer.count("logonsInLastWeek")
        )
    }
}

extension [String: JSON] {
    fileprivate func count(_ name: String) -> Int64 {
        guard case .integer(let number) = self[name] else { return 0 }
        return number
    }
}

extension Problem {
    /// 409: nobody shuts people out unawares.
    static func closingNeedsConfirmation(
        _ configuration: IdentityProviderConfiguration,
        impact: ClosingImpact? = nil
    ) -> Problem {
        var problem = Problem.conflict(
            "closing-needs-confirmation",
            """
            Closing "\(configuration.description)" keeps its end users from logging on, ends their sessions \
            and so stops them from reaching internal applications.
            """,
            fix: "If that is meant, send the same change with \"confirmClosing\": true."
        )
        problem.extensions["impact"] = impact
        return problem
    }

    /// 409: what is deleted does not come back.
    static func deletionNeedsConfirmation(
        _ configuration: IdentityProviderConfiguration,
        impact: ClosingImpact
    ) -> Problem {
        var problem = Problem.conflict(
            "deletion-needs-confirmation",
            """
            Deleting "\(configuration.name)" ends all sessions of its end users at once, shuts everybody out and has the \
            directory delete them after the grace period. It cannot be undone.
            """,
            fix: "If that is meant, send the same request with ?confirm= and the identity provider's name."
        )
        problem.extensions["impact"] = impact
        return problem
    }
}
