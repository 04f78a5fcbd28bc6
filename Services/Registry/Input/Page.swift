import FoundationEssentials
import Hummingbird
import Runtime
import Sealing

/// What part of a list is asked for: `?cursor=&limit=`.
struct Page: Sendable, Equatable {
    static let sizes = 1...200
    static let usual = 50

    /// The sort key of the last element of the page before; nil for the first page.
    var after: String?
    /// At most so many elements.
    var limit: Int

    /// Reads the query. Throws 400 with each mistake.
    init(_ request: Request) throws {
        var mistakes: [FieldError] = []
        let query = request.query
        limit = Self.usual
        if let text = query["limit"] {
            if let value = Int(text), Self.sizes.contains(value) {
                limit = value
            } else {
                mistakes.append(FieldError("limit", "Give a whole number from 1 to 200, not \"\(text.prefix(20))\"."))
            }
        }
        if let text = query["cursor"], !text.isEmpty {
            after = Self.decode(text)
            if after == nil {
                mistakes.append(FieldError("cursor", "Give the nextCursor of the page before, or leave it out."))
            }
        }
        guard mistakes.isEmpty else { throw Problem.invalid(mistakes) }
    }

    /// The sort key as a number; for lists that are sorted by one.
    var afterNumber: Int64? {
        get throws { try after.map { try key(Int64($0)) } }
    }

    /// The sort key as a UUID; for lists that are sorted by one.
    var afterID: UUID? {
        get throws { try after.map { try key(UUID(uuidString: $0)) } }
    }

    private func key<Key>(_ key: Key?) throws -> Key {
        guard let key else {
            throw Problem.invalid([FieldError("cursor", "This cursor is another list's. Leave it out to begin anew.")])
        }
        return key
    }

    /// How many rows to ask for: one more, to know whether a page follows.
    var rows: Int { limit + 1 }

    /// A cursor's text: opaque to clients, so that what lists are sorted by may change.
    static func encode(_ key: String) -> String { Base64URL.encode(key.utf8) }

    private static func decode(_ cursor: String) -> String? {
        guard cursor.utf8.count <= 200, let bytes = Base64URL.decode(cursor) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// One page of a list, and where the next begins.
struct Listing<Item: Encodable & Sendable>: Encodable, Sendable {
    var items: [Item]
    var nextCursor: String?

    /// - Parameters:
    ///   - items: What was found for the page's ``Page/rows``.
    ///   - key: What the list is sorted by.
    init(_ items: [Item], of page: Page, by key: (Item) -> String) {
        let shown = items.prefix(page.limit)
        self.items = Array(shown)
        nextCursor = items.count > page.limit ? shown.last.map { Page.encode(key($0)) } : nil
    }

    /// A page of rows, some of which may not be readable: the next page begins behind its last row all the same.
    ///
    /// - Parameters:
    ///   - rows: What was found for the page's ``Page/rows``.
    ///   - key: What the list is sorted by; also of a row that cannot be read.
    ///   - items: Those that can be read.
    init<Row>(rows: [Row], of page: Page, by key: (Row) throws -> String, _ items: ([Row]) throws -> [Item]) rethrows {
        let shown = Array(rows.prefix(page.limit))
        self.items = try items(shown)
        nextCursor = rows.count > page.limit ? try shown.last.map { Page.encode(try key($0)) } : nil
    }

    private enum CodingKeys: CodingKey { case items, nextCursor }

    /// Writes `nextCursor` as null on the last page.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(items, forKey: .items)
        try container.encode(nextCursor, forKey: .nextCursor)
    }
}
