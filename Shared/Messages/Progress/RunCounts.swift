/// What a run did, for people and for departments each.
///
/// Of those whom a run looks at: known before = seen of them + missing; missing = present + removed + unknown + held;
/// seen = created + updated + unchanged + rejected.
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
        /// In the directory, with access or disabled in WeCom, before the run.
        public var known = 0
        /// Known before, and not shown by what the run read.
        public var missing = 0
        /// Missing, and shown by WeCom when asked for by themselves.
        public var present = 0
        /// Missing, and gone; with a deletion, everybody.
        public var removed = 0
        /// Missing, and WeCom did not say, or was not asked.
        public var unknown = 0
        /// Missing, and kept until somebody decides, or because somebody or a policy has decided so.
        public var held = 0

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
