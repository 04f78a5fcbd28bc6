import Hummingbird
import Runtime

/// The version that a client has seen, as `ETag` and `If-Match` carry it (RFC 9110 §8.8.3, §13.1.1).
enum EntityTag {
    /// `"<version>"`
    static func text(_ version: some CustomStringConvertible) -> String { "\"\(version)\"" }

    /// The versions that the request's change may be made to.
    ///
    /// Throws 428 without `If-Match`, 400 when it holds anything but ETags of ours: a weak one says too little of what
    /// was seen.
    static func expected(by request: Request) throws -> ExpectedVersion {
        guard let header = request.headers[.ifMatch] else { throw Problem.ifMatchMissing }
        if header == "*" { return .any }
        let tags = header.split(separator: ",", omittingEmptySubsequences: false).map(version)
        let versions = tags.compactMap(\.self)
        guard versions.count == tags.count else { throw Problem.ifMatchMalformed }
        return .oneOf(Set(versions))
    }

    private static func version(_ tag: Substring) -> Int64? {
        let tag = tag.drop { $0 == " " || $0 == "\t" }
        guard let match = tag.wholeMatch(of: /"([1-9][0-9]{0,18})"[ \t]*/) else { return nil }
        return Int64(match.1)
    }
}

/// Which versions a change is a change of.
enum ExpectedVersion: Sendable, Equatable {
    /// Whatever it is (`*`).
    case any
    case oneOf(Set<Int64>)

    func admits(_ version: Int64) -> Bool {
        switch self {
        case .any: true
        case .oneOf(let versions): versions.contains(version)
        }
    }

    /// The newest that was seen; nil when any will do.
    var newest: Int64? {
        switch self {
        case .any: nil
        case .oneOf(let versions): versions.max()
        }
    }
}

extension Problem {
    /// 428: the change does not say what it is a change of.
    static let ifMatchMissing = Problem(
        .preconditionRequired,
        "if-match-missing",
        title: "Which version did you see?",
        detail: "A change must say which version it is a change of, so that nobody else's change is undone unseen.",
        fix: "Read what you want to change and send its ETag as If-Match."
    )

    /// 400: `If-Match` is no ETag of ours.
    static let ifMatchMalformed = Problem(
        .badRequest,
        "if-match-malformed",
        title: "If-Match is not an ETag",
        detail:
            "If-Match must be the ETag of what is to be changed, such as \"7\" in its quotes, and no weak one (W/).",
        fix: "Read what you want to change and send its ETag as If-Match."
    )

    /// 412: somebody else was faster.
    static func stale(at version: Int64) -> Problem {
        Problem(
            .preconditionFailed,
            "version-changed",
            title: "Somebody else changed it meanwhile",
            detail: "It is at version \(version) now.",
            fix: "Read it again and send its new ETag as If-Match.",
            headers: [.eTag: EntityTag.text(version)]
        )
    }
}
