import NIOCore

/// What makes two applications see the same: they share one view and its rendered lists.
struct ViewKey: Sendable, Hashable {
    var range: VisibleRange
    var fields: FieldSet
    var parentOfRoots: DepartmentRendering.ParentOfRoots
}

/// An organisation through the eyes of an application. Each list is rendered once, and again only after a change.
struct View: Sendable {
    let visibility: Visibility
    let key: ViewKey
    private var userLists: [Int: ByteBuffer] = [:]
    private var simpleUserLists: [Int: ByteBuffer] = [:]
    private var departmentLists: [Int: ByteBuffer] = [:]
    private var simpleDepartmentLists: [Int: ByteBuffer] = [:]
    /// The place of the list of everything among those by department.
    private static let everything = 0

    init(_ key: ViewKey, of organisation: Organisation) {
        self.key = key
        visibility = key.range.resolve(in: organisation)
    }

    func people(in organisation: Organisation) -> UserRendering {
        UserRendering(organisation: organisation, visibility: visibility, fields: key.fields)
    }

    func departments(in organisation: Organisation) -> DepartmentRendering {
        DepartmentRendering(people: people(in: organisation), parentOfRoots: key.parentOfRoots)
    }

    mutating func userList(of department: Int, in organisation: Organisation) -> ByteBuffer {
        if let list = userLists[department] { return list }
        let people = people(in: organisation)
        let list = Self.list("userlist", organisation.users(in: department)) { people.write($1, to: &$0) }
        userLists[department] = list
        return list
    }

    mutating func simpleUserList(of department: Int, in organisation: Organisation) -> ByteBuffer {
        if let list = simpleUserLists[department] { return list }
        let people = people(in: organisation)
        let list = Self.list("userlist", organisation.users(in: department)) { people.writeSimple($1, to: &$0) }
        simpleUserLists[department] = list
        return list
    }

    mutating func departmentList(below id: Int?, in organisation: Organisation) -> ByteBuffer {
        if let list = departmentLists[id ?? Self.everything] { return list }
        let departments = departments(in: organisation)
        let list = Self.list("department", departments.visible(below: id)) { departments.write($1, to: &$0) }
        departmentLists[id ?? Self.everything] = list
        return list
    }

    mutating func simpleDepartmentList(below id: Int?, in organisation: Organisation) -> ByteBuffer {
        if let list = simpleDepartmentLists[id ?? Self.everything] { return list }
        let departments = departments(in: organisation)
        let list = Self.list("department_id", departments.visible(below: id)) { departments.writeSimple($1, to: &$0) }
        simpleDepartmentLists[id ?? Self.everything] = list
        return list
    }

    /// Forgets the lists in which those departments' people stand.
    mutating func forgetPeople(of departments: [Int]) {
        for department in departments {
            userLists[department] = nil
            simpleUserLists[department] = nil
        }
    }

    private static func list<Element>(
        _ name: String,
        _ elements: some Sequence<Element>,
        _ write: (inout JSONWriter, Element) -> Void
    ) -> ByteBuffer {
        var writer = JSONWriter(reserving: 4096, controlCharacters: .raw)
        writer.object { writer in
            writer.member("errcode", 0)
            writer.member("errmsg", "ok")
            writer.name(name)
            writer.array(elements, write)
        }
        return writer.buffer
    }
}
