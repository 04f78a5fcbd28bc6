import JSONCoding

/// The hot reader and writer.
extension DirectorySnapshot {
    private static let keys = JSONKeys(["part", "isLast"])

    /// Writes the member of a message.
    func write(to writer: inout JSONWriter) {
        writer.key("snapshot")
        writer.beginObject()
        writer.key("part")
        writer.write(Int64(part))
        writer.key("isLast")
        writer.write(isLast)
        writer.endObject()
    }

    static func read(_ reader: inout JSONReader) throws(JSONError) -> DirectorySnapshot {
        var part: Int64?
        var isLast: Bool?
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            switch key {
            case 0: part = try reader.readInt64()
            case 1: isLast = try reader.readBool()
            default: try reader.skipValue()
            }
        }
        guard let part = part.flatMap({ Int32(exactly: $0) }), part > 0, let isLast else {
            throw JSONError(expected: "part and isLast of a snapshot", offset: reader.offset)
        }
        return DirectorySnapshot(part: Int(part), isLast: isLast)
    }
}
