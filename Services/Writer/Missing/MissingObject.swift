import Messages

/// Something that the directory has and runs do not show: a row of `directory.missing` (architecture.md §3.5).
///
/// It is there from the first run that missed it until it is seen, or removed.
struct MissingObject: Codable, Equatable {
    /// What is done about it.
    enum State: String, Codable, CaseIterable {
        /// Nothing yet: the next run asks.
        case open
        /// WeCom is asked by the run under way.
        case asked
        /// Waits for what WeCom says of others: more are missing than may be asked for.
        case waiting
        /// Somebody has to decide.
        case held
        /// Stays, and is not asked for again while nothing changes.
        case kept
    }

    /// Why somebody has to decide, or why it stays.
    enum Hold: String, Codable, CaseIterable {
        /// More lose access than may.
        case overLimit
        /// WeCom calls many people otherwise than before: they may be the same.
        case idsChanged
        /// WeCom has not said for a week whether the person is there.
        case unanswered
        /// WeCom says that the account is disabled, and more lose access than may.
        case disabledInWeCom
        /// The user id came back, or changed, so that another human may have it.
        case reused
        /// Nobody may take this person's access.
        case protected
        /// The identity provider's policy keeps whom that concerns.
        case policy
        /// Somebody decided so.
        case rejected
    }

    let kind: DirectoryObject.Kind
    /// The person's directory key, or the department's number in decimal digits.
    let key: String
    /// As WeCom spells it.
    var externalID: String
    var state = State.open
    var hold: Hold?
    /// Why it is gone, as far as that is known.
    var reason: LossReason?
    /// The user id that the person may have now, as WeCom spells it.
    var renamedTo: String?
    /// Whether it is there, and another human may have its user id.
    var isReused = false
    /// Who has it then: what is decided is decided about them.
    var reusedBy: Likeness?
    /// WeCom's last error code.
    var code: Int?
    /// The first run that missed it.
    var since: Moment
    /// The first run that missed it, read all of its kind, and fell short nowhere.
    var missedWhole: Moment?
    /// Visible range and scope when it was last seen by a run that knew the whole range.
    var lastSeen: Surroundings?
    /// What was known of them to the last run that saw it, where neither that one nor the first that missed it could
    /// read all tags.
    var lastSeenInPart: Surroundings?
    /// Visible range and scope when it was decided that it stays.
    var keptIn: Surroundings?
    /// Whether a department that it was last in was read whole by the run.
    var isOfReadDepartment = false
    /// Runs that were whole and did not learn whether it is there.
    var unknownRuns = 0
    /// The first of them.
    var unknownSince: Moment?
    /// The first run that held it.
    var heldSince: Moment?

    var object: DirectoryObject { DirectoryObject(kind, externalID) }

    /// A run, and when it was asked for.
    struct Moment: Codable, Equatable {
        let epoch: Epoch
        let time: Timestamp
    }
}

/// What the app sees and what of it is synchronised, as digests. A range of which tags could not be read is never that
/// of a whole reading, and is the same for as long as the same ones stay unread.
struct Surroundings: Codable, Equatable {
    let range: ContentDigest
    let scope: ContentDigest
}

extension MissingObject {
    /// Has somebody decide.
    func held(_ hold: Hold, by run: Moment) -> MissingObject {
        var object = self
        object.heldSince = heldSince ?? run
        (object.state, object.hold) = (.held, hold)
        return object
    }

    /// Has somebody decide who has the user id, which was not decided about anybody else.
    func held(asReusedBy likeness: Likeness, by run: Moment) -> MissingObject {
        var object = isReused(by: likeness) ? self : undecided
        (object.isReused, object.reusedBy, object.reason) = (true, likeness, nil)
        return object.held(.reused, by: run)
    }

    /// Whether it is known that these have its user id.
    func isReused(by likeness: Likeness) -> Bool {
        isReused && !likeness.isAnother(than: reusedBy ?? .unknown)
    }

    /// As it was before anybody was to decide.
    var undecided: MissingObject {
        var object = self
        object.heldSince = nil
        return object
    }

    /// Leaves it as it is while nothing changes.
    func kept(_ hold: Hold, in surroundings: Surroundings) -> MissingObject {
        var object = self
        (object.state, object.hold, object.keptIn, object.heldSince) = (.kept, hold, surroundings, nil)
        return object
    }

    /// Nothing came of asking: what somebody has to decide about they still have to, and the next run asks for the others.
    var unasked: MissingObject {
        guard let heldSince, let hold else { return reopened() }
        return held(hold, by: heldSince)
    }

    /// Nothing was decided: the next run looks at it again.
    func reopened() -> MissingObject {
        var object = self
        (object.state, object.hold, object.keptIn, object.heldSince) = (.open, nil, nil, nil)
        return object
    }
}
