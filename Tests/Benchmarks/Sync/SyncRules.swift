import SuiteTesting

/// By which rules a round measures.
enum SyncRules: CaseIterable {
    /// Those that a tenant begins with.
    case beginning
    /// Fifteen rules, five of them expressions: what a tenant has that has thought about its mapping.
    case expressions
    /// Rules for the same fifteen fields without an expression.
    case direct

    /// How a round is called.
    var title: String {
        switch self {
        case .beginning: ""
        case .expressions: ", by 15 rules"
        case .direct: ", by 15 rules without expressions"
        }
    }

    /// Nil leaves those that a tenant begins with.
    var mapping: JSON? {
        switch self {
        case .beginning: nil
        case .expressions: .array(Self.common + Self.five)
        case .direct: .array(Self.common + Self.fiveDirect)
        }
    }

    private static let common: [JSON] = [
        direct("username", "userid"), direct("displayName", "name"), direct("telephone", "telephone"),
        direct("title", "position"), direct("gender", "gender"), direct("avatar", "thumb_avatar"),
        direct("address", "address"), direct("department", "main_department"),
        ["target": "locale", "kind": "constant", "value": "zh-CN"], direct("status", "status"),
    ]

    private static let five = [
        expression("email", "lower(coalesce(biz_mail, email))"), expression("mobile", "replace(mobile, \"+86\", \"\")"),
        expression("alias", "coalesce(alias, pinyin(name))"), expression("employeeNumber", "digits(userid)"),
        expression("manager", "first(direct_leader)"),
    ]

    /// Lists are taken by expressions alone: a manager is as long as a user id.
    private static let fiveDirect = [
        direct("email", "biz_mail"), direct("mobile", "mobile"), direct("alias", "alias"),
        direct("employeeNumber", "userid"), direct("manager", "userid"),
    ]

    private static func direct(_ target: String, _ source: String) -> JSON {
        ["target": .string(target), "kind": "direct", "source": .string(source)]
    }

    private static func expression(_ target: String, _ text: String) -> JSON {
        ["target": .string(target), "kind": "expression", "expression": .string(text)]
    }
}
