import JSONCoding

/// The hot reader and writer; a property test holds them to what Codable reads and writes.
extension MappedFields {
    private static let keys = JSONKeys(["always", "onCreate"])

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("always")
        writer.write(always)
        writer.key("onCreate")
        writer.write(onCreate)
        writer.endObject()
    }

    static func read(_ reader: inout JSONReader) throws(JSONError) -> MappedFields {
        var fields = MappedFields(always: [])
        var members = JSONMembers()
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            members.insert(key)
            switch key {
            case 0: fields.always = try reader.readStrings()
            case 1: fields.onCreate = try reader.readStrings()
            default: try reader.skipValue()
            }
        }
        guard members.contains(JSONMembers(0, 1)) else {
            throw JSONError(expected: "always and onCreate", offset: reader.offset)
        }
        return fields
    }
}
