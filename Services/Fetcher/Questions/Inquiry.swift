import JSONCoding
import Messages
import WeCom

/// Asks WeCom for one person or department, and judges what it says of that one (architecture.md §3.5).
struct Inquiry: Sendable {
    /// What came of it.
    struct Answer: Equatable, Sendable {
        var finding: Finding
        /// The record, of an object that is present.
        var record: [UInt8]?
        /// What WeCom said instead of showing the object.
        var error: WeComError?

        init(_ object: DirectoryObject, _ answer: Finding.Answer, record: [UInt8]? = nil, error: WeComError? = nil) {
            finding = Finding(object, answer, code: error?.code)
            self.record = record
            self.error = error
        }
    }

    let session: CorpSession
    let isCaseSensitive: Bool
    /// Whether a run missed those who are asked for.
    var isFinding = false

    /// - Throws: `CancellationError`, and what keeps this program from asking; whatever WeCom does is an answer.
    @concurrent
    func ask(_ object: DirectoryObject) async throws -> Answer {
        do {
            let record =
                switch object.kind {
                case .user: try await person(object.externalID)
                case .department: try await department(object.departmentID)
                }
            return Answer(object, record == nil ? .unknown : .present, record: record)
        } catch let error as WeComError {
            return Answer(object, Self.answer(of: object.kind, error), error: error)
        } catch is InvalidIdentifier {
            return Answer(object, .unknown)
        } catch is JSONError {
            return Answer(object, .unknown)
        }
    }

    /// The record, if it is of that person.
    private func person(_ id: String) async throws -> [UInt8]? {
        let body = try await session.user(
            WeComUserID(id, isEncrypted: isCaseSensitive),
            isFinding: isFinding
        )
        let list = UserList(personAnswers: [body], isCaseSensitive: isCaseSensitive)
        guard list.keys == [DirectoryKey(id, isCaseSensitive: isCaseSensitive).digest], let page = list.pages.first
        else { return nil }
        return Array(page.bytes.dropFirst().dropLast())
    }

    /// The record, if it is of that department.
    private func department(_ id: Int64?) async throws -> [UInt8]? {
        guard let id else { return nil }
        let list = try DepartmentList(departmentAnswer: try await session.department(id, isFinding: isFinding))
        guard list.departments.map(\.id) == [id], list.withoutID == 0 else { return nil }
        return list.departments.first.map { Array(list.bytes(of: $0)) }
    }

    private static func answer(of kind: DirectoryObject.Kind, _ error: WeComError) -> Finding.Answer {
        guard let code = error.code else { return .unknown }
        if ErrorReactions.forbidsAsking(code) { return .refused }
        let absence =
            switch kind {
            case .user: ErrorReactions.absence(ofPersonBy: code)
            case .department: ErrorReactions.absence(ofDepartmentBy: code)
            }
        return absence == nil ? .unknown : .absent
    }
}
