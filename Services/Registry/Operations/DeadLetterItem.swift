import Messages
import Pipeline
import Runtime

/// A dead letter in a list.
struct DeadLetterItem: Encodable, Sendable {
    let item: SetAside

    func encode(to encoder: any Encoder) throws { try item.json.encode(to: encoder) }

    /// What the list is sorted by: the oldest first.
    var place: Place { Place(since: item.since.millisecondsSince1970, id: item.id) }

    struct Place: Sendable, Comparable, CustomStringConvertible {
        let since: Int64
        let id: String

        init(since: Int64, id: String) {
            self.since = since
            self.id = id
        }

        /// Reads what ``description`` says; nil for anything else.
        init?(_ text: String) {
            let parts = text.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let since = Int64(parts[0]) else { return nil }
            self.init(since: since, id: String(parts[1]))
        }

        static func < (one: Place, other: Place) -> Bool { (one.since, one.id) < (other.since, other.id) }

        var description: String { "\(since) \(id)" }
    }
}

/// How many dead letters are called alike.
struct DeadLetterCount: Encodable, Sendable {
    let name: String
    let count: Int
    let advice: String?

    init(_ count: SetAsideCount) {
        name = count.name
        self.count = count.count
        advice = count.advice
    }
}
