import JSONCoding

/// The hot reader and writer of digests.
extension ContentDigest {
    func write(to writer: inout JSONWriter) { writer.write(hexadecimal: high, low) }

    static func read(_ reader: inout JSONReader) throws(JSONError) -> ContentDigest {
        let offset = reader.offset
        var digests: (first: ContentDigest?, count: Int) = (nil, 0)
        try reader.readHexadecimal { high, low in
            digests = (ContentDigest(high: high, low: low), digests.count + 1)
        }
        guard let digest = digests.first, digests.count == 1 else {
            throw JSONError(expected: "32 hexadecimal digits", offset: offset)
        }
        return digest
    }
}
