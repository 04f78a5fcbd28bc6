import Runtime

/// A value of a form beside the one that is stored by now, where somebody else was faster.
struct StoredValue: Sendable {
    let label: String
    let typed: String
    let stored: String

    init(_ label: String, typed: String, stored: String) {
        self.label = label
        self.typed = typed
        self.stored = stored
    }

    /// What the registry says that somebody else changed.
    init(_ name: String, _ change: APIProblem.Change, _ texts: Texts) {
        let told = SettingText(fields: [], texts: texts)
        func shown(_ value: JSON?) -> String {
            let lines = told.lines(value, of: name)
            return lines.isEmpty ? "–" : lines.joined(separator: "\n")
        }
        self.init(told.label(name), typed: shown(change.yours), stored: shown(change.current))
    }
}

/// What somebody else stored while a form was filled in.
struct StoredNow: Sendable {
    let values: [StoredValue]

    /// Nil where nothing differs.
    init?(_ values: [StoredValue]) {
        let differing = values.filter { $0.typed != $0.stored }
        guard !differing.isEmpty else { return nil }
        self.values = differing
    }

    /// Nil unless somebody else was faster, and where nothing differs.
    init?(_ values: [StoredValue], _ visit: Visit) {
        guard visit.isStale else { return nil }
        self.init(values)
    }
}
