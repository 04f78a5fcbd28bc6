import JSONCoding

/// A page of a list.
struct Listed<Item: Decodable & Sendable>: Decodable, Sendable {
    let items: [Item]
    let nextCursor: String?
}

extension Listed: ReadByHand where Item: ReadByHand {
    init(from reader: inout JSONReader) throws(JSONError) {
        let keys = JSONKeys(["items", "nextCursor"])
        var (items, cursor): ([Item]?, String?) = (nil, nil)
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            switch key {
            case 0: items = try reader.readList()
            case 1: cursor = try reader.readStringOrNull()
            default: _ = try reader.skipValue()
            }
        }
        guard let items else { throw JSONError(expected: "items", offset: reader.offset) }
        self.init(items: items, nextCursor: cursor)
    }
}
