import Messages

/// What tells one human from another, as short digests: the name, and what belongs to one person alone.
///
/// Only whether two are the same is ever asked of it, so that sixteen bits each are enough: of 65,000 strangers one is
/// taken for the same.
struct Likeness: Codable, Equatable, BitwiseCopyable {
    /// As it is stored.
    private(set) var rawValue: Int64

    /// Nothing is known of the person.
    static let unknown = Likeness(rawValue: 0)

    /// Where each part stands, from the lowest bit.
    private enum Part: Int64, CaseIterable {
        case name = 0
        case mobile = 16
        case email = 32
        case openUserID = 48

        /// Those that two people do not have in common.
        static let strong = [mobile, email, openUserID]
    }

    /// A part that was not told.
    private static let untold: Int64 = 0
    /// A part that was told to be empty.
    private static let empty: Int64 = 1

    init(rawValue: Int64) { self.rawValue = rawValue }

    init(_ record: UserRecord) {
        rawValue =
            Self.digest(record.displayName) << Part.name.rawValue
            | Self.digest(record.mobile) << Part.mobile.rawValue
            | Self.digest(record.email) << Part.email.rawValue
            | Self.digest(record.openUserID) << Part.openUserID.rawValue
    }

    private static func digest(_ text: String?) -> Int64 {
        guard let text else { return untold }
        return text.isEmpty ? empty : Int64(2 + ContentDigest(of: text).low % 65_534)
    }

    private subscript(part: Part) -> Int64 { rawValue >> part.rawValue & 0xFFFF }

    /// What is known once `next` was told, too: what that does not tell stays.
    func followed(by next: Likeness) -> Likeness {
        var all: Int64 = 0
        for part in Part.allCases { all |= (next[part] == Self.untold ? self[part] : next[part]) << part.rawValue }
        return Likeness(rawValue: all)
    }

    /// Whether this is another human than `other`: with another name, and another of what belongs to one person alone.
    /// What only one of them has makes no difference.
    func isAnother(than other: Likeness) -> Bool {
        differs(from: other, in: .name) && Part.strong.contains { differs(from: other, in: $0) }
    }

    /// Whether this has nothing in common with `other`: another name, and of what belongs to one person alone two that
    /// are others, and none that is the same. Somebody may well have a new name and a new number at once.
    func isStranger(to other: Likeness) -> Bool {
        let strong = Part.strong.filter { self[$0] > Self.empty && other[$0] > Self.empty }
        return differs(from: other, in: .name) && strong.count >= 2
            && strong.allSatisfy { differs(from: other, in: $0) }
    }

    private func differs(from other: Likeness, in part: Part) -> Bool {
        self[part] > Self.empty && other[part] > Self.empty && self[part] != other[part]
    }
}
