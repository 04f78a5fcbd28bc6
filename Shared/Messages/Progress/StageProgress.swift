/// How far a stage has come with a run; also gives the fetcher its credit back. Written by the
/// fetcher and the writer, read by the registry and the fetcher. Topic `sync.progress.v1`.
public struct StageProgress: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("stage-progress")

    /// Who tells.
    public enum Stage: String, Codable, Equatable, Sendable, CaseIterable {
        /// The fetcher: pages sent.
        case fetcher
        /// The writer: pages applied.
        case writer
    }

    /// Who tells.
    public var stage: Stage
    /// Pages of the envelope's fence that are done.
    public var pages: Int
    /// Departments whose people are read (fetcher), or 0.
    public var departmentsRead: Int
    /// Departments of the range, as far as known.
    public var departmentsExpected: Int
    /// Distinct people seen so far.
    public var usersSeen: Int

    /// All of it at once.
    public init(stage: Stage, pages: Int, departmentsRead: Int = 0, departmentsExpected: Int = 0, usersSeen: Int = 0) {
        self.stage = stage
        self.pages = pages
        self.departmentsRead = departmentsRead
        self.departmentsExpected = departmentsExpected
        self.usersSeen = usersSeen
    }
}
