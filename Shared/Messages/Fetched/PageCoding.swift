import JSONCoding

/// The hot reader and writer of the two kinds of page: `{"page":7,"users":[…],"origin":{…}}`.
enum PageCoding {
    static func encode(page: Int, key: StaticString, list: RawJSON, origin: PageOrigin? = nil) -> [UInt8] {
        var writer = JSONWriter(reserving: list.bytes.count + 160)
        writer.beginObject()
        writer.key("page")
        writer.write(Int64(page))
        writer.key(key)
        writer.write(raw: list.bytes)
        if let origin {
            writer.key("origin")
            origin.write(to: &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    /// - Parameter readList: Reads the list, which comes next, to its end.
    static func decode<List>(
        _ json: [UInt8],
        list name: String,
        _ readList: (inout JSONReader) throws -> List
    ) throws -> (page: Int, list: List, origin: PageOrigin?) {
        var reader = JSONReader(json)
        let keys = JSONKeys(["page", name, "origin"])
        var page: Int?
        var list: List?
        var origin: PageOrigin?
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            switch key {
            case 0: page = Int(try reader.readInt64())
            case 1: list = try readList(&reader)
            case 2: origin = try reader.readNull() ? nil : PageOrigin.read(&reader)
            default: try reader.skipValue()
            }
        }
        try reader.finish()
        guard let page else { throw JSONError(expected: "page", offset: json.count) }
        guard let list else { throw JSONError(expected: name, offset: json.count) }
        return (page, list, origin)
    }
}
