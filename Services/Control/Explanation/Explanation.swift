import Messages
import Runtime

/// What can be said of one person, step by step, from the settings to the directory.
struct Explanation {
    /// As the registry shows the identity provider.
    let provider: JSON
    let trail: PersonTrail
    /// As the writer lists the person, and all that is missing.
    let users: JSON
    let missing: JSON

    /// One line for each step.
    var lines: [String] {
        [
            "settings: \(settings)",
            "read:     \(trail.lastReading?.line ?? "the topics have no whole reading any more")",
            "fetched:  \(trail.notes[.fetched]?.line ?? "no run showed the person, as far as the topics go back")",
            "asked:    \(trail.notes[.asked]?.line ?? "nobody had to be asked")",
            "mapped:   \(trail.notes[.mapped]?.line ?? "no record was mapped, as far as the topics go back")",
            "written:  \(written)",
            "missing:  \(missed)",
        ]
    }

    private var settings: String {
        let scope = provider["scope"].map(\.shown) ?? "-"
        return "status \(text(provider["status"])), authorization \(text(provider["authorization"])), scope \(scope)"
    }

    private var written: String {
        guard case .array(let people)? = users["items"], let person = people.first else {
            return "the directory has nobody of that id"
        }
        let access = person["enabled"] == .boolean(true) ? "may log on" : "may not log on"
        return "\(text(person["state"])), \(access), id \(text(person["id"])), since \(text(person["updatedAt"]))"
    }

    private var missed: String {
        guard case .array(let objects) = missing,
            let object = objects.first(where: { $0["kind"] == .string("user") && isPerson($0["externalID"]) })
        else { return "no" }
        let words = ["hold", "reason", "code"].compactMap { name in object[name].map { "\(name) \(text($0))" } }
        return ([text(object["state"]), "since \(text(object["since"]))"] + words).joined(separator: ", ")
    }

    private func isPerson(_ id: JSON?) -> Bool {
        guard case .string(let id)? = id else { return false }
        return id.lowercased() == trail.userID.lowercased()
    }

    private func text(_ json: JSON?) -> String {
        switch json {
        case .string(let text): text
        case nil: "-"
        case let other?: other.shown
        }
    }
}

extension JSON {
    /// A member of an object.
    fileprivate subscript(name: String) -> JSON? {
        if case .object(let members) = self { members[name] } else { nil }
    }
}
