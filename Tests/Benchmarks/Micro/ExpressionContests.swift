import Mapping
import Messages

/// What fields cost that are made by expressions, beside fields that are taken as they are.
struct ExpressionContests {
    let page: UserPage

    func expressions() throws -> Contest {
        let json = try page.encode()
        let count = try PageMapping.map(users: json, by: CompiledMapping([])).users.count
        return Contest(
            name: "expressions",
            unit: "user",
            units: count,
            contenders: [
                try contender("five direct fields", Self.direct, .rival, json),
                try contender("five plain expressions", Self.plain, .ours, json),
                try contender("a pattern", ["if(matches(mobile, \"^1\\\\d{10}$\"), mobile)"], .ours, json),
                try contender("pinyin", ["pinyin(name)"], .ours, json),
            ]
        )
    }

    private static let direct = ["name", "email", "mobile", "position", "alias"].map { Source.field($0) }
    private static let plain: [Source] = [
        "concat(userid, \"@example.com\")", "lower(coalesce(biz_mail, email))", "digits(telephone)",
        "if(gender == \"1\", \"m\", \"f\")", "trim(position)",
    ]

    /// What a rule takes its value from.
    private enum Source: ExpressibleByStringLiteral {
        case field(String)
        case expression(String)

        init(stringLiteral source: String) { self = .expression(source) }
    }

    private func contender(
        _ name: String,
        _ sources: [Source],
        _ role: Contender.Role,
        _ json: [UInt8]
    ) throws -> Contender {
        let rules = zip(DirectoryField.texts, sources).map { field, source in
            switch source {
            case .field(let name): MappingRule(target: field.rawValue, kind: .direct, source: name)
            case .expression(let text): MappingRule(target: field.rawValue, kind: .expression, expression: text)
            }
        }
        let mapping = CompiledMapping(rules)
        return Contender(name: name, role: role, bytes: json.count) {
            try PageMapping.map(users: json, by: mapping).users
                .reduce(0) { $0 &+ Int(truncatingIfNeeded: $1.contentHash.low) }
        }
    }
}
