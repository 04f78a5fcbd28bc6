import JSONCoding
import Messages
import WeCom

/// Finds out whether single departments lie in the visible range and the scope, by asking for those above them.
///
/// A department may be below several levels, each asked for once; its own record comes along.
actor Ancestry {
    /// Where a department is.
    enum Place: Equatable, Sendable {
        /// In the visible range and the scope.
        case inside
        /// WeCom has it, and it is not to be synchronised.
        case outside
        /// WeCom says that it is gone, or out of the app's sight.
        case absent(cause: String)
        /// WeCom did not say.
        case unknown(cause: String)
    }

    private enum Word {
        case record(DepartmentList.Department)
        case absent(cause: String)
        case unknown(cause: String)
    }

    private let session: CorpSession
    private let range: Set<Int64>
    private let scope: Set<Int64>?
    private let isFinding: Bool
    private var words: [Int64: Word] = [:]
    /// By what WeCom showed that the app may not ask for departments at all.
    private var refusal: WeComError?

    /// - Parameter isFinding: Whether it is about those whom a run missed.
    init(session: CorpSession, range: VisibleRange, scope: SynchronizationScope, isFinding: Bool = false) {
        self.session = session
        self.isFinding = isFinding
        self.range = Set(range.departments)
        switch scope {
        case .all: self.scope = nil
        case .departments(let departments): self.scope = Set(departments)
        }
    }

    /// For where the departments alone stand of those whom a run missed.
    init(session: CorpSession) {
        self.session = session
        isFinding = true
        range = []
        scope = nil
    }

    /// - Throws: ``RunFailure`` when WeCom refuses the whole run.
    func place(of id: Int64) async throws -> Place {
        switch try await word(of: id) {
        case .absent(let cause): return .absent(cause: cause)
        case .unknown(let cause): return .unknown(cause: cause)
        case .record: break
        }
        var (isInRange, isInScope) = (false, scope == nil)
        var next: Int64? = id
        for _ in 0..<DepartmentPaths.mostLevels {
            guard let current = next else { break }
            isInRange = isInRange || range.contains(current)
            isInScope = isInScope || scope?.contains(current) == true
            if isInRange, isInScope { return .inside }
            switch try await word(of: current) {
            case .record(let department): next = department.parent.flatMap { $0 > 0 ? $0 : nil }
            // Nothing above it is in the range, nor therefore in what can be synchronised.
            case .absent: next = nil
            case .unknown(let cause): return .unknown(cause: cause)
            }
        }
        return .outside
    }

    /// Where whoever has this record is: a person that can be seen is in the visible range; whether they are in the scope
    /// too, their departments tell.
    ///
    /// - Throws: ``RunFailure`` when WeCom refuses the whole run.
    func place(ofPerson record: [UInt8]) async throws -> Place {
        guard scope != nil else { return .inside }
        guard let departments = PersonDepartments(record).ids else {
            return .unknown(cause: "WeCom does not tell their departments")
        }
        var unknown: Place?
        for department in departments {
            switch try await place(of: department) {
            case .inside: return .inside
            case .unknown(let cause): unknown = .unknown(cause: cause)
            case .outside, .absent: continue
            }
        }
        return unknown ?? .outside
    }

    /// The record of a department that is there.
    func record(of id: Int64) async throws -> DepartmentList.Department? {
        guard case .record(let department) = try await word(of: id) else { return nil }
        return department
    }

    /// Where departments stand.
    ///
    /// - Throws: ``RunFailure`` when WeCom refuses the whole run.
    func paths(of ids: some Sequence<Int64>) async throws -> DepartmentPaths {
        var departments: [Int64: DepartmentPaths.Department] = [:]
        var unknown: Set<Int64> = []
        for id in ids {
            var next: Int64? = id
            for _ in 0...DepartmentPaths.mostLevels {
                guard let current = next, departments[current] == nil else { break }
                next = nil
                switch try await word(of: current) {
                case .record(let department):
                    let named = department.named
                    departments[current] = named
                    next = named.parent
                case .absent: break
                case .unknown: unknown.insert(current)
                }
            }
            // What stands deeper than trees are is not gone through to its end.
            if let rest = next, departments[rest] == nil { unknown.insert(rest) }
        }
        return DepartmentPaths(departments.values, unknown: unknown)
    }

    /// A person's record with the path of the department that counts.
    ///
    /// - Throws: ``RunFailure`` when WeCom refuses the whole run.
    func addingPath(to record: [UInt8]) async throws -> [UInt8] {
        let counting = PersonDepartments(record).counting ?? nil
        return Array(try await paths(of: counting.map { [$0] } ?? []).adding(to: record[...]))
    }

    private func word(of id: Int64) async throws -> Word {
        if let known = words[id] { return known }
        let word = try await ask(for: id)
        words[id] = word
        return word
    }

    private func ask(for id: Int64) async throws -> Word {
        if let refusal { throw refusal.consequence }
        do {
            let list = try DepartmentList(departmentAnswer: try await session.department(id, isFinding: isFinding))
            guard let department = list.departments.first, department.id == id else {
                return .unknown(cause: "WeCom's answer is not of its form")
            }
            return .record(department)
        } catch let error as WeComError {
            if error.code.flatMap(ErrorReactions.absence(ofDepartmentBy:)) != nil { return .absent(cause: error.cause) }
            if error.code.map(ErrorReactions.forbidsAsking) == true { refusal = error }
            guard error.concernsOneUnit else { throw error.consequence }
            return .unknown(cause: error.cause)
        } catch is JSONError {
            return .unknown(cause: "WeCom's answer is not of its form")
        }
    }
}
