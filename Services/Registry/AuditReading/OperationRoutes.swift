import FoundationEssentials
import Hummingbird
import Messages
import Runtime

/// `operations`: what operators do past the services, such as redriving dead letters, told to the audit before it is done.
struct OperationRoutes: Sendable {
    /// What operators do past the services.
    enum Action: String, CaseIterable, Sendable {
        case deadRedriven = "dead.redriven"
        case deadDiscarded = "dead.discarded"
        case replayStarted = "replay.started"
    }

    private struct Operation: Sendable {
        let action: Action
        let reason: String
        let details: [String: JSON]
    }

    let journal: OperationJournal

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.post("operations") { request, context in
            let caller = try context.caller
            try caller.requireEverywhere(.owner)
            let operation = try await request.form(Self.form, context: context)
            let id = try await journal.begin(
                operation.action,
                because: operation.reason,
                operation.details,
                by: caller
            )
            return try Response.json(["id": id], .created)
        }
    }

    private static let form = Form.object { form throws(Mistakes) -> Operation? in
        let action = form.required("action", Rule<Action>.word)
        let reason = form.required("reason", Rule.title(1...500))
        let details = form.optional("details", Rule.members)
        guard let action, let reason else { return nil }
        return Operation(action: action, reason: reason, details: details ?? [:])
    }
}

extension Rule where Value == [String: JSON] {
    /// An object of whatever members.
    fileprivate static var members: Rule<[String: JSON]> {
        Rule { json throws(Mistakes) in
            guard case .object(let members) = json else { throw Mistakes("Give an object in { }, not \(json.shown).") }
            guard !json.hasNUL else { throw Mistakes("Leave out the character U+0000, which cannot be stored.") }
            return members
        }
    }
}

extension JSON {
    /// Whether a text or name in it has the one character that PostgreSQL's JSON has no room for.
    fileprivate var hasNUL: Bool {
        switch self {
        case .string(let text): text.utf8.contains(0)
        case .array(let values): values.contains { $0.hasNUL }
        case .object(let members): members.contains { $0.key.utf8.contains(0) || $0.value.hasNUL }
        case .null, .boolean, .integer, .number: false
        }
    }
}
