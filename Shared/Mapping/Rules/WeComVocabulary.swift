package import Expressions

extension Vocabulary {
    /// The fields of WeCom's user object that expressions may name. Numbers of departments are texts in the list
    /// `department`, as lists hold texts.
    package static let weCom = Vocabulary(
        Dictionary(
            uniqueKeysWithValues: WeComUser.Key.allCases.compactMap { key in key.type.map { (key.rawValue, $0) } }
        )
    )
}

extension WeComUser.Key {
    /// Whether a direct rule can take it: it is a text, or a number, which is read as its digits.
    var isText: Bool { type == .text || type == .number }

    /// What it holds; nil for what expressions cannot name.
    var type: ValueType? {
        switch self {
        case .status, .main_department, .enable, .isleader, .hide_mobile: .number
        case .department, .direct_leader: .list
        case .order, .is_leader_in_dept, .extattr, .external_profile, .departmentPath: nil
        default: .text
        }
    }
}

extension WeComUser {
    /// The value of a field as expressions see it.
    func value(of key: Key) -> Value {
        switch key {
        case .status: Self.number(status)
        case .main_department: Self.number(mainDepartment)
        case .enable: Self.number(enable)
        case .isleader: Self.number(isLeader)
        case .hide_mobile: Self.number(hidesMobile)
        case .department: hasDepartments ? .list(departments.compactMap { $0.map(String.init) }) : .absent
        case .direct_leader: hasDirectLeaders ? .list(directLeaders) : .absent
        default: text(of: key).map(Value.text) ?? .absent
        }
    }

    private static func number(_ number: Int64?) -> Value { number.map { .number(Double($0)) } ?? .absent }
}
