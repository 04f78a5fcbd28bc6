import JSONCoding

/// The hot reader and writer; a property test holds them to what Codable reads and writes.
extension DepartmentRecord {
    private static let keys = JSONKeys([
        "externalID", "parentID", "name", "englishName", "order", "leaders", "contentHash",
    ])
    private static let required = JSONMembers(0, 6)

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("externalID")
        writer.write(externalID)
        if let parentID {
            writer.key("parentID")
            writer.write(parentID)
        }
        writer.write("name", name)
        writer.write("englishName", englishName)
        if let order {
            writer.key("order")
            writer.write(order)
        }
        if let leaders {
            writer.key("leaders")
            writer.write(leaders)
        }
        writer.key("contentHash")
        contentHash.write(to: &writer)
        writer.endObject()
    }

    static func read(_ reader: inout JSONReader) throws(JSONError) -> DepartmentRecord {
        var record = DepartmentRecord(
            externalID: 0,
            parentID: nil,
            name: nil,
            order: nil,
            leaders: nil,
            contentHash: .zero
        )
        var members = JSONMembers()
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            members.insert(key)
            switch key {
            case 0: record.externalID = try reader.readInt64()
            case 1: record.parentID = try reader.readInt64OrNull()
            case 2: record.name = try reader.readStringOrNull()
            case 3: record.englishName = try reader.readStringOrNull()
            case 4: record.order = try reader.readInt64OrNull()
            case 5: record.leaders = try reader.readNull() ? nil : reader.readStrings()
            case 6: record.contentHash = try ContentDigest.read(&reader)
            default: try reader.skipValue()
            }
        }
        guard members.contains(required) else {
            throw JSONError(expected: "externalID and contentHash", offset: reader.offset)
        }
        return record
    }
}
