import Messages
import Postgres

/// A department, as the read API shows one.
struct DirectoryDepartment: Encodable, Sendable {
    let externalID: Int64
    let parentID: Int64?
    let name: String?
    let englishName: String?
    let order: Int64
    let leaders: [String]
    let state: DirectoryUser.State
    let updatedAt: Timestamp
    /// Who is in it directly; nil where that was not asked for.
    let people: Int?

    /// - Parameter counts: How many people departments have; nil where that was not asked for.
    /// - Throws: ``PostgresError`` when the row is not of the departments' query.
    init(_ row: Row, _ counts: DirectoryCounts.Counts?) throws {
        let (id, parent, name, englishName, order, leaders, updated, isRemoved) = try row.decode(
            Int64.self,
            Int64?.self,
            String?.self,
            String?.self,
            Int64.self,
            [String].self,
            Int64.self,
            Bool.self
        )
        externalID = id
        parentID = parent
        self.name = name
        self.englishName = englishName
        self.order = order
        self.leaders = leaders
        state = isRemoved ? .removed : .active
        updatedAt = Timestamp(millisecondsSince1970: updated)
        people = counts.map { $0.people[id] ?? 0 }
    }
}

/// What the directory holds of one identity provider, in figures.
struct DirectorySummary: Encodable, Sendable {
    let users: Int
    let disabledUsers: Int
    let departments: Int
    let epoch: Int64
    let lastRun: String?

    /// - Throws: ``PostgresError`` when the row is not of the summary's query.
    init(_ row: Row, _ counts: DirectoryCounts.Counts) throws {
        (epoch, lastRun) = try row.decode(Int64.self, String?.self)
        users = counts.present
        disabledUsers = counts.removed
        departments = counts.departments
    }
}
