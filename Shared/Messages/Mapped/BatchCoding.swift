import JSONCoding

/// The hot reader and writer of the two kinds of batch: `{"page":7,"users":[…],"rejected":[…]}`, their
/// `slice` and `fieldProblems`, and of people their `origin`, `mapping`,
/// `fields` and `filtered`.
enum BatchCoding {
    /// Bytes to make room for at once; a mapped user is about 350.
    private static let bytesPerRecord = 400

    /// What a batch holds.
    struct Content<Record> {
        var page: Int
        var slice: PageSlice?
        var records: [Record] = []
        var rejected: [RejectedRecord] = []
        var fieldProblems: [FieldProblem] = []
        var origin: PageOrigin?
        var mapping: ContentDigest?
        var fields: MappedFields?
        var filtered: [String]?
    }

    static func encode<Record>(
        page: Int,
        slice: PageSlice? = nil,
        key: StaticString,
        _ records: [Record],
        rejected: [RejectedRecord],
        fieldProblems: [FieldProblem],
        origin: PageOrigin? = nil,
        mapping: ContentDigest? = nil,
        fields: MappedFields? = nil,
        filtered: [String]? = nil,
        write: (Record, inout JSONWriter) -> Void
    ) -> [UInt8] {
        var writer = JSONWriter(reserving: 240 + records.count * bytesPerRecord)
        writer.beginObject()
        writer.key("page")
        writer.write(Int64(page))
        if let slice {
            writer.key("slice")
            slice.write(to: &writer)
        }
        writer.key(key)
        writer.beginArray()
        for record in records { write(record, &writer) }
        writer.endArray()
        writer.key("rejected")
        RejectedRecord.write(rejected, to: &writer)
        writer.key("fieldProblems")
        FieldProblem.write(fieldProblems, to: &writer)
        if let origin {
            writer.key("origin")
            origin.write(to: &writer)
        }
        if let mapping {
            writer.key("mapping")
            mapping.write(to: &writer)
        }
        if let fields {
            writer.key("fields")
            fields.write(to: &writer)
        }
        if let filtered {
            writer.key("filtered")
            writer.write(filtered)
        }
        writer.endObject()
        return writer.bytes
    }

    static func decode<Record>(
        _ json: [UInt8],
        list: String,
        _ read: (inout JSONReader) throws -> Record
    ) throws -> Content<Record> {
        let keys = JSONKeys([
            "page", list, "rejected", "origin", "mapping", "slice", "fieldProblems", "fields", "filtered",
        ])
        var reader = JSONReader(json)
        var content = Content<Record>(page: 0)
        var members = JSONMembers()
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            members.insert(key)
            switch key {
            case 0: content.page = Int(try reader.readInt64())
            case 1:
                try reader.beginArray()
                while try reader.nextElement() { content.records.append(try read(&reader)) }
            case 2: content.rejected = try RejectedRecord.readList(&reader)
            case 3: content.origin = try reader.readNull() ? nil : PageOrigin.read(&reader)
            case 4: content.mapping = try reader.readNull() ? nil : ContentDigest.read(&reader)
            case 5: content.slice = try reader.readNull() ? nil : PageSlice.read(&reader)
            case 6: content.fieldProblems = try FieldProblem.readList(&reader)
            case 7: content.fields = try reader.readNull() ? nil : MappedFields.read(&reader)
            case 8: content.filtered = try reader.readNull() ? nil : reader.readStrings()
            default: try reader.skipValue()
            }
        }
        try reader.finish()
        guard members.contains(JSONMembers(0, 1, 2, 6)) else {
            throw JSONError(expected: "page, \(list), rejected and fieldProblems", offset: json.count)
        }
        return content
    }
}
