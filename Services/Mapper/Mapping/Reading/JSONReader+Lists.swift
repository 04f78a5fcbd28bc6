import JSONCoding

extension JSONReader {
    /// Reads an array of whole numbers; `null` is an empty one.
    mutating func readNumbers() throws(JSONError) -> [Int64] {
        var numbers: [Int64] = []
        if try readNull() { return numbers }
        try beginArray()
        while try nextElement() { numbers.append(try readInt64()) }
        return numbers
    }

    /// Reads an array of strings; `null` is an empty one.
    mutating func readTexts() throws(JSONError) -> [String] {
        var texts: [String] = []
        if try readNull() { return texts }
        try beginArray()
        while try nextElement() { texts.append(try readString()) }
        return texts
    }
}
