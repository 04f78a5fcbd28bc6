/// A run, as the registry shows it.
struct Run: Decodable, Sendable {
    enum State: String, Decodable, Sendable { case waiting, requested, running, finished }
    enum Outcome: String, Decodable, Sendable, CaseIterable {
        case succeeded, partial, held, failed, cancelled, skipped
    }

    struct Counts: Decodable, Sendable {
        let users: ObjectCounts
        let departments: ObjectCounts
    }

    struct ObjectCounts: Decodable, Sendable {
        let seen: Int
        let created: Int
        let updated: Int
        let unchanged: Int
        let rejected: Int
        let known: Int
        let missing: Int
        let present: Int
        let removed: Int
        let unknown: Int
        let held: Int
    }

    struct Progress: Decodable, Sendable {
        let departmentsExpected: Int
        let departmentsRead: Int
        let usersSeen: Int
        let pages: Int
        let pagesApplied: Int
    }

    struct FieldReport: Decodable, Sendable {
        let objectKind: String
        let field: String
        let kind: String
        let count: Int
        let objects: [String]
    }

    let id: String
    let idpID: String
    let epoch: Int
    let kind: String
    let dryRun: Bool
    let cause: String
    let state: State
    let outcome: Outcome?
    let reasons: [String]
    let endCause: String?
    let errorCode: Int?
    let counts: Counts
    let fieldReports: [FieldReport]?
    let progress: Progress
    let requestedAt: String
    let startedAt: String?
    let finishedAt: String?
    let restartedAs: String?

    /// Whether it has left a plan, made to be looked at or because it was not what another plan says.
    var hasPlan: Bool {
        dryRun && [.succeeded, .partial, .held].contains(outcome) || endCause == "planDiffers"
    }

    /// Whether it carries out what somebody decided, and so takes nothing over from WeCom.
    var isDecision: Bool { ["apply", "reject", "undo", "delete"].contains(kind) }

    /// Whether it has seen anybody or any department in WeCom.
    var hasRead: Bool { counts.users.seen + counts.departments.seen > 0 }

    /// Whether it read people or departments from WeCom, so that its counts say how many there are.
    var isReading: Bool { ["full", "repair", "departments"].contains(kind) }
}
