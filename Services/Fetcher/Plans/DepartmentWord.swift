import WeCom

/// What WeCom says of one department that its list does not show, or does not show the parent of.
enum DepartmentWord: Equatable, Sendable {
    /// It is there: the list fell short. Its parent, where that can be read.
    case present(parent: Int64?)
    /// It is gone, or out of the app's sight.
    case absent(Absence, cause: String)
    /// WeCom did not say.
    case unknown

    /// Departments that are asked for by themselves, at most: more of them mean that the list is at fault.
    static let mostAsked = 50
}

extension CorpSession {
    /// Asks for each of these departments. Whatever keeps WeCom from answering says nothing of the department; where it
    /// keeps all others from an answer, too, they are not asked for.
    func words(of departments: some Sequence<Int64>) async throws -> [Int64: DepartmentWord] {
        var words: [Int64: DepartmentWord] = [:]
        var unansweredInRow = 0
        var isOver = false
        for id in departments.prefix(DepartmentWord.mostAsked) {
            guard !isOver, unansweredInRow < WeComUnreachable.callsInRow else {
                words[id] = .unknown
                continue
            }
            do {
                let body = try await department(id)
                let record = try? DepartmentList(departmentAnswer: body).departments.first
                words[id] = .present(parent: record?.id == id ? record?.parent : nil)
                unansweredInRow = 0
            } catch let error as WeComError {
                words[id] =
                    error.code.flatMap(ErrorReactions.absence(ofDepartmentBy:))
                    .map { .absent($0, cause: error.cause) } ?? .unknown
                unansweredInRow = error.isWithoutAnswer ? unansweredInRow + 1 : 0
                isOver = !error.concernsOneUnit
            }
        }
        return words
    }
}
