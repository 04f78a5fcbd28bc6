/// Departments as an app sees them, by which it is told where each stands (``DepartmentPath``).
public struct DepartmentPaths: Sendable {
    /// Levels of a tree at most (`wecom.md` §3.13), and some more; of what is deeper nothing is told.
    public static let mostLevels = 32

    /// A department.
    public struct Department: Equatable, Sendable {
        /// Its number in WeCom.
        public let id: Int64
        /// The one above it; of a top one nil or 0.
        public let parent: Int64?
        /// What WeCom tells of its name.
        public let name: Name

        /// All of it at once.
        public init(id: Int64, parent: Int64?, name: Name) {
            self.id = id
            self.parent = parent.flatMap { $0 > 0 ? $0 : nil }
            self.name = name
        }
    }

    /// A department's name.
    public enum Name: Equatable, Sendable {
        /// As WeCom has it.
        case told(String)
        /// WeCom tells the app none.
        case untold
        /// It cannot be taken.
        case unreadable

        /// - Parameter text: As WeCom tells it.
        public init(_ text: String?) {
            switch text {
            case nil, "": self = .untold
            case let text? where text.utf8.count > 2_048 || text.utf8.contains(0): self = .unreadable
            case let text?: self = .told(text)
            }
        }
    }

    private let departments: [Int64: Department]
    private let cut: Set<Int64>
    private let unknown: Set<Int64>
    private let isWhole: Bool

    /// - Parameters:
    ///   - departments: In any order, each id once.
    ///   - unknown: Departments that WeCom did not tell of when it was asked.
    ///   - isWhole: Whether the app sees no other departments.
    public init(_ departments: some Sequence<Department>, unknown: Set<Int64> = [], isWhole: Bool = true) {
        self.departments = Dictionary(departments.map { ($0.id, $0) }) { first, _ in first }
        self.unknown = unknown
        self.isWhole = isWhole
        cut = Set(DepartmentRings.cut(self.departments.values.map { ($0.id, $0.parent) }))
    }

    /// Where a department stands; nil where that is not known.
    public func path(of id: Int64) -> DepartmentPath? {
        guard departments[id] != nil else { return isKnownUnseen(id) ? .untold : nil }
        var names: [String] = []
        var isTold = true
        var next: Int64? = id
        for _ in 0..<Self.mostLevels {
            guard let current = next, let department = departments[current] else { break }
            switch department.name {
            case .told(let name): names.append(name)
            case .untold: isTold = false
            case .unreadable: return nil
            }
            next = cut.contains(current) ? nil : department.parent
        }
        // Above the topmost that is seen, nothing is; what is deeper than trees are is no tree.
        if let above = next, !isKnownUnseen(above) { return nil }
        return isTold ? .names(names.reversed()) : .untold
    }

    /// A person's record with the path of the department that counts, if that is known.
    ///
    /// - Parameter record: As strict JSON.
    public func adding(to record: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let counting = PersonDepartments(Array(record)).counting else { return record }
        guard let path = counting.map({ path(of: $0) }) ?? .some(.untold) else { return record }
        return path.added(to: record)[...]
    }

    /// Tells these departments, and what is known of them, from others.
    public var digest: ContentDigest {
        let digests = departments.values.map { department in
            let name =
                switch department.name {
                case .told(let name): " \(name)"
                case .untold: ""
                case .unreadable: "?"
                }
            return ContentDigest(of: "\(department.id) \(department.parent ?? 0)\(name)")
        }
        return digests.reduce(ContentDigest(of: "\(isWhole) \(unknown.sorted())")) { $0 &+ $1 }
    }

    private func isKnownUnseen(_ id: Int64) -> Bool {
        departments[id] == nil && !unknown.contains(id) && isWhole
    }
}
