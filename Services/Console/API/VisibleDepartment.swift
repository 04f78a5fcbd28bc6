import JSONCoding

/// A department that an identity provider's app can see in WeCom now.
struct VisibleDepartment: Decodable, Equatable, Sendable {
    let id: Int
    let parentID: Int?
    let name: String?
    let people: Int?
}

extension VisibleDepartment: ReadByHand {
    private static let keys = JSONKeys(["id", "parentID", "name", "people"])

    init(from reader: inout JSONReader) throws(JSONError) {
        var (id, parent, people): (Int64?, Int64?, Int64?) = (nil, nil, nil)
        var name: String?
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.keys) {
            switch key {
            case 0: id = try reader.readInt64()
            case 1: parent = try reader.readInt64OrNull()
            case 2: name = try reader.readStringOrNull()
            case 3: people = try reader.readInt64OrNull()
            default: _ = try reader.skipValue()
            }
        }
        guard let id else { throw JSONError(expected: "department", offset: reader.offset) }
        self.init(id: Int(id), parentID: parent.map { Int($0) }, name: name, people: people.map { Int($0) })
    }
}
