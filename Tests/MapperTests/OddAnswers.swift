import Messages
import Testing

@testable import Mapping

/// A person of whom WeCom's answer is odd, and what has to come of it.
struct OddPerson: Sendable, CustomTestStringConvertible {
    /// What is odd.
    let name: String
    /// The members of the person's object, without the id.
    let members: [UInt8]
    /// What arrives, and what is kept.
    let arrives: [Arrival]
    /// What the run's report says: WeCom's name of the field, and what is the matter.
    let told: [String: FieldProblem.Kind]

    init(_ name: String, _ members: String, _ arrives: Arrival..., told: [String: FieldProblem.Kind] = [:]) {
        self.init(name, bytes: Array(members.utf8), arrives, told: told)
    }

    init(_ name: String, bytes: [UInt8], _ arrives: [Arrival], told: [String: FieldProblem.Kind] = [:]) {
        self.name = name
        members = bytes
        self.arrives = arrives
        self.told = told
    }

    var testDescription: String { name }

    /// Whether the person's status is what is odd.
    var isAboutStatus: Bool { String(decoding: members, as: UTF8.self).contains("\"status\"") }
}

/// One field of a mapped person.
enum Arrival: Equatable, Sendable {
    /// A field of the directory has this text.
    case text(DirectoryField, String)
    /// A field of the directory stays as it was.
    case kept(DirectoryField)
    case status(UserRecord.Status?)
    case departments([UserRecord.Membership]?)
    case leaders([String]?)
    case mainDepartment(Int64?)
    /// An extended field has this text; `nil` where it stays as it was.
    case attribute(String, String?)

    /// Whether a record says so.
    func holds(of record: UserRecord) -> Bool {
        switch self {
        case .text(let field, let text): record[field] == text
        case .kept(let field): record[field] == nil
        case .status(let status): record.status == status
        case .departments(let memberships): record.memberships == memberships
        case .leaders(let leaders): record.leaders == leaders
        case .mainDepartment(let department): record.mainDepartment == department
        case .attribute(let key, let text): record.attributes[key] == text
        }
    }

    static func places(_ departments: Int64...) -> Arrival {
        .departments(departments.map { UserRecord.Membership(department: $0) })
    }
}

extension CompiledMapping {
    /// The usual rules, and two extended fields.
    static let ofOddAnswers = CompiledMapping(
        MappingRule.defaults + [
            MappingRule(target: "badge", kind: .direct, source: "extattr.工号"),
            MappingRule(target: "room", kind: .direct, source: "extattr.房间", value: "none", missing: .default),
        ],
        extendedFields: [
            ExtendedField(key: "badge", titles: ["zh": "工号"]), ExtendedField(key: "room", titles: ["zh": "房间"]),
        ]
    )
}
