import Hummingbird
import Messages
import Runtime

/// Which of a run's objects are asked for: `?change=&kind=&cursor=`.
struct RunObjectFilter: Sendable {
    let change: RunChange?
    let kind: DirectoryObject.Kind?
    /// The last object of the page before, by the key of its row; nil for the first page.
    var after: DirectoryObject?

    /// Throws 400 with each mistake.
    init(_ request: Request) throws {
        var mistakes: [FieldError] = []
        func choice<Choice: CaseIterable & RawRepresentable<String>>(_ name: String, _ type: Choice.Type) -> Choice? {
            guard let text = request.query[name] else { return nil }
            if let choice = Choice(rawValue: text) { return choice }
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            mistakes.append(FieldError(name, "A \(name) is one of \(choices)."))
            return nil
        }
        change = choice("change", RunChange.self)
        kind = choice("kind", DirectoryObject.Kind.self)
        let cursor = request.query["cursor"]
        after = cursor.flatMap { Self.object($0) }
        if cursor != nil, after == nil { mistakes.append(.cursor) }
        guard mistakes.isEmpty else { throw Problem.invalid(mistakes) }
    }

    /// Where the next page starts.
    static func cursor(after object: DirectoryObject) -> String { "\(object.kind.rawValue):\(object.externalID)" }

    /// What a cursor names.
    static func object(_ cursor: String) -> DirectoryObject? {
        let parts = cursor.split(separator: ":", maxSplits: 1)
        // PostgreSQL has no text with a zero in it.
        guard parts.count == 2, let kind = DirectoryObject.Kind(rawValue: String(parts[0])), !parts[1].utf8.contains(0)
        else { return nil }
        let object = DirectoryObject(kind, String(parts[1]))
        return kind == .department && object.departmentID == nil ? nil : object
    }
}
