/// A department, as its corp knows it.
struct Department: Sendable, Equatable {
    let id: Int
    var parentID: Int
    var name: String
    /// 0…2^32−1; larger ones are shown first (wecom.md §3.1).
    var order: Int
    /// User IDs.
    var leaders: [String]

    /// The only department without a parent.
    static let rootID = 1
}
