import ArgumentParser
import Messages
import Pipeline

/// Which of what was set aside is meant.
struct DeadSelection: ParsableArguments {
    @Option(name: .customLong("id"), help: "Only this one, as list gives it; any number of times.")
    var ids: [String] = []

    @Option(help: "Only of this reason, such as unknown-type.") var reason: String?
    @Option(help: "Only of this topic or table, as list gives it.") var place: String?
    @Option(help: "Only of this type, such as wecombridge.user-page.v1.") var type: String?
    @Option(help: "Only of this tenant.") var tenant: String?
    @Option(help: "Only of this identity provider.") var idp: String?
    @Option(help: "The first moment, such as 2026-01-31T08:00:00Z.") var from: String?
    @Option(help: "The first moment that is not meant.") var to: String?

    func validate() throws {
        for (name, text) in [("--from", from), ("--to", to)] {
            guard let text, Timestamp(text) == nil else { continue }
            throw ValidationError("\(name) is a time such as 2026-01-31T08:00:00Z, and not \"\(text)\".")
        }
    }

    /// The same, as it is applied.
    var chosen: SetAsideSelection {
        var selection = SetAsideSelection()
        selection.ids = ids
        selection.code = reason
        selection.place = place
        selection.type = type
        selection.tenant = tenant
        selection.identityProvider = idp
        selection.from = from.flatMap { Timestamp($0) }
        selection.to = to.flatMap { Timestamp($0) }
        return selection
    }

    /// Those that are meant.
    func of(_ items: [SetAside]) -> [SetAside] { chosen.of(items) }
}
