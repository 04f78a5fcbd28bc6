import SuiteTesting

/// Fifteen rules, five of them expressions: what a tenant that has thought about its mapping has.
enum SyncRules {
    static let fifteen: JSON = [
        direct("username", "userid"), direct("displayName", "name"),
        expression("email", "lower(coalesce(biz_mail, email))"),
        expression("mobile", "replace(mobile, \"+86\", \"\")"), direct("telephone", "telephone"),
        direct("title", "position"), expression("alias", "coalesce(alias, pinyin(name))"), direct("gender", "gender"),
        expression("employeeNumber", "digits(userid)"), direct("avatar", "thumb_avatar"), direct("address", "address"),
        expression("manager", "first(direct_leader)"), direct("department", "main_department"),
        ["target": "locale", "kind": "constant", "value": "zh-CN"], direct("status", "status"),
    ]

    private static func direct(_ target: String, _ source: String) -> JSON {
        ["target": .string(target), "kind": "direct", "source": .string(source)]
    }

    private static func expression(_ target: String, _ text: String) -> JSON {
        ["target": .string(target), "kind": "expression", "expression": .string(text)]
    }
}
