import JSONCoding
import Messages

/// The people of one answer: their records as WeCom wrote them, made strict JSON where they are not, and who they are.
struct UserList: Sendable {
    /// As they came, to be cut into pages.
    private(set) var pages: [RawJSON] = []
    /// The digests of their keys, in order; one that comes twice is there twice.
    private(set) var keys: [ContentDigest] = []
    /// Where the keys of each page after the first begin.
    private var starts: [Int] = []
    /// People that cannot be told apart, for want of a user id.
    private(set) var withoutID = 0
    /// People whose records are too large for a message; they are in no page.
    private(set) var tooLarge = 0
    /// People whose records cannot be made JSON; they are in no page.
    private(set) var tooOdd = 0

    /// By which records tell where departments stand; nil where no rule asks.
    private let paths: DepartmentPaths?

    private static let keysOfUser = JSONKeys(["userid"])

    /// Reads the body of `user/list` (`wecom.md` §3.5).
    ///
    /// - Throws: `JSONError` when it is not of its form.
    init(
        departmentAnswer body: [UInt8],
        isCaseSensitive: Bool,
        paths: DepartmentPaths? = nil
    ) throws(JSONError) {
        var list = UserList(paths)
        var cutter = PageCutter()
        try ElementList.read("userlist", in: body, lookingFor: Self.keysOfUser) {
            list.add($0, to: &cutter, isCaseSensitive: isCaseSensitive)
        }
        list.pages = cutter.finish()
        self = list
    }

    /// Reads bodies of `user/get`, each the object of one person (`wecom.md` §3.6). One that is not of its form is counted,
    /// and keeps none of the others from being read.
    init(personAnswers bodies: [[UInt8]], isCaseSensitive: Bool, paths: DepartmentPaths? = nil) {
        self.paths = paths
        var cutter = PageCutter()
        for body in bodies { add(Self.person(body), to: &cutter, isCaseSensitive: isCaseSensitive) }
        pages = cutter.finish()
    }

    /// The one object that a body is; `nil` where it is none, or too odd to be mended.
    private static func person(_ body: [UInt8]) -> ListElement? {
        var reader = JSONReader(body)
        guard (try? reader.peek()) == .object,
            let person = try? ListElement(reading: &reader, of: body, lookingFor: keysOfUser),
            (try? reader.finish()) != nil
        else { return nil }
        return person
    }

    private init(_ paths: DepartmentPaths?) { self.paths = paths }

    /// The departments that count of the people of an answer, each once.
    ///
    /// - Throws: `JSONError` when it is not of its form.
    static func departments(ofAnswer body: [UInt8]) throws(JSONError) -> Set<Int64> {
        var departments: Set<Int64> = []
        try ElementList.read("userlist", in: body, lookingFor: keysOfUser) { person in
            guard let person, case .some(.some(let id)) = PersonDepartments(Array(person.text)).counting else { return }
            departments.insert(id)
        }
        return departments
    }

    /// The keys of a page's people.
    func keys(ofPage number: Int) -> ArraySlice<ContentDigest> {
        let start = number == 0 ? 0 : starts[number - 1]
        return keys[start..<(number < starts.count ? starts[number] : keys.count)]
    }

    private mutating func add(_ person: ListElement?, to cutter: inout PageCutter, isCaseSensitive: Bool) {
        guard let person else {
            tooOdd += 1
            return
        }
        guard cutter.add(paths?.adding(to: person.text) ?? person.text) else {
            tooLarge += 1
            return
        }
        if cutter.pages.count > starts.count { starts.append(keys.count) }
        if let id = Self.userID(of: person) {
            keys.append(DirectoryKey(id, isCaseSensitive: isCaseSensitive).digest)
        } else {
            withoutID += 1
        }
    }

    /// What is no object has no id.
    private static func userID(of person: ListElement) -> String? {
        guard var reader = person.reader(at: 0), let id = try? reader.readIdentifier() else { return nil }
        // Longer ones exist nowhere (`wecom.md` §3.6, §4.4), and the mapper takes none.
        guard (1...129).contains(id.utf8.count), !id.utf8.contains(0) else { return nil }
        return id
    }
}
