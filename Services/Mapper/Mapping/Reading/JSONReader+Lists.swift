import JSONCoding

extension JSONReader {
    /// Reads an array of whole numbers in place of those that were there; `null` is an empty one.
    mutating func readNumbers(into numbers: inout [Int64]) throws(JSONError) {
        numbers.removeAll(keepingCapacity: true)
        if try readNull() { return }
        try beginArray()
        while try nextElement() { numbers.append(try readInt64()) }
    }

    /// Reads an array of strings in place of those that were there; `null` is an empty one.
    mutating func readTexts(into texts: inout [String]) throws(JSONError) {
        texts.removeAll(keepingCapacity: true)
        if try readNull() { return }
        try beginArray()
        while try nextElement() { texts.append(try readString()) }
    }
}
