import Messages

/// An object that the directory has and the run did not show, as it is judged.
struct Missed: Equatable {
    let kind: DirectoryObject.Kind
    /// The person's directory key, or the department's number in decimal digits.
    let key: String
    /// As WeCom spells it.
    let externalID: String
    /// The departments that a person was last in.
    var departments: [Int64] = []
    /// Whether an event of WeCom said that the person is gone.
    var isToldDeleted = false
    /// Whether WeCom did not show the person when asked for them alone, and no event said that they are gone.
    var isUntold = false
    /// The user id that the person may have now, as WeCom spells it.
    var renamedTo: String?
    /// What earlier runs know of it.
    var known: MissingObject?
}

/// What a run says of itself that decides about whom it missed.
struct ReadingFacts: Equatable {
    let run: MissingObject.Moment
    let kind: RunSync.Kind
    /// Whether it fell short nowhere.
    let isWhole: Bool
    /// Whether the whole visible range is known: else nobody knows whether it is another one.
    let isRangeWhole: Bool
    let terms: RunTerms
    /// Visible range and scope of this run.
    let surroundings: Surroundings
    /// Those of the last full run before that knew the whole range.
    let before: Surroundings?
    /// What was known of them to the last one that did not, where this one does not either.
    let partBefore: Surroundings?
    /// Departments whose people were read whole.
    let readDepartments: Set<Int64>
    /// Departments whose people were not read, or not all of them.
    let unreadDepartments: Set<Int64>
    /// Whether WeCom calls people otherwise than before.
    let haveIDsChanged: Bool
    let allowance: Allowance
    /// The keys of people who never lose access by a run.
    let protected: Set<String>
}
