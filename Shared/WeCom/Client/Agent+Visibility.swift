extension Agent {
    /// The visible range as the enterprise's administrator named it (wecom.md §3.11).
    public struct Visibility: Sendable, Hashable {
        /// Departments, each with everything under it.
        public let departmentIDs: [Int64]

        /// People named one by one, spelt as WeCom does.
        public let userIDs: [String]

        /// Tags; ``WeComClient/tag(_:token:)`` tells who carries them.
        public let tagIDs: [Int64]

        /// - Parameters:
        ///   - departmentIDs: Departments, each with everything under it.
        ///   - userIDs: People named one by one.
        ///   - tagIDs: Tags.
        public init(departmentIDs: [Int64] = [], userIDs: [String] = [], tagIDs: [Int64] = []) {
            self.departmentIDs = departmentIDs
            self.userIDs = userIDs
            self.tagIDs = tagIDs
        }

        /// Reads `agent/get` strictly: one member that cannot be read whole leaves the range unknown.
        ///
        /// WeCom leaves a member out where the app sees nothing of that kind; an answer that names nobody at all counts
        /// only if it has all three.
        init(_ fields: Fields) throws {
            let departments = try fields.wholeObject("allow_partys")?.wholeNumbers("partyid")
            let users = try fields.wholeObject("allow_userinfos")?.wholeTexts("user", of: "userid")
            let tags = try fields.wholeObject("allow_tags")?.wholeNumbers("tagid")
            self.init(departmentIDs: departments ?? [], userIDs: users ?? [], tagIDs: tags ?? [])
            let isWhole = departments != nil && users != nil && tags != nil
            guard isWhole || !isEmpty else { throw fields.missing("allow_partys") }
        }

        /// Reads the `privilege` of an authorized app as strictly (wecom.md §1.7).
        init(privilege fields: Fields) throws {
            let departments = try fields.wholeNumbers("allow_party")
            let users = try fields.wholeTexts("allow_user")
            let tags = try fields.wholeNumbers("allow_tag")
            self.init(departmentIDs: departments ?? [], userIDs: users ?? [], tagIDs: tags ?? [])
            let isWhole = departments != nil && users != nil && tags != nil
            guard isWhole || !isEmpty else { throw fields.missing("allow_party") }
        }

        /// Whether the app sees nobody.
        public var isEmpty: Bool { departmentIDs.isEmpty && userIDs.isEmpty && tagIDs.isEmpty }
    }
}
