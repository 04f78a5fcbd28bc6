import Messages
import Runtime
import WeCom

/// Something that administrators have to know of an identity provider: numbers and ids of runs, never a person's data.
enum Occurrence: Sendable, Equatable {
    case removalsHeld(run: RunID, people: Int, departments: Int)
    case runFailed(run: RunID, errorCode: Int?)
    case runLate(run: RunID, since: Timestamp)
    case quarantined(failures: Int, errorCode: Int?)
    case authorizationLost
    /// How many of the departments, people and tags that the app's range consisted of are no longer in it.
    case rangeNarrowed(entries: Int)

    /// What kind of notification it leads to.
    var kind: NotificationKind {
        switch self {
        case .removalsHeld: .removalsHeld
        case .runFailed: .runFailed
        case .runLate: .runLate
        case .quarantined: .quarantined
        case .authorizationLost: .authorizationLost
        case .rangeNarrowed: .rangeNarrowed
        }
    }

    /// What is told of it.
    var facts: [String: JSON] {
        var facts: [String: JSON] = ["sentence": .string(sentence), "fix": .string(fix)]
        switch self {
        case .removalsHeld(let run, let people, let departments):
            facts["run"] = .string(run.description)
            facts["people"] = .integer(Int64(people))
            facts["departments"] = .integer(Int64(departments))
        case .runFailed(let run, let code):
            facts["run"] = .string(run.description)
            facts["errorCode"] = code.map { .integer(Int64($0)) }
        case .runLate(let run, let since):
            facts["run"] = .string(run.description)
            facts["requestedAt"] = .string(since.description)
        case .quarantined(let failures, let code):
            facts["failures"] = .integer(Int64(failures))
            facts["errorCode"] = code.map { .integer(Int64($0)) }
        case .authorizationLost: break
        case .rangeNarrowed(let entries):
            facts["entries"] = .integer(Int64(entries))
        }
        return facts
    }
}

extension Occurrence {
    private var sentence: String {
        switch self {
        case .removalsHeld(_, let people, let departments):
            "A run holds removals back: \(people) people, \(departments) departments."
        case .runFailed(_, let code?): "A run failed: \(Problem.sentence(ErrorReactions.of(code).sentence))"
        case .runFailed(_, nil): "A run failed."
        case .runLate(_, let since): "The scheduled run of \(since) is not over yet."
        case .quarantined(let failures, _):
            "\(failures) runs failed in a row: the identity provider is synchronised slowly until one succeeds."
        case .authorizationLost:
            "WeCom does not authorize the app any more: nobody can log on, and nothing is synchronised."
        case .rangeNarrowed(let entries):
            "The app's visible range is narrower: \(entries) departments, people or tags are not in it any more."
        }
    }

    private var fix: String {
        switch self {
        case .removalsHeld: "Look at what the run holds, and approve or reject it."
        case .runFailed(_, let code?), .quarantined(_, let code?): Problem.sentence(ErrorReactions.of(code).fix)
        case .runFailed(_, nil), .quarantined(_, nil): "Look at the run's reasons, and mend what they say."
        case .runLate: "Look at the run's progress; it may wait for WeCom's frequency limits."
        case .authorizationLost: "Let a WeCom administrator scan a new QR code."
        case .rangeNarrowed: "If that is not meant, widen the app's visible range in WeCom's administration."
        }
    }
}

extension NotificationKind {
    /// What is told once it is over.
    var settledSentence: String {
        switch self {
        case .removalsHeld: "Nothing is held back any more."
        case .runFailed: "A run has succeeded again."
        case .runLate: "The run that was late is over."
        case .quarantined: "The identity provider is out of quarantine and synchronised on its usual cycle."
        case .authorizationLost: "The identity provider is connected to WeCom again."
        case .rangeNarrowed: "The app's visible range is as it was."
        case .ping: ""
        }
    }
}
