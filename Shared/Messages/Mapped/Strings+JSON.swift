import JSONCoding

extension JSONReader {
    /// Reads an array of strings.
    mutating func readStrings() throws(JSONError) -> [String] {
        var texts: [String] = []
        try beginArray()
        while try nextElement() { texts.append(try readString()) }
        return texts
    }
}

extension JSONWriter {
    /// Writes an array of strings.
    mutating func write(_ strings: [String]) {
        beginArray()
        for string in strings { write(string) }
        endArray()
    }
}
