import JSONCoding

/// Where the department of a person stands, as rules can ask for it: who reads people from WeCom adds it to their
/// records, which do not have it from WeCom.
///
/// A record without it is one of which it could not be told.
public enum DepartmentPath: Equatable, Sendable {
    /// The names of the departments that the app sees, from the topmost to the person's own.
    case names([String])
    /// WeCom does not tell it: the app does not see the department, or not all of its names.
    case untold

    /// The member of a person's record; WeCom writes none of its own in this way.
    public static let key = "departmentPath"

    /// The record with the path as its last member; one that is no object stays as it is.
    ///
    /// - Parameter record: As strict JSON.
    public func added(to record: ArraySlice<UInt8>) -> [UInt8] {
        guard let end = record.lastIndex(of: UInt8(ascii: "}")), record.first == UInt8(ascii: "{") else {
            return Array(record)
        }
        let members = record[..<end]
        let isEmpty = members.dropFirst().allSatisfy { $0 <= UInt8(ascii: " ") }
        return Array(members) + Array("\(isEmpty ? "" : ",")\"\(Self.key)\":".utf8) + value + [UInt8(ascii: "}")]
    }

    private var value: [UInt8] {
        var writer = JSONWriter(reserving: 64)
        switch self {
        case .names(let names):
            writer.beginArray()
            for name in names { writer.write(name) }
            writer.endArray()
        case .untold: writer.writeNull()
        }
        return writer.bytes
    }
}
