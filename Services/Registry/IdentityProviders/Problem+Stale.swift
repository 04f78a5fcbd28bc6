import Hummingbird
import Messages
import Runtime

extension Problem {
    /// 412: somebody else was faster; lists what differs from what the client has seen.
    static func stale(_ current: Revision, changes: [String: ForeignChange]) -> Problem {
        Problem(
            .preconditionFailed,
            "revision-changed",
            title: "Somebody else changed it meanwhile",
            detail: changes.isEmpty
                ? "The identity provider is at revision \(current) now."
                : "Changed meanwhile: \(changes.keys.sorted().joined(separator: ", ")).",
            fix: "Look at the changes, read the identity provider again and send its new ETag as If-Match.",
            extensions: ["changes": changes, "currentRevision": current],
            headers: [.eTag: EntityTag.text(current)]
        )
    }
}

/// A field that somebody else changed: what the client wants it to be, if it says so, and what it is.
struct ForeignChange: Encodable, Sendable, Equatable {
    var yours: JSON?
    var current: JSON?

    private enum CodingKeys: CodingKey { case yours, current }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(yours, forKey: .yours)
        try container.encode(current, forKey: .current)
    }
}
