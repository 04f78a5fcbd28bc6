import JSONCoding
import Messages

/// The departments of one answer: their records as WeCom wrote them, made strict JSON where they are not, and how they
/// hang together.
struct DepartmentList: Sendable {
    /// What is read of a department here.
    struct Department: Sendable {
        let id: Int64
        let parent: Int64?
        /// Its record, as strict JSON.
        let record: ArraySlice<UInt8>
    }

    /// In the order in which they came; of two with one id the first.
    private(set) var departments: [Department] = []
    /// Departments that cannot be told apart, for want of an id, or cannot be read at all.
    private(set) var withoutID = 0
    /// Departments that are listed more than once, and not alike.
    private(set) var ambiguous: Set<Int64> = []
    /// How they hang together.
    let tree: DepartmentTree

    /// Without any department.
    static let empty = DepartmentList()

    private init() { tree = DepartmentTree([]) }

    private static let keys = JSONKeys(["id", "parentid"])

    /// Reads the body of `department/list` (`wecom.md` §3.1).
    ///
    /// - Throws: `JSONError` when it is not of its form.
    init(_ body: [UInt8]) throws(JSONError) {
        var departments: [Department] = []
        var places: [Int64: Int] = [:]
        var withoutID = 0
        var ambiguous: Set<Int64> = []
        try ElementList.read("department", in: body, lookingFor: Self.keys) { element in
            guard let element, let id = Self.number(0, of: element) else {
                withoutID += 1
                return
            }
            if let place = places[id] {
                if departments[place].record != element.text { ambiguous.insert(id) }
            } else {
                places[id] = departments.count
                departments.append(
                    Department(id: id, parent: Self.number(1, of: element), record: element.text)
                )
            }
        }
        self.departments = departments
        self.withoutID = withoutID
        self.ambiguous = ambiguous
        tree = DepartmentTree(departments.map { ($0.id, $0.parent) })
    }

    /// The record of a department.
    func bytes(of department: Department) -> ArraySlice<UInt8> { department.record }

    /// Departments that are below themselves, and are taken for roots.
    var cut: [Int64] { tree.cut }

    /// What is odd about the list though all of it is read, a sentence each.
    var oddities: [String] {
        cut.map { "Department \($0) is below itself, and is taken for a root." }
            + ambiguous.sorted().map { "WeCom lists department \($0) more than once, and not alike; the first holds." }
    }

    /// Where each of them stands.
    ///
    /// - Parameter isWhole: Whether the app sees no other departments.
    func paths(isWhole: Bool) -> DepartmentPaths {
        DepartmentPaths(departments.map(\.named), isWhole: isWhole && withoutID == 0)
    }

    private static func number(_ key: Int, of element: ListElement) -> Int64? {
        guard var reader = element.reader(at: key), case .value(let number)? = try? reader.readLenientInt64() else {
            return nil
        }
        return number
    }
}

extension DepartmentList.Department {
    private static let keys = JSONKeys(["name"])

    /// The department with its name.
    var named: DepartmentPaths.Department {
        DepartmentPaths.Department(id: id, parent: parent, name: (try? name) ?? .unreadable)
    }

    private var name: DepartmentPaths.Name {
        get throws(JSONError) {
            var reader = JSONReader(Array(record))
            var name = DepartmentPaths.Name.untold
            try reader.beginObject()
            while let key = try reader.nextKey(in: Self.keys) {
                guard key != JSONKeys.unknown else {
                    try reader.skipValue()
                    continue
                }
                switch try reader.readLenientText() {
                case .absent: name = .untold
                case .value(let text): name = DepartmentPaths.Name(text)
                case .unreadable: name = .unreadable
                }
            }
            return name
        }
    }
}
