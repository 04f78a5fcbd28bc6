import JSONCoding

/// The departments that a person's record names.
struct PersonDepartments {
    /// Nil where the record does not tell them in a form that is known.
    private(set) var ids: [Int64]?

    private static let keys = JSONKeys(["department"])

    init(_ record: [UInt8]) {
        ids = try? Self.read(record)
    }

    private static func read(_ record: [UInt8]) throws(JSONError) -> [Int64]? {
        var reader = JSONReader(record)
        var ids: [Int64]?
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            guard key != JSONKeys.unknown else {
                try reader.skipValue()
                continue
            }
            var found: [Int64] = []
            try reader.beginArray()
            while try reader.nextElement() {
                guard case .value(let id) = try reader.readLenientInt64() else { return nil }
                found.append(id)
            }
            ids = found
        }
        return ids
    }
}
