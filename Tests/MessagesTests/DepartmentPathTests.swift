import JSONCoding
import Messages
import Testing

/// Where departments stand, and how a person's record tells it.
@Suite(.timeLimit(.minutes(5)))
struct DepartmentPathTests {
    private static func department(_ id: Int64, under parent: Int64?, _ name: String?) -> DepartmentPaths.Department {
        DepartmentPaths.Department(id: id, parent: parent, name: .init(name))
    }

    private static let tree = [
        department(1, under: 0, "总部"), department(2, under: 1, "研发"), department(3, under: 2, "平台"),
        department(12, under: 77, "分部"), department(13, under: 12, "一组"), department(20, under: 1, nil),
        department(21, under: 20, "x"), department(30, under: 1, "a\0b"), department(31, under: 30, "y"),
    ]

    @Test("a path begins at the topmost department that is seen")
    func paths() {
        let paths = DepartmentPaths(Self.tree)
        #expect(paths.path(of: 3) == .names(["总部", "研发", "平台"]))
        #expect(paths.path(of: 13) == .names(["分部", "一组"]))
        #expect(paths.path(of: 77) == .untold)
    }

    @Test("without all names no path is told, and with one that cannot be taken none is known")
    func names() {
        let paths = DepartmentPaths(Self.tree)
        #expect(paths.path(of: 21) == .untold && paths.path(of: 20) == .untold)
        #expect(paths.path(of: 31) == nil && paths.path(of: 30) == nil)
        #expect(DepartmentPaths.Name("") == .untold)
        #expect(DepartmentPaths.Name(String(repeating: "x", count: 2_049)) == .unreadable)
    }

    @Test("what WeCom did not tell of is not taken for unseen")
    func unknown() {
        #expect(DepartmentPaths(Self.tree, unknown: [77]).path(of: 13) == nil)
        #expect(DepartmentPaths(Self.tree, unknown: [9]).path(of: 9) == nil)
        let part = DepartmentPaths(Self.tree, isWhole: false)
        #expect(part.path(of: 13) == nil && part.path(of: 9) == nil)
        #expect(part.path(of: 2) == .names(["总部", "研发"]))
    }

    @Test("a ring is cut at its smallest id, as the directory does, and what is too deep is not known")
    func oddTrees() {
        let ring = [(5, 7), (7, 6), (6, 5), (8, 7)].map { Self.department($0, under: $1, "\($0)") }
        let paths = DepartmentPaths(ring)
        #expect(paths.path(of: 8) == .names(["5", "6", "7", "8"]))
        #expect(paths.path(of: 5) == .names(["5"]))
        let deep = DepartmentPaths((1...40).map { Self.department($0, under: $0 - 1, "d") })
        #expect(deep.path(of: 32) == .names(Array(repeating: "d", count: 32)))
        #expect(deep.path(of: 33) == nil)
    }

    @Test("names, places and what is known tell departments from others, their order does not")
    func digests() {
        let paths = DepartmentPaths(Self.tree)
        #expect(paths.digest == DepartmentPaths(Self.tree.reversed()).digest)
        var others = [Self.tree, Self.tree, Self.tree, Array(Self.tree.dropLast())]
        others[1][1] = Self.department(2, under: 1, "研究")
        others[2][1] = Self.department(2, under: 12, "研发")
        var digests = others.map { DepartmentPaths($0).digest }
        digests.append(DepartmentPaths(Self.tree, unknown: [9]).digest)
        digests.append(DepartmentPaths(Self.tree, isWhole: false).digest)
        #expect(Set(digests).count == 6)
    }

    /// A person's departments, and the one that counts; nil where that cannot be read.
    struct CountingCase: Sendable, CustomTestStringConvertible {
        let record: String
        let counting: Int64??
        var testDescription: String { record }
    }

    @Test(
        "the main department counts if the person is in it, else the first",
        arguments: [
            CountingCase(record: #"{"department":[4,"3",2],"main_department":3}"#, counting: .some(3)),
            CountingCase(record: #"{"main_department":9,"department":[4,3]}"#, counting: .some(4)),
            CountingCase(record: #"{"department":[4,3],"main_department":{}}"#, counting: .some(4)),
            CountingCase(record: #"{"department":[],"main_department":3}"#, counting: .some(nil)),
            CountingCase(record: #"{"main_department":3}"#, counting: .some(3)),
            CountingCase(record: #"{}"#, counting: .some(nil)),
            CountingCase(record: #"{"department":[4,{}],"main_department":4}"#, counting: nil),
            CountingCase(record: #"{"department":{}}"#, counting: nil),
            CountingCase(record: #"{"department":null,"main_department":3}"#, counting: .some(3)),
            CountingCase(record: #"{"department":"","main_department":3}"#, counting: .some(nil)),
            CountingCase(record: #"{"department":4}"#, counting: .some(4)),
            CountingCase(record: #"{"department":"4,3","main_department":3}"#, counting: .some(3)),
            CountingCase(record: #"{"department":"4,x","main_department":4}"#, counting: nil),
            CountingCase(record: #"{"department":true,"main_department":4}"#, counting: nil),
            CountingCase(record: #"{"department":4.5}"#, counting: nil),
            CountingCase(record: "5", counting: nil),
        ]
    )
    func counting(example: CountingCase) {
        #expect(PersonDepartments(Array(example.record.utf8)).counting == example.counting)
    }

    @Test("the path is the last member of a record, and stands in none of which it is not known")
    func adding() throws {
        let paths = DepartmentPaths(Self.tree)
        for (record, told) in [
            (#"{"userid":"a","department":[2]}"#, #"{"userid":"a","department":[2],"departmentPath":["总部","研发"]}"#),
            (#"{ }"#, #"{ "departmentPath":null}"#),
            (#"{"department":[20]}"#, #"{"department":[20],"departmentPath":null}"#),
            (#"{"department":[31]}"#, #"{"department":[31]}"#), ("[{}]", "[{}]"), ("5", "5"),
        ] {
            let added = Array(paths.adding(to: Array(record.utf8)[...]))
            #expect(String(decoding: added, as: UTF8.self) == told)
        }
        let quoted = DepartmentPath.names(["a\"b\\"]).added(to: Array(#"{"x":{}}"#.utf8)[...])
        #expect(String(decoding: quoted, as: UTF8.self) == #"{"x":{},"departmentPath":["a\"b\\"]}"#)
    }
}
