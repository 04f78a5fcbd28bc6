/// Departments, mapped: one page's. Written by the mapper, read by the writer. Topic
/// `directory.records.v1`.
public struct DepartmentBatch: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("department-batch")

    /// Number of the page that they come from.
    public var page: Int
    /// Which part of the page this is; absent where it is all of it.
    public var slice: PageSlice?
    /// The departments.
    public var departments: [DepartmentRecord]
    /// Those that could not be mapped.
    public var rejected: [RejectedRecord]
    /// Fields that could not be taken.
    public var fieldProblems: [FieldProblem]

    /// - Parameters:
    ///   - page: Number of the page that they come from.
    ///   - slice: Which part of the page this is; nil where it is all of it.
    ///   - departments: The departments.
    ///   - rejected: Those that could not be mapped.
    ///   - fieldProblems: Fields that could not be taken.
    public init(
        page: Int,
        slice: PageSlice? = nil,
        departments: [DepartmentRecord],
        rejected: [RejectedRecord] = [],
        fieldProblems: [FieldProblem] = []
    ) {
        self.page = page
        self.slice = slice
        self.departments = departments
        self.rejected = rejected
        self.fieldProblems = fieldProblems
    }
}
