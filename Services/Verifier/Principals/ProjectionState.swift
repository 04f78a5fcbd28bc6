import Messages

/// How far the people of one identity provider were followed on `directory.changes.v1`, and what was missed.
///
/// Nothing but rules, a row of `verifier.projection` in memory: a message counts once, a gap is noticed, and another
/// incarnation of the directory counts from the beginning of its whole republication (architecture.md §4, invariants 1
/// and 2).
struct ProjectionState: Equatable, Sendable {
    /// Where a message stands within its incarnation.
    struct Place: Comparable, Sendable {
        let epoch: Int64
        let sequence: Int64

        /// Before every message.
        static let start = Place(epoch: 0, sequence: 0)

        static func < (left: Place, right: Place) -> Bool {
            (left.epoch, left.sequence) < (right.epoch, right.sequence)
        }

        /// Whether nothing can lie between the two. Runs without changes tell nothing, so epochs may be left out.
        func follows(_ earlier: Place) -> Bool {
            sequence == (epoch == earlier.epoch ? earlier.sequence + 1 : 1)
        }
    }

    /// What is to be done with a message.
    enum Step: Equatable, Sendable {
        /// It was applied before, or is of an incarnation that is over: nothing.
        case passed
        /// It is of an incarnation whose beginning is not known: nothing.
        case unfounded
        /// Its people are written.
        case apply
        /// Its people are written; it ends a whole republication, and whoever was in none of its parts is gone.
        case complete
    }

    /// Which life of the directory is followed.
    private(set) var incarnation: Incarnation
    /// The last message of it that was taken.
    private(set) var place: Place
    /// The number of the republication that began last; it marks the people who were in it.
    private(set) var republication: Int64
    /// The last part that was taken of a republication under way that has all parts so far.
    private(set) var part: Int?
    /// What is missing, in a sentence, until a whole republication makes up for it.
    private(set) var gap: String?
    /// The last messages that were met of other incarnations, so that these are not taken for new ones.
    private(set) var others: [Incarnation: Place]
    /// How many gaps were noticed since the state was read, and the last of them.
    private(set) var gapsNoticed = 0
    private(set) var lastGap: String?

    init(
        incarnation: Incarnation,
        place: Place = .start,
        republication: Int64 = 0,
        part: Int? = nil,
        gap: String? = nil,
        others: [Incarnation: Place] = [:]
    ) {
        self.incarnation = incarnation
        self.place = place
        self.republication = republication
        self.part = part
        self.gap = gap
        self.others = others
    }

    /// Moves past a message.
    mutating func take(_ message: DirectoryChanges, of epoch: Epoch) -> Step {
        let next = Place(epoch: epoch.rawValue, sequence: message.sequence)
        guard message.incarnation == incarnation else { return take(message, at: next) }
        guard next > place else { return .passed }
        let isFirst = place == .start && message.snapshot?.part == 1
        if !isFirst, !next.follows(place) {
            miss(place == .start ? "the first that came is \(next)" : "after \(place) came \(next)")
        }
        place = next
        return follow(message.snapshot)
    }

    /// A message that fails for good was passed over: what it says is missing.
    mutating func passOver() { miss("a message lies among the dead letters") }

    /// A message of another incarnation.
    private mutating func take(_ message: DirectoryChanges, at next: Place) -> Step {
        if let left = others[message.incarnation], next <= left { return .passed }
        guard message.snapshot?.part == 1 else {
            others[message.incarnation] = next
            miss("the directory began anew (incarnation \(message.incarnation)) and was not told whole since")
            return .unfounded
        }
        others[incarnation] = place
        others[message.incarnation] = nil
        (incarnation, place) = (message.incarnation, next)
        return follow(message.snapshot)
    }

    private mutating func follow(_ snapshot: DirectorySnapshot?) -> Step {
        guard let snapshot else { return .apply }
        if snapshot.part == 1 {
            republication += 1
            part = 1
        } else if part == snapshot.part - 1 {
            part = snapshot.part
        } else if gap == nil {
            miss("part \(snapshot.part) of a republication came without those before it")
        }
        guard snapshot.isLast, part != nil else { return .apply }
        (part, gap) = (nil, nil)
        return .complete
    }

    /// A republication under way is no longer a whole one.
    private mutating func miss(_ what: String) {
        (gap, lastGap) = (what, what)
        part = nil
        gapsNoticed += 1
    }
}

extension ProjectionState.Place: CustomStringConvertible {
    /// `message 3 of epoch 7`.
    var description: String { "message \(sequence) of epoch \(epoch)" }
}
