import ArgumentParser
import Messages

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

    /// Whether anything was chosen.
    var isOpen: Bool {
        ids.isEmpty && [reason, place, type, tenant, idp, from, to].allSatisfy { $0 == nil }
    }

    /// Those that are meant.
    func of(_ items: [SetAside]) -> [SetAside] {
        let (first, end) = (from.flatMap(Timestamp.init), to.flatMap(Timestamp.init))
        return items.filter { item in
            (ids.isEmpty || ids.contains(item.id))
                && matches(reason, item.code) && matches(place, item.place) && matches(type, item.type)
                && matches(tenant?.lowercased(), item.tenant) && matches(idp?.lowercased(), item.identityProvider)
                && first.map { item.since >= $0 } ?? true && end.map { item.since < $0 } ?? true
        }
    }

    private func matches(_ wanted: String?, _ found: String?) -> Bool { wanted.map { $0 == found } ?? true }

    /// What the audit says was chosen.
    var description: String {
        let named = [
            ("reason", reason), ("place", place), ("type", type), ("tenant", tenant), ("idp", idp), ("from", from),
            ("to", to),
        ]
        let parts =
            ids.prefix(10).map { "id \($0)" } + named.compactMap { name, value in value.map { "\(name) \($0)" } }
        return parts.isEmpty ? "all" : parts.joined(separator: ", ")
    }
}
