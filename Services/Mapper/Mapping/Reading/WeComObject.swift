package import JSONCoding

/// An object of WeCom's lists.
package protocol WeComObject: Sendable {
    associatedtype Key: RawRepresentable<String>
    /// Which fields to read.
    associatedtype Selection: Sendable

    /// The key of the object's id.
    static var idKey: Key { get }

    /// An object of which nothing was read.
    init()

    /// Forgets what was read, and keeps the memory for the next one.
    mutating func clear()

    /// Reads one object into this one, which is clear; keys that WeCom does not document are stepped over.
    ///
    /// - Parameter field: The key whose value is being read: once it throws, the one to blame.
    /// - Throws: What was expected instead of what stands there.
    mutating func read(
        _ reader: inout JSONReader,
        _ selection: Selection,
        field: inout Key?
    ) throws(JSONError)
}

extension WeComObject {
    /// Reads one object, and names the field that is not as WeCom documents it.
    mutating func readOrRefuse(_ reader: inout JSONReader, _ selection: Selection) throws(RecordRefusal) {
        var field: Key?
        do throws(JSONError) {
            try read(&reader, selection, field: &field)
        } catch {
            guard let field else { throw RecordRefusal("the record has no valid \(error.expected)") }
            throw RecordRefusal("the field \(field.rawValue) has no valid \(error.expected)")
        }
    }

    /// The id of an object that is refused, if that much can be read and kept.
    static func id(in bytes: [UInt8], _ element: Range<Int>) -> String? {
        var reader = JSONReader(bytes, in: element)
        let keys = JSONKeys([idKey.rawValue])
        var id: String?
        do throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey(in: keys) {
                if key == JSONKeys.unknown {
                    try reader.skipValue()
                } else {
                    id = try reader.readID()
                }
            }
        } catch {}
        guard let id, !id.isEmpty, id.utf8.count <= WeComUser.longestID, !id.utf8.contains(0) else { return nil }
        return id
    }
}

extension JSONReader {
    fileprivate mutating func readID() throws(JSONError) -> String? {
        switch try peek() {
        case .string: return try readString()
        case .number: return String(try readInt64())
        default:
            try skipValue()
            return nil
        }
    }
}
