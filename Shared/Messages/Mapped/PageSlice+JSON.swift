import JSONCoding

/// The hot reader and writer.
extension PageSlice {
    private static let keys = JSONKeys(["number", "count"])

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("number")
        writer.write(Int64(number))
        writer.key("count")
        writer.write(Int64(count))
        writer.endObject()
    }

    static func read(_ reader: inout JSONReader) throws(JSONError) -> PageSlice {
        var number: Int64?
        var count: Int64?
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            switch key {
            case 0: number = try reader.readInt64()
            case 1: count = try reader.readInt64()
            default: try reader.skipValue()
            }
        }
        guard let number, let count, 1 <= number, number <= count, count <= Int64(Int32.max) else {
            throw JSONError(expected: "number and count of a slice", offset: reader.offset)
        }
        return PageSlice(number: Int(number), count: Int(count))
    }
}
