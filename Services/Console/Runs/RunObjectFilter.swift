import Web

/// Which of a run's objects are shown: by what was done to them, and of which kind.
struct RunObjectFilter: Equatable, Sendable {
    /// Nil for all of what was done.
    let change: String?
    /// Nil for people and departments.
    let kind: String?

    /// What stands for no filter in addresses and forms.
    static let all = "all"

    /// As whoever looks chose it; at first what waits for somebody, else everything.
    init(_ visit: Visit, of run: Run) {
        let wanted = visit.query["show"] ?? visit.form["show"]
        if let wanted, wanted == Self.all || RunObject.changes.contains(wanted) {
            change = wanted == Self.all ? nil : wanted
        } else {
            change = run.isHolding ? "held" : nil
        }
        kind = (visit.query["kind"] ?? visit.form["kind"]).flatMap { RunObject.kinds.contains($0) ? $0 : nil }
    }

    /// As the directory takes it.
    var query: [(name: String, value: String?)] { [("change", change), ("kind", kind)] }
}

extension Run {
    /// Whether something waits for a decision.
    var isHolding: Bool { outcome == .held || counts.users.held + counts.departments.held > 0 }
}
