/// What of a run could not be taken in, a reason each; of many only the first are remembered.
struct Refusals: Codable, Equatable {
    private static let remembered = 5

    private(set) var count = 0
    private var first: [String] = []
    /// The departments whose people that concerns.
    private(set) var departments: Set<Int64> = []
    /// Whether it is not known of something where it belongs: then anybody may be missing.
    private(set) var isOfUnknownUnit = false

    /// - Parameter department: Where it belongs; `nil` where that is not known.
    mutating func add(_ reason: String, in department: Int64?) {
        count += 1
        if first.count < Self.remembered { first.append(reason) }
        if let department { departments.insert(department) } else { isOfUnknownUnit = true }
    }

    /// A sentence for each, and one for those that are not remembered.
    var reasons: [String] {
        count > first.count ? first + ["\(count - first.count) more messages could not be taken in."] : first
    }
}
