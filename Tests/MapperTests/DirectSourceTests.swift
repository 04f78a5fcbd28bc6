import Testing

@testable import Mapping

/// What a direct rule may take its value from.
@Suite(.timeLimit(.minutes(5)))
struct DirectSourceTests {
    /// Somebody of whom WeCom tells all that is a text or a number.
    private let user: WeComUser = {
        var user = WeComUser()
        let texts: [WritableKeyPath<WeComUser, String?>] = [
            \.userID, \.name, \.position, \.mobile, \.gender, \.email, \.avatar, \.thumbAvatar, \.telephone, \.alias,
            \.qrCode, \.externalPosition, \.address, \.openUserID, \.businessMail, \.englishName,
        ]
        let numbers: [WritableKeyPath<WeComUser, Int64?>] = [
            \.status, \.mainDepartment, \.enable, \.isLeader, \.hidesMobile,
        ]
        for text in texts { user[keyPath: text] = "x" }
        for number in numbers { user[keyPath: number] = 1 }
        return user
    }()

    @Test("a field can be named exactly where people can have a text there", arguments: WeComUser.Key.allCases)
    func fields(_ key: WeComUser.Key) {
        #expect((DirectSource.fault(of: key.rawValue) == nil) == (user.text(of: key) != nil))
    }

    private static let examples: [(String, DirectSource.Fault?)] = [
        ("extattr.工号", nil), ("main_department", nil), ("emial", .unknown(nearest: "email")),
        ("Mobile", .unknown(nearest: "mobile")), ("bizMail", .unknown(nearest: "biz_mail")),
        ("colour", .unknown(nearest: nil)), ("lower", .unknown(nearest: nil)),
        ("direct_leader", .needsExpression("first(direct_leader)")),
        ("department", .needsExpression("first(department)")),
        ("departmentName", .needsExpression("departmentName()")),
        ("departmentPath", .needsExpression("join(departmentPath(), \"/\")")),
        ("order", .noText), ("extattr", .noText),
    ]

    @Test("of any other source it is told what was probably meant, or what makes a text of it", arguments: examples)
    func faults(_ source: String, _ fault: DirectSource.Fault?) {
        #expect(DirectSource.fault(of: source) == fault)
    }
}
