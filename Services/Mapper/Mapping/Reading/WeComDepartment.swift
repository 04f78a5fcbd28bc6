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

    static func read(
        _ reader: inout JSONReader,
        _: Void,
        field: inout Key?
    ) throws(JSONError) -> WeComDepartment {
        var department = WeComDepartment()
        try reader.beginObject()
        while let index = try reader.nextKey(in: keys) {
            guard index != JSONKeys.unknown else {
                try reader.skipValue()
                continue
            }
            field = keysInOrder[index]
            switch keysInOrder[index] {
            case .id: department.id = try reader.readInt64OrNull()
            case .name: department.name = try reader.readStringOrNull()
            case .name_en: department.englishName = try reader.readStringOrNull()
            case .department_leader: department.leaders = try reader.readTexts()
            case .parentid: department.parentID = try reader.readInt64OrNull()
            case .order: department.order = try reader.readInt64OrNull()
            }
            field = nil
        }
        return department
    }
}
