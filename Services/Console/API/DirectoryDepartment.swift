import JSONCoding

/// A department of the directory.
struct DirectoryDepartment: Decodable, Equatable, Sendable {
    let externalID: Int
    let parentID: Int?
    let name: String?
    let state: String
    /// Who is in it directly; nil where that was not asked for.
    let people: Int?
}

extension DirectoryDepartment: ReadByHand {
    private static let keys = JSONKeys(["externalID", "parentID", "name", "state", "people"])

    init(from reader: inout JSONReader) throws(JSONError) {
        var (id, parent, people): (Int64?, Int64?, Int64?) = (nil, nil, nil)
        var (name, state): (String?, String?) = (nil, nil)
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.keys) {
            switch key {
            case 0: id = try reader.readInt64()
            case 1: parent = try reader.readInt64OrNull()
            case 2: name = try reader.readStringOrNull()
            case 3: state = try reader.readString()
            case 4: people = try reader.readInt64OrNull()
            default: _ = try reader.skipValue()
            }
        }
        guard let id, let state else { throw JSONError(expected: "department", offset: reader.offset) }
        self.init(
            externalID: Int(id),
            parentID: parent.map { Int($0) },
            name: name,
            state: state,
            people: people.map { Int($0) }
        )
    }
}
