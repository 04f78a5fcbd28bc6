import Messages
import Runtime

/// Something that a service could not handle and has set aside, wherever it lies.
struct SetAside: Sendable, Equatable {
    /// Names it among all others: `<topic>/<partition>/<offset>` or `<table>/<key>`.
    let id: String
    /// The topic of dead letters, or the table.
    let place: String
    /// Which of its reasons the service gave.
    let code: String
    /// What that means, and what mends it.
    let advice: String
    /// The reason in particular.
    let reason: String
    var type: String?
    var tenant: String?
    var identityProvider: String?
    /// When it was tried first, or was set aside.
    let since: Timestamp
    var attempts = 1
    /// How often it was redriven already.
    var timesRedriven = 0
    /// Why it cannot be redriven; nil when it can.
    var obstacle: String?

    /// As `--json` gives it.
    var json: JSON {
        var members: [String: JSON] = [
            "id": .string(id), "place": .string(place), "code": .string(code), "advice": .string(advice),
            "reason": .string(reason), "since": .string(since.description), "attempts": .integer(Int64(attempts)),
            "timesRedriven": .integer(Int64(timesRedriven)),
        ]
        let optional = [
            ("type", type), ("tenantID", tenant), ("idpID", identityProvider), ("obstacle", obstacle),
        ]
        for (name, value) in optional { members[name] = value.map(JSON.string) }
        return .object(members)
    }

    /// As a list gives it.
    var line: String {
        let whose = [tenant.map { "tenant \($0)" }, identityProvider.map { "idp \($0)" }].compactMap(\.self)
        let again = timesRedriven > 0 ? ", redriven \(timesRedriven) times" : ""
        return (["\(id)", "\(since)", code] + whose).joined(separator: "  ") + "\n    \(reason)\(again)"
    }
}
