import Messages

/// Counts the fields of a run that could not be taken, and names the first objects of each kind of trouble.
struct FieldReports: Codable, Equatable {
    /// Kinds of trouble that are told of, at most.
    private static let mostReports = 100

    private(set) var list: [FieldReport] = []

    mutating func add(_ problems: [FieldProblem]) {
        for problem in problems { add(problem) }
    }

    private mutating func add(_ problem: FieldProblem) {
        let position = list.firstIndex {
            $0.objectKind == problem.object.kind && $0.field == problem.field && $0.kind == problem.kind
        }
        guard let position else {
            guard list.count < Self.mostReports else { return }
            list.append(FieldReport(objectKind: problem.object.kind, field: problem.field, kind: problem.kind))
            return add(problem)
        }
        // Who is in several departments comes several times.
        guard !list[position].objects.contains(problem.object.externalID) else { return }
        list[position].count += 1
        if list[position].objects.count < FieldReport.namedObjects {
            list[position].objects.append(problem.object.externalID)
        }
    }
}
