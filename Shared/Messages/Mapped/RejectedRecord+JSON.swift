import JSONCoding

/// The hot reader and writer of lists of rejected records.
extension RejectedRecord {
    private static let keys = JSONKeys(["externalID", "reason"])

    static func write(_ records: [RejectedRecord], to writer: inout JSONWriter) {
        writer.beginArray()
        for record in records {
            writer.beginObject()
            if let externalID = record.externalID {
                writer.key("externalID")
                writer.write(externalID)
            }
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
            try reader.beginObject()
            while let key = try reader.nextKey(in: keys) {
                switch key {
                case 0: record.externalID = try reader.readStringOrNull()
                case 1: record.reason = try reader.readString()
                default: try reader.skipValue()
                }
            }
            records.append(record)
        }
        return records
    }
}
