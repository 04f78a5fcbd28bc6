import JSONCoding

/// A department as WeCom shows one (`wecom.md` §3.1).
struct WeComDepartment: WeComObject, Equatable {
    /// The keys of WeCom's department object, in the order in which it mostly sends them.
    enum Key: String, CaseIterable, Sendable {
        case id, name, name_en, department_leader, parentid, order
    }

    static var idKey: Key { .id }

    private static let keys = JSONKeys(Key.allCases.map(\.rawValue))
    private static let keysInOrder = Key.allCases

    var id: Int64?
    var name: String?
    var englishName: String?
    var leaders: [String] = []
    var parentID: Int64?
    var order: Int64?

    mutating func clear() { self = WeComDepartment() }

    mutating func read(
        _ reader: inout JSONReader,
        _: Void,
        field: inout Key?
    ) throws(JSONError) {
        try reader.beginObject()
        while let index = try reader.nextKey(in: Self.keys) {
            guard index != JSONKeys.unknown else {
                try reader.skipValue()
                continue
            }
            field = Self.keysInOrder[index]
            switch Self.keysInOrder[index] {
            case .id: id = try reader.readInt64OrNull()
            case .name: name = try reader.readStringOrNull()
            case .name_en: englishName = try reader.readStringOrNull()
            case .department_leader: try reader.readTexts(into: &leaders)
            case .parentid: parentID = try reader.readInt64OrNull()
            case .order: order = try reader.readInt64OrNull()
            }
            field = nil
        }
    }
}
