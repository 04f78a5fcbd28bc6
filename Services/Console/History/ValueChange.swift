/// A value of a person or a department beside what it was.
struct ValueChange: Equatable, Sendable {
    let label: String
    /// A line for each element of a list; none where there was nothing.
    let before: [String]
    let after: [String]
}
