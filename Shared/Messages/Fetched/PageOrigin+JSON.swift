import JSONCoding

/// The hot reader and writer.
extension PageOrigin {
    private static let keys = JSONKeys(["department", "part", "digest"])

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("department")
        writer.write(department)
        writer.key("part")
        writer.write(Int64(part))
        writer.key("digest")
        digest.write(to: &writer)
        writer.endObject()
    }

    static func read(_ reader: inout JSONReader) throws(JSONError) -> PageOrigin {
        var department: Int64?
        var part: Int64?
        var digest: ContentDigest?
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            switch key {
            case 0: department = try reader.readInt64()
            case 1: part = try reader.readInt64()
            case 2: digest = try ContentDigest.read(&reader)
            default: try reader.skipValue()
            }
        }
        guard let department, let part = part.flatMap({ Int32(exactly: $0) }), part >= 0, let digest else {
            throw JSONError(expected: "department, part and digest", offset: reader.offset)
        }
        return PageOrigin(department: department, part: Int(part), digest: digest)
    }
}
