import JSONCoding

/// The hot reader and writer of lists of rejected records.
extension RejectedRecord {
    private static let keys = JSONKeys(["externalID", "reason"])

    static func write(_ records: [RejectedRecord], to writer: inout JSONWriter) {
        writer.beginArray()
        for record in records {
            writer.beginObject()
            writer.write("externalID", record.externalID)
            writer.key("reason")
            writer.write(record.reason)
            writer.endObject()
        }
        writer.endArray()
    }

    static func readList(_ reader: inout JSONReader) throws(JSONError) -> [RejectedRecord] {
        var records: [RejectedRecord] = []
        try reader.beginArray()
        while try reader.nextElement() {
            var record = RejectedRecord(externalID: nil, reason: "")
            var members = JSONMembers()
            try reader.beginObject()
            while let key = try reader.nextKey(in: keys) {
                members.insert(key)
                switch key {
                case 0: record.externalID = try reader.readStringOrNull()
                case 1: record.reason = try reader.readString()
                default: try reader.skipValue()
                }
            }
            guard members.contains(JSONMembers(1)) else { throw JSONError(expected: "reason", offset: reader.offset) }
            records.append(record)
        }
        return records
    }
}
