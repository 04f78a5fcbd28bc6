import JSONCoding
import Messages

/// A department as WeCom shows one (`wecom.md` §3.1). A field that is absent, `null`, or could not be taken, is `nil`.
struct WeComDepartment: WeComObject, Equatable {
    /// The keys of WeCom's department object, in the order in which it mostly sends them.
    enum Key: String, CaseIterable, Sendable {
        case id, name, name_en, department_leader, parentid, order
    }

    private static let keys = JSONKeys(Key.allCases.map(\.rawValue))
    private static let keysInOrder = Key.allCases

    var id: Int64?
    var name: String?
    var englishName: String?
    var leaders: [String]?
    var parentID: Int64?
    var order: Int64?
    var problems: [UntakenField] = []

    var object: DirectoryObject? { id.map { .department($0) } }

    mutating func clear() { self = WeComDepartment() }

    mutating func read(_ reader: inout JSONReader, _: Void) throws(JSONError) {
        try reader.beginObject()
        while let index = try reader.nextKey(in: Self.keys) {
            guard index != JSONKeys.unknown else {
                try reader.skipValue()
                continue
            }
            let key = Self.keysInOrder[index]
            switch key {
            case .id: id = try number(key, from: &reader)
            case .name: name = try text(key, from: &reader)
            case .name_en: englishName = try text(key, from: &reader)
            case .department_leader:
                var ids: [String] = []
                leaders = isTaken(try reader.readIDs(into: &ids), key) ? ids : nil
            case .parentid: parentID = try number(key, from: &reader)
            case .order: order = try number(key, from: &reader)
            }
        }
    }
}
