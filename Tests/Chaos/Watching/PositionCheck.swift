/// No pair of epoch and fence, nor what counts like one, ever goes down.
struct PositionCheck {
    /// A row's pair, which only grows.
    struct Row: Sendable {
        /// Which row.
        let name: String
        let major: Int64
        let minor: Int64
    }

    private var highest: [String: (Int64, Int64)] = [:]

    /// - Returns: What went down, by the row's name.
    mutating func look(at rows: [Row]) -> [(subject: String, what: String)] {
        var found: [(String, String)] = []
        for row in rows {
            let (before, now) = (highest[row.name], (row.major, row.minor))
            if let before, now < before {
                found.append((row.name, "\(now) after \(before)"))
            } else {
                highest[row.name] = now
            }
        }
        return found
    }
}
