/// What of a run could not be taken in, a reason each; of many only the first are remembered.
struct Refusals: Codable, Equatable {
    private static let remembered = 5

    private(set) var count = 0
    private var first: [String] = []

    mutating func add(_ reason: String) {
        count += 1
        if first.count < Self.remembered { first.append(reason) }
    }

    /// A sentence for each, and one for those that are not remembered.
    var reasons: [String] {
        count > first.count ? first + ["\(count - first.count) more messages could not be taken in."] : first
    }
}
