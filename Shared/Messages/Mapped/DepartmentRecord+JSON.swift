import JSONCoding

/// The hot reader and writer; a property test holds them to what Codable reads and writes.
extension DepartmentRecord {
    private static let keys = JSONKeys([
        "externalID", "parentID", "name", "englishName", "order", "leaders", "contentHash",
    ])

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("externalID")
        writer.write(externalID)
        if let parentID {
            writer.key("parentID")
            writer.write(parentID)
        }
        if let name {
            writer.key("name")
            writer.write(name)
        }
        if let englishName {
            writer.key("englishName")
            writer.write(englishName)
        }
        writer.key("order")
        writer.write(order)
        writer.key("leaders")
        writer.beginArray()
        for leader in leaders { writer.write(leader) }
        writer.endArray()
        writer.key("contentHash")
        writer.write(contentHash)
        writer.endObject()
    }

    static func read(_ reader: inout JSONReader) throws(JSONError) -> DepartmentRecord {
        var record = DepartmentRecord(externalID: 0, parentID: nil, name: nil, order: 0, contentHash: .zero)
        var found = 0
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            switch key {
            case 0:
                record.externalID = try reader.readInt64()
                found += 1
            case 1: record.parentID = try reader.readInt64OrNull()
            case 2: record.name = try reader.readStringOrNull()
            case 3: record.englishName = try reader.readStringOrNull()
            case 4: record.order = try reader.readInt64()
            case 5: record.leaders = try UserRecord.readStrings(&reader)
            case 6:
                record.contentHash = try UserRecord.readDigest(&reader)
                found += 1
            default: try reader.skipValue()
            }
        }
        guard found == 2 else { throw JSONError(expected: "externalID and contentHash", offset: reader.offset) }
        return record
    }
}
