import WeCom

/// What WeCom says of one department that its list does not show.
enum DepartmentWord: Equatable, Sendable {
    /// It is there: the list fell short.
    case present
    /// It is gone, or out of the app's sight.
    case absent(Absence, cause: String)
    /// WeCom did not say.
    case unknown

    /// Departments that are asked for by themselves, at most: more of them mean that the list is at fault.
    static let mostAsked = 50
}

extension CorpSession {
    /// Asks for each of these departments. Whatever keeps WeCom from answering says nothing of the department.
    func words(of departments: some Sequence<Int64>) async throws -> [Int64: DepartmentWord] {
        var words: [Int64: DepartmentWord] = [:]
        for id in departments.prefix(DepartmentWord.mostAsked) {
            do {
                _ = try await department(id)
                words[id] = .present
            } catch let error as WeComError {
                words[id] =
                    error.code.flatMap(ErrorReactions.absence(ofDepartmentBy:))
                    .map { .absent($0, cause: error.cause) } ?? .unknown
            }
        }
        return words
    }
}
