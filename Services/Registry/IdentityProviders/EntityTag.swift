import Hummingbird
import Messages
import Runtime

/// The revision that a client has seen, as `ETag` and `If-Match` carry it (RFC 9110 §8.8.3, §13.1.1).
enum EntityTag {
    /// `"<revision>"`
    static func text(_ revision: Revision) -> String { "\"\(revision)\"" }

    /// The revisions that the request's change may be made to; nil for any (`*`).
    ///
    /// Throws 428 without `If-Match`, 400 when it holds no revision.
    static func expected(by request: Request) throws -> Set<Revision>? {
        guard let header = request.headers[.ifMatch] else { throw Problem.ifMatchMissing }
        if header == "*" { return nil }
        let tags = header.split(separator: ",").map { $0.trimmingPrefix(while: { $0 == " " }) }
        let revisions = tags.compactMap { tag -> Revision? in
            let text = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
            let digits = text.filter { $0 != "\"" && $0 != " " }
            return Int64(digits).map { Revision(rawValue: $0) }
        }
        guard !revisions.isEmpty, revisions.count == tags.count else { throw Problem.ifMatchMalformed }
        return Set(revisions)
    }
}

extension Problem {
    /// 428: the change does not say what it is a change of.
    static let ifMatchMissing = Problem(
        .preconditionRequired,
        "if-match-missing",
        title: "Which revision did you see?",
        detail: "A change must say which revision it is a change of, so that nobody else's change is undone unseen.",
        fix: "Read the identity provider and send its ETag as If-Match."
    )

    /// 400: `If-Match` is no ETag of ours.
    static let ifMatchMalformed = Problem(
        .badRequest,
        "if-match-malformed",
        title: "If-Match is not an ETag",
        detail: "If-Match must be the ETag of an identity provider, such as \"7\".",
        fix: "Read the identity provider and send its ETag as If-Match."
    )

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
