import JSONCoding

/// Something that a reader or writer of a released version could not live with.
package struct Incompatibility: Hashable, Sendable {
    /// Who could not.
    package enum Victim: String, Sendable, CaseIterable {
        /// A reader of the release, given what is written now.
        case releasedReader
        /// A reader of now, given what was written by the release.
        case presentReader
        /// Both.
        case both
    }

    /// Which release.
    package let release: String
    /// The file that says it, such as `wecombridge.user-page.v1.schema.json`.
    package let file: String
    /// Which member, such as `users[].status`; empty for the whole.
    package let path: String
    /// Who could not live with it.
    package let victim: Victim
    /// What was changed and what follows of it.
    package let reason: String
    /// How to do it right.
    package let remedy: String

    package init(
        release: String,
        file: String,
        path: String,
        victim: Victim,
        reason: String,
        remedy: String
    ) {
        (self.release, self.file, self.path) = (release, file, path)
        (self.victim, self.reason, self.remedy) = (victim, reason, remedy)
    }

    /// What to print.
    package var description: String {
        let place = path.isEmpty ? file : "\(file), \(path)"
        return "\(place): \(reason) (\(who)) Instead: \(remedy)"
    }

    private var who: String {
        switch victim {
        case .releasedReader: "A reader of \(release) could not live with it."
        case .presentReader: "Today's reader could not live with what \(release) wrote."
        case .both:
            "Neither a reader of \(release) nor today's, with what the other's writer writes, could live with it."
        }
    }
}

/// What comparing two schemas finds, before it is known of which release and file they are.
struct ContractChange: Hashable {
    let path: String
    let victim: Incompatibility.Victim
    let reason: String
    let remedy: String
}

extension ContractChange {
    /// What can always be done where nothing smaller helps.
    static let newVersion = "make a new major version of the message, and write both until no old reader is left."

    /// What became of a word that has to stay as it is.
    static func reason(of word: String, was old: JSONValue?, is new: JSONValue?) -> String {
        "its \(word) is \(new == nil ? "dropped" : old == nil ? "new" : "another")."
    }
}
