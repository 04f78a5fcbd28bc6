import Messages
import Testing

/// A department of which WeCom's answer is odd, and what has to come of it.
struct OddDepartment: Sendable, CustomTestStringConvertible {
    /// What is odd.
    let name: String
    /// The members of the department's object.
    let members: String
    /// The record without its digest; `nil` where the id cannot be read.
    let arrives: DepartmentRecord?
    /// What the run's report says: WeCom's name of the field, and what is the matter.
    let told: [(String, FieldProblem.Kind)]

    init(
        _ name: String,
        _ members: String,
        _ arrives: DepartmentRecord?,
        told: [(String, FieldProblem.Kind)] = []
    ) {
        self.name = name
        self.members = members
        self.arrives = arrives
        self.told = told
    }

    var testDescription: String { name }
}

/// Departments of which WeCom's answer is odd (`wecom.md` §3.1).
extension OddDepartment {
    static let all = ids + fields

    private static func record(
        parent: Int64? = nil,
        name: String? = nil,
        englishName: String? = nil,
        order: Int64? = nil,
        leaders: [String]? = nil
    ) -> DepartmentRecord {
        DepartmentRecord(
            externalID: 9,
            parentID: parent,
            name: name,
            englishName: englishName,
            order: order,
            leaders: leaders,
            contentHash: .zero
        )
    }

    private static let ids = [
        OddDepartment("an id as a text", #""id":"9","parentid":7"#, record(parent: 7)),
        OddDepartment("an id with a fraction of nothing", #""id":9.0"#, record()),
        OddDepartment("an id that is no number", #""id":"nine","name":"x""#, nil),
        OddDepartment("an id that is null", #""id":null"#, nil),
        OddDepartment("no id", #""name":"x""#, nil),
        OddDepartment("an id as a list", #""id":[9]"#, nil),
    ]

    private static let fields = [
        OddDepartment("a parent as a text", #""id":9,"parentid":"7""#, record(parent: 7)),
        OddDepartment("no parent", #""id":9,"parentid":0"#, record(parent: 0)),
        OddDepartment("a parent that is null", #""id":9,"parentid":null"#, record()),
        OddDepartment(
            "a parent as an object",
            #""id":9,"parentid":{},"order":1"#,
            record(order: 1),
            told: [("parentid", .wrongType)]
        ),
        OddDepartment(
            "a department that is its own parent",
            #""id":9,"parentid":9,"name":"九""#,
            record(parent: 0, name: "九"),
            told: [("parentid", .cycle)]
        ),
        OddDepartment("an order as a text", #""id":9,"order":"4294967295""#, record(order: 4_294_967_295)),
        OddDepartment("no order", #""id":9,"name":"九""#, record(name: "九")),
        OddDepartment(
            "an order as a word",
            #""id":9,"order":"first","name":"九""#,
            record(name: "九"),
            told: [("order", .wrongType)]
        ),
        OddDepartment(
            "a name with a NUL",
            #""id":9,"name":"a\u0000b","order":2"#,
            record(order: 2),
            told: [("name", .badCharacter)]
        ),
        OddDepartment(
            "a name with a control character as it is",
            "\"id\":9,\"name\":\"a\u{2}\"",
            record(name: "a\u{2}")
        ),
        OddDepartment("a name as a number", #""id":9,"name":2024"#, record(name: "2024")),
        OddDepartment(
            "a name that is too long",
            #""id":9,"name":"\#(String(repeating: "部", count: 700))","parentid":7"#,
            record(parent: 7),
            told: [("name", .tooLong)]
        ),
        OddDepartment(
            "an English name as a list",
            #""id":9,"name":"九","name_en":["nine"]"#,
            record(name: "九"),
            told: [("name_en", .wrongType)]
        ),
        OddDepartment("one leader alone", #""id":9,"department_leader":"boss""#, record(leaders: ["boss"])),
        OddDepartment("no leader", #""id":9,"department_leader":[]"#, record(leaders: [])),
        OddDepartment(
            "leaders that are none among others",
            #""id":9,"department_leader":["a",null,{}]"#,
            record(leaders: ["a"]),
            told: [("department_leader", .badElement)]
        ),
        OddDepartment(
            "leaders as a boolean",
            #""id":9,"department_leader":true"#,
            record(),
            told: [("department_leader", .wrongType)]
        ),
    ]
}
