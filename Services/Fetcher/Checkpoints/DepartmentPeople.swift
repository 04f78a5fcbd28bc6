import Messages

/// What was read of a department's people; what a checkpoint keeps.
struct DepartmentPeople: Equatable, Sendable {
    let department: Int64
    /// The digests of the people's keys.
    let keys: [ContentDigest]
    /// Why not all of the department's people are there, a sentence each.
    let shortcomings: [String]
}
