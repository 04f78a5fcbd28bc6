/// What a run did, for people and for departments each: seen = created + updated + unchanged + rejected.
public struct RunCounts: Codable, Equatable, Sendable {
    /// What became of one kind of object.
    public struct Objects: Codable, Equatable, Sendable {
        /// Distinct objects that WeCom showed.
        public var seen = 0
        /// New in the directory.
        public var created = 0
        /// Changed, or back after a removal.
        public var updated = 0
        /// The same as before.
        public var unchanged = 0
        /// Could not be taken, each with its reason.
        public var rejected = 0
        /// Gone from WeCom, and so disabled.
        public var disabled = 0

        /// Nothing counted yet.
        public init() {}
    }

    /// People.
    public var users = Objects()
    /// Departments.
    public var departments = Objects()

    /// Nothing counted yet.
    public init() {}
}
