import JSONCoding

/// The objects of a list in an answer of WeCom, still as the bytes they came in.
struct ElementList: Sendable {
    /// The whole answer.
    let body: [UInt8]
    /// Where each object stands in it.
    private(set) var elements: [Range<Int>] = []

    /// Looks for the list under `name` and lets `look` see each of its elements.
    ///
    /// - Parameter look: Reads the element, which comes next, to its end.
    /// - Throws: `JSONError` when the answer is not of its form, or has no such list: an answer without one
    ///   is not taken for an empty one.
    init(_ name: String, in body: [UInt8], _ look: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        self.body = body
        let keys = JSONKeys([name])
        var reader = JSONReader(body)
        var isFound = false
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            guard key != JSONKeys.unknown else {
                try reader.skipValue()
                continue
            }
            isFound = true
            try reader.beginArray()
            while try reader.nextElement() {
                _ = try reader.peek()
                let start = reader.offset
                try look(&reader)
                elements.append(start..<reader.offset)
            }
        }
        try reader.finish()
        guard isFound else { throw JSONError(expected: name, offset: body.count) }
    }

    /// A whole answer as the only element.
    init(whole body: [UInt8]) {
        self.body = body
        elements = [0..<body.count]
    }

    /// The bytes of an element.
    func bytes(_ element: Range<Int>) -> ArraySlice<UInt8> { body[element] }
}
