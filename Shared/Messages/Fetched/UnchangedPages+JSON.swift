import JSONCoding

/// The hot reader and writer: a message names ten thousand people and more.
extension UnchangedPages {
    private static let keys = JSONKeys(["page", "pages", "mappingNumber", "mapping"])
    private static let pageKeys = JSONKeys(["origin", "users"])
    /// Bytes of a page without its people.
    private static let bytesPerPage = 120

    /// Reads the JSON with the hot reader.
    public static func decode(_ json: [UInt8]) throws -> UnchangedPages {
        var reader = JSONReader(json)
        var message = UnchangedPages(page: 0, pages: [])
        var members = JSONMembers()
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            members.insert(key)
            switch key {
            case 0: message.page = Int(try reader.readInt64())
            case 1:
                try reader.beginArray()
                while try reader.nextElement() { message.pages.append(try readPage(&reader)) }
            case 2: message.mappingNumber = MappingNumber(rawValue: try reader.readInt64())
            case 3: message.mapping = try reader.readNull() ? nil : ContentDigest.read(&reader)
            default: try reader.skipValue()
            }
        }
        try reader.finish()
        guard members.contains(JSONMembers(0, 1, 2)) else {
            throw JSONError(expected: "page, mappingNumber and pages", offset: json.count)
        }
        return message
    }

    private static func readPage(_ reader: inout JSONReader) throws(JSONError) -> Page {
        var origin: PageOrigin?
        var users: DigestList?
        try reader.beginObject()
        while let key = try reader.nextKey(in: pageKeys) {
            switch key {
            case 0: origin = try PageOrigin.read(&reader)
            case 1: users = try DigestList.read(&reader)
            default: try reader.skipValue()
            }
        }
        guard let origin, let users else { throw JSONError(expected: "origin and users", offset: reader.offset) }
        return Page(origin: origin, users: users)
    }

    /// Writes the JSON with the hot writer.
    public func encode() throws -> [UInt8] {
        let users = pages.reduce(0) { $0 + $1.users.digests.count }
        var writer = JSONWriter(reserving: 100 + pages.count * Self.bytesPerPage + users * DigestList.digitsPerDigest)
        writer.beginObject()
        writer.key("page")
        writer.write(Int64(page))
        writer.key("mappingNumber")
        writer.write(mappingNumber.rawValue)
        writer.key("pages")
        writer.beginArray()
        for page in pages {
            writer.beginObject()
            writer.key("origin")
            page.origin.write(to: &writer)
            writer.key("users")
            page.users.write(to: &writer)
            writer.endObject()
        }
        writer.endArray()
        if let mapping {
            writer.key("mapping")
            mapping.write(to: &writer)
        }
        writer.endObject()
        return writer.bytes
    }
}
