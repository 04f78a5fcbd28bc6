import JSONCoding

/// The hot reader and writer of the two kinds of batch: `{"page":7,"users":[…],"rejected":[…]}`.
enum BatchCoding {
    /// Bytes to make room for at once; a mapped user is about 350.
    private static let bytesPerRecord = 400

    static func encode<Record>(
        page: Int,
        key: StaticString,
        _ records: [Record],
        rejected: [RejectedRecord],
        write: (Record, inout JSONWriter) -> Void
    ) -> [UInt8] {
        var writer = JSONWriter(reserving: 64 + records.count * bytesPerRecord)
        writer.beginObject()
        writer.key("page")
        writer.write(Int64(page))
        writer.key(key)
        writer.beginArray()
        for record in records { write(record, &writer) }
        writer.endArray()
        writer.key("rejected")
        RejectedRecord.write(rejected, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    static func decode<Record>(
        _ json: [UInt8],
        list: String,
        _ read: (inout JSONReader) throws -> Record
    ) throws -> (page: Int, records: [Record], rejected: [RejectedRecord]) {
        let keys = JSONKeys(["page", list, "rejected"])
        var reader = JSONReader(json)
        var page: Int?
        var records: [Record] = []
        var rejected: [RejectedRecord] = []
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            switch key {
            case 0: page = Int(try reader.readInt64())
            case 1:
                try reader.beginArray()
                while try reader.nextElement() { records.append(try read(&reader)) }
            case 2: rejected = try RejectedRecord.readList(&reader)
            default: try reader.skipValue()
            }
        }
        try reader.finish()
        guard let page else { throw JSONError(expected: "page", offset: json.count) }
        return (page, records, rejected)
    }
}
