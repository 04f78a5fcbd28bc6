import JSONCoding

/// The departments that a person's record names.
public struct PersonDepartments: Equatable, Sendable {
    /// Nil where the record does not tell them in a form that is known.
    public private(set) var ids: [Int64]?
    private var main: Int64?
    /// Whether the record can be read to its end.
    private var isReadable = false

    private static let keys = JSONKeys(["department", "main_department"])

    /// - Parameter record: An object of a person as WeCom shows one.
    public init(_ record: [UInt8]) {
        do throws(JSONError) { isReadable = try read(record) } catch { ids = nil }
    }

    /// The one that counts where one is asked for: the main one, if the person is in it, else the first.
    ///
    /// - Returns: `.some(nil)` for a person of whom no department is told; nil where that cannot be read.
    public var counting: Int64?? {
        guard isReadable else { return nil }
        guard let ids else { return .some(main) }
        if let main, ids.contains(main) { return .some(main) }
        return .some(ids.first)
    }

    private mutating func read(_ record: [UInt8]) throws(JSONError) -> Bool {
        var reader = JSONReader(record)
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.keys) {
            switch key {
            case 0:
                if try reader.peek() == .null {
                    try reader.skipValue()
                    continue
                }
                guard let found = try Self.numbers(&reader) else {
                    ids = nil
                    return false
                }
                ids = found
            case 1: if case .value(let id) = try reader.readLenientInt64() { main = id }
            default: try reader.skipValue()
            }
        }
        return true
    }

    /// Reads a list as leniently as the mapper, so that both know the same departments: also a number alone, `""` for
    /// none, and a text with commas, as WeCom writes lists in its callbacks (`wecom.md` §2.5).
    private static func numbers(_ reader: inout JSONReader) throws(JSONError) -> [Int64]? {
        switch try reader.peek() {
        case .array: return try elements(&reader)
        case .number:
            guard case .value(let id) = try reader.readLenientInt64() else { return nil }
            return [id]
        case .string:
            guard case .value(let text) = try reader.readLenientText() else { return nil }
            if text.isEmpty { return [] }
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let found = parts.compactMap { Int64($0) }
            return found.count == parts.count ? found : nil
        case .object, .boolean, .null: return nil
        }
    }

    private static func elements(_ reader: inout JSONReader) throws(JSONError) -> [Int64]? {
        var found: [Int64] = []
        try reader.beginArray()
        while try reader.nextElement() {
            guard case .value(let id) = try reader.readLenientInt64() else { return nil }
            found.append(id)
        }
        return found
    }
}
