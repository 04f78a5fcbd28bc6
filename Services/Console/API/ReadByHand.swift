import JSONCoding

/// What comes in thousands: it is read without Foundation's decoder, which takes ten times as long.
protocol ReadByHand: Decodable, Sendable {
    init(from reader: inout JSONReader) throws(JSONError)
}

extension ReadByHand {
    /// Reads a whole answer.
    init(answer: [UInt8]) throws(JSONError) {
        var reader = JSONReader(answer)
        try self.init(from: &reader)
        try reader.finish()
    }
}

extension JSONReader {
    /// Reads a list.
    mutating func readList<Item: ReadByHand>(of type: Item.Type = Item.self) throws(JSONError) -> [Item] {
        var items: [Item] = []
        try beginArray()
        while try nextElement() { items.append(try Item(from: &self)) }
        return items
    }
}
