import JSONCoding

/// The hot reader and writer of the two kinds of page: `{"page":7,"mappingNumber":2,"origin":{…},"users":[…]}`.
///
/// The list comes last, so that all else is known before it is read (``PageHead``).
enum PageCoding {
    /// What a page holds.
    struct Content<List> {
        var page: Int
        var mappingNumber: MappingNumber?
        var origin: PageOrigin?
        var list: List
    }

    static func encode(
        page: Int,
        mappingNumber: MappingNumber? = nil,
        origin: PageOrigin? = nil,
        key: StaticString,
        list: RawJSON
    ) -> [UInt8] {
        var writer = JSONWriter(reserving: list.bytes.count + 160)
        writer.beginObject()
        writer.key("page")
        writer.write(Int64(page))
        if let mappingNumber {
            writer.key("mappingNumber")
            writer.write(mappingNumber.rawValue)
        }
        if let origin {
            writer.key("origin")
            origin.write(to: &writer)
        }
        writer.key(key)
        writer.write(raw: list.bytes)
        writer.endObject()
        return writer.bytes
    }

    /// - Parameter readList: Reads the list, which comes next, to its end.
    static func decode<List>(
        _ json: [UInt8],
        list name: String,
        _ readList: (inout JSONReader) throws -> List
    ) throws -> Content<List> {
        var reader = JSONReader(json)
        let keys = JSONKeys(["page", name, "origin", "mappingNumber"])
        var page: Int?
        var list: List?
        var origin: PageOrigin?
        var mappingNumber: MappingNumber?
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            switch key {
            case 0: page = Int(try reader.readInt64())
            case 1: list = try readList(&reader)
            case 2: origin = try reader.readNull() ? nil : PageOrigin.read(&reader)
            case 3: mappingNumber = try reader.readInt64OrNull().map(MappingNumber.init(rawValue:))
            default: try reader.skipValue()
            }
        }
        try reader.finish()
        guard let page else { throw JSONError(expected: "page", offset: json.count) }
        guard let list else { throw JSONError(expected: name, offset: json.count) }
        return Content(page: page, mappingNumber: mappingNumber, origin: origin, list: list)
    }
}
